import type { InProcessSocket } from "./pipe.ts";

const connecting = 0;
const open = 1;
const closing = 2;
const closed = 3;

/** What a connection was closed with that nobody gave a status (RFC 6455, section 7.4.1). */
const normalClosure = 1000;

/**
 * A connection within the process that looks like the `WebSocket` of browsers, for clients that take such a thing: each
 * `send` is written as it is, and each chunk that comes is a message with an `ArrayBuffer`.
 */
export class InProcessWebSocket extends EventTarget {
  readonly CONNECTING: number = connecting;
  readonly OPEN: number = open;
  readonly CLOSING: number = closing;
  readonly CLOSED: number = closed;
  readonly url = "ws://in-process/";
  readonly protocol = "";
  readonly extensions = "";
  binaryType: string = "arraybuffer";
  onopen: ((event: Event) => void) | null = null;
  onmessage: ((event: MessageEvent) => void) | null = null;
  onclose: ((event: CloseEvent) => void) | null = null;
  onerror: ((event: Event) => void) | null = null;
  readonly #socket: InProcessSocket;
  #readyState = connecting;
  #status = normalClosure;
  #reason = "";
  /** Whether anybody may listen in another way than by `onmessage` and the like; to tell nobody is not free. */
  #hasListeners = false;

  constructor(socket: InProcessSocket) {
    super();
    this.#socket = socket;
    // Attached once whoever made this has had a chance to listen.
    queueMicrotask(() => this.#begin());
  }

  get readyState(): number {
    return this.#readyState;
  }

  get bufferedAmount(): number {
    return this.#socket.pendingBytes;
  }

  /** Sends `data`, which may be used for something else at once. Text is sent as UTF-8. */
  send(data: string | ArrayBufferLike | ArrayBufferView): void {
    if (this.#readyState === open) this.#socket.give(copyOf(data));
  }

  override addEventListener(...listening: Parameters<EventTarget["addEventListener"]>): void {
    this.#hasListeners = true;
    super.addEventListener(...listening);
  }

  close(status: number = normalClosure, reason = ""): void {
    if (this.#readyState >= closing) return;
    this.#readyState = closing;
    this.#status = status;
    this.#reason = reason;
    this.#socket.end();
  }

  #begin(): void {
    this.#socket.attach({
      onData: (chunk) => this.#message(chunk),
      onDrain: () => {},
      onClose: () => this.#closed(),
    });
    if (this.#readyState !== connecting) return;
    this.#readyState = open;
    this.#emit(new Event("open"), this.onopen);
  }

  #message(chunk: Buffer): void {
    const { buffer, byteOffset, length } = chunk;
    const isWhole = length === buffer.byteLength;
    const data = isWhole ? buffer : buffer.slice(byteOffset, byteOffset + length);
    this.#emit(new MessageEvent("message", { data }), this.onmessage);
  }

  #closed(): void {
    this.#readyState = closed;
    const init = { code: this.#status, reason: this.#reason, wasClean: true };
    this.#emit(new CloseEvent("close", init), this.onclose);
  }

  #emit<E extends Event>(event: E, handler: ((event: E) => void) | null): void {
    handler?.call(this, event);
    if (this.#hasListeners) this.dispatchEvent(event);
  }
}

function copyOf(data: string | ArrayBufferLike | ArrayBufferView): Buffer {
  if (typeof data === "string") return Buffer.from(data);
  if (!ArrayBuffer.isView(data)) return Buffer.from(data.slice(0));
  const copy = Buffer.allocUnsafeSlow(data.byteLength);
  copy.set(Buffer.from(data.buffer, data.byteOffset, data.byteLength));
  return copy;
}
