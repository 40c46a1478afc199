import { GatheredBytes } from "./gathered-bytes.ts";
import { statusOf } from "./status.ts";
import { unmask } from "./unmask.ts";

/** What a {@link FrameReader} finds. Bytes it passes on lie in the chunk it reads; whoever wants to keep them may. */
export interface FrameHandler {
  /** Bytes of messages that are not compressed, as they come: where a message ends is of no interest. */
  onData(bytes: Buffer): void;
  /** A whole message that is compressed. */
  onDeflated(message: Buffer): void;
  onPing(payload: Buffer): void;
  /** The peer is about to leave; nothing is read from here on. `status` is what it said, if that may be said. */
  onClose(status: number | undefined): void;
  /** The peer broke the protocol, or asks for too much; nothing is read from here on. */
  onFault(status: number, reason: string): void;
}

export interface FrameReaderOptions {
  /** Whether messages may be compressed. */
  readonly compression: boolean;
  /** Largest message that is compressed, in bytes as they come. */
  readonly deflatedSizeMax: number;
}

const opcodes = { continuation: 0, text: 1, binary: 2, close: 8, ping: 9, pong: 10 } as const;

/** Payload of a frame that is no part of a message. */
const controlSizeMax = 125;

const maskSize = 4;
/** First two bytes, a length of eight and the mask. */
const headSizeMax = 14;

const nothing = Buffer.alloc(0);

/**
 * Reads the frames of a client (RFC 6455, section 5.2), in any chunking.
 *
 *     +-----------------------+--------------------+------------------+--------------+---------+
 *     | FIN, RSV1–3, opcode   | MASK, length (1 B) | longer length    | mask (4 B)   | payload |
 *     | (1 B)                 |                    | (0, 2 or 8 B)    |              |         |
 *     +-----------------------+--------------------+------------------+--------------+---------+
 *
 * What is not compressed is passed on as it comes, so that a frame may say it is as long as it likes. Kept are the
 * beginning of a frame, the payload of a control frame, and a compressed message up to `deflatedSizeMax`: nothing else.
 */
export class FrameReader {
  /** May be changed at any time. */
  deflatedSizeMax: number;
  readonly #handler: FrameHandler;
  readonly #takesDeflated: boolean;
  /** The beginning of the frame, as far as it has come. */
  readonly #head: Uint8Array = new Uint8Array(headSizeMax);
  #headSize = 0;
  #isInPayload = false;
  #opcode = 0;
  #isFinal = false;
  /** Payload of the frame that has not come. */
  #restSize = 0;
  /** How much of the payload has come, modulo 4: which byte of the mask is next. */
  #maskAt = 0;
  /** Whether a message has begun and not ended. */
  #isInMessage = false;
  #isDeflated = false;
  readonly #message: GatheredBytes = new GatheredBytes();
  readonly #control: GatheredBytes = new GatheredBytes();
  #isSuspended = false;
  #isOver = false;

  constructor(handler: FrameHandler, options: FrameReaderOptions) {
    this.#handler = handler;
    this.#takesDeflated = options.compression;
    this.deflatedSizeMax = options.deflatedSizeMax;
  }

  /** Bytes that are kept. */
  get bufferedBytes(): number {
    return this.#headSize + this.#message.size + this.#control.size;
  }

  /** Makes {@link read} end after the call to the handler that is under way. */
  suspend(): void {
    this.#isSuspended = true;
  }

  /**
   * Reads `chunk`, which it writes over, from `start` on.
   *
   * @returns Where it has stopped: at the end, unless it was suspended.
   */
  read(chunk: Buffer, start = 0): number {
    this.#isSuspended = false;
    let at = start;
    while (at < chunk.length && !this.#isSuspended && !this.#isOver) {
      at = this.#isInPayload ? this.#readPayload(chunk, at) : this.#readHead(chunk, at);
    }
    return this.#isOver ? chunk.length : at;
  }

  #readHead(chunk: Buffer, start: number): number {
    let at = start;
    while (at < chunk.length) {
      this.#head[this.#headSize] = chunk[at] as number;
      this.#headSize += 1;
      at += 1;
      if (this.#headSize < 2) continue;
      if (this.#headSize === 2 && !this.#checkFirstTwo()) return at;
      const missing = this.#headSizeNeeded() - this.#headSize;
      if (missing === maskSize && !this.#checkSize()) return at;
      if (missing > 0) continue;
      this.#isInPayload = true;
      if (this.#restSize === 0) this.#endOfPayload(nothing);
      return at;
    }
    return at;
  }

  #headSizeNeeded(): number {
    const length = (this.#head[1] as number) & 0x7f;
    if (length < 126) return 6;
    return length === 126 ? 8 : headSizeMax;
  }

  /** Returns whether there may be such a frame here. */
  #checkFirstTwo(): boolean {
    const [first = 0, second = 0] = this.#head;
    const opcode = first & 0x0f;
    const isFinal = (first & 0x80) !== 0;
    const isDeflated = (first & 0x40) !== 0;
    if ((first & 0x30) !== 0) return this.#breach("reserved bits are set");
    if ((second & 0x80) === 0) return this.#breach("the frame is not masked");
    if (opcode >= opcodes.close) {
      if (opcode > opcodes.pong) return this.#breach(`there is no opcode ${opcode}`);
      if (!isFinal) return this.#breach("a control frame is fragmented");
      if (isDeflated) return this.#breach("a control frame is compressed");
      if ((second & 0x7f) > controlSizeMax) return this.#breach("a control frame is too large");
    } else if (opcode === opcodes.continuation) {
      if (!this.#isInMessage) return this.#breach("no message is continued");
      if (isDeflated) return this.#breach("a continuation says that it is compressed");
    } else {
      if (opcode > opcodes.binary) return this.#breach(`there is no opcode ${opcode}`);
      if (this.#isInMessage) return this.#breach("a message begins inside another one");
      if (isDeflated && !this.#takesDeflated) return this.#breach("compression is not agreed on");
      this.#isInMessage = true;
      this.#isDeflated = isDeflated;
    }
    this.#opcode = opcode;
    this.#isFinal = isFinal;
    return true;
  }

  /** The length is known. Returns whether there may be that much. */
  #checkSize(): boolean {
    const length = (this.#head[1] as number) & 0x7f;
    let size = length < 126 ? length : 0;
    for (let at = 2; at < this.#headSize; at++) size = size * 256 + (this.#head[at] as number);
    const isKept = this.#isDeflated && this.#opcode < opcodes.close;
    const sizeMax = isKept ? this.deflatedSizeMax - this.#message.size : Number.MAX_SAFE_INTEGER;
    if (size > sizeMax) {
      this.#fail(statusOf.tooBig, "the message is too large");
      return false;
    }
    this.#restSize = size;
    this.#maskAt = 0;
    return true;
  }

  #readPayload(chunk: Buffer, start: number): number {
    const end = Math.min(chunk.length, start + this.#restSize);
    unmask(chunk, start, end, this.#head, this.#headSize - maskSize, this.#maskAt);
    this.#maskAt = (this.#maskAt + end - start) & 3;
    this.#restSize -= end - start;
    const bytes = chunk.subarray(start, end);
    const isPart = this.#restSize > 0;
    if (isPart && this.#opcode >= opcodes.close) this.#control.add(bytes, controlSizeMax);
    else if (isPart && this.#isDeflated) this.#message.add(bytes, this.deflatedSizeMax);
    else if (isPart) this.#handler.onData(bytes);
    else this.#endOfPayload(bytes);
    return end;
  }

  /** The frame is there, with `bytes` as the last of its payload. */
  #endOfPayload(bytes: Buffer): void {
    this.#headSize = 0;
    this.#isInPayload = false;
    if (this.#opcode >= opcodes.close) this.#endOfControl(this.#control.takeWith(bytes));
    else if (!this.#isFinal) {
      if (this.#isDeflated) this.#message.add(bytes, this.deflatedSizeMax);
      else if (bytes.length > 0) this.#handler.onData(bytes);
    } else {
      this.#isInMessage = false;
      if (this.#isDeflated) this.#handler.onDeflated(this.#message.takeWith(bytes));
      else if (bytes.length > 0) this.#handler.onData(bytes);
    }
  }

  #endOfControl(payload: Buffer): void {
    if (this.#opcode === opcodes.ping) this.#handler.onPing(payload);
    if (this.#opcode !== opcodes.close) return;
    if (payload.length === 1) {
      this.#breach("a status has two bytes");
      return;
    }
    this.#end();
    const status = payload.length === 0 ? undefined : payload.readUInt16BE(0);
    if (status === undefined || mayBeSaid(status)) this.#handler.onClose(status);
    else this.#handler.onFault(statusOf.protocolError, `there is no status ${status}`);
  }

  #breach(reason: string): false {
    this.#fail(statusOf.protocolError, reason);
    return false;
  }

  #fail(status: number, reason: string): void {
    this.#end();
    this.#handler.onFault(status, reason);
  }

  /** Nothing is read any more, and nothing kept. */
  #end(): void {
    this.#isOver = true;
    this.#headSize = 0;
    this.#message.takeWith(nothing);
    this.#control.takeWith(nothing);
  }
}

/** Whether a peer may give that status (section 7.4): some only say what happened on one's own side. */
function mayBeSaid(status: number): boolean {
  if (status >= 3000) return status < 5000;
  return status >= 1000 && status <= 1014 && ![1004, 1005, 1006].includes(status);
}
