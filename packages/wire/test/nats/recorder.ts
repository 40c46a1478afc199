import {
  type ClientHandler,
  ClientParser,
  type ProtocolErrorKind,
  type ServerHandler,
  ServerParser,
} from "@oxbow/wire/nats";

/** A call of a handler with everything it was given, copied: name first, then texts and numbers. */
export type Call = readonly (string | number)[];

/** Limits small enough for tests to reach them. */
export const SMALL_LIMITS = { controlLineMax: 64, payloadMax: 200 };

const text = (buffer: Buffer, start: number, end: number): string =>
  buffer.toString("latin1", start, end);

/** Records what a {@link ClientParser} reports. */
export class ClientRecorder implements ClientHandler {
  readonly calls: Call[] = [];
  /** Called after each recorded call, to act on the parser as a connection would. */
  onCall: (call: Call) => void = () => {};

  onPublish(
    buffer: Buffer,
    subjectStart: number,
    subjectEnd: number,
    replyStart: number,
    replyEnd: number,
    headersSize: number,
    payloadStart: number,
    payloadEnd: number,
  ): void {
    const subject = text(buffer, subjectStart, subjectEnd);
    const reply = text(buffer, replyStart, replyEnd);
    this.#add("publish", subject, reply, headersSize, text(buffer, payloadStart, payloadEnd));
  }

  onSubscribe(
    buffer: Buffer,
    subjectStart: number,
    subjectEnd: number,
    queueStart: number,
    queueEnd: number,
    sidStart: number,
    sidEnd: number,
  ): void {
    const queue = text(buffer, queueStart, queueEnd);
    const sid = text(buffer, sidStart, sidEnd);
    this.#add("subscribe", text(buffer, subjectStart, subjectEnd), queue, sid);
  }

  onUnsubscribe(buffer: Buffer, sidStart: number, sidEnd: number, max: number): void {
    this.#add("unsubscribe", text(buffer, sidStart, sidEnd), max);
  }

  onConnect(buffer: Buffer, start: number, end: number): void {
    this.#add("connect", text(buffer, start, end));
  }

  onInfo(buffer: Buffer, start: number, end: number): void {
    this.#add("info", text(buffer, start, end));
  }

  onPing(): void {
    this.#add("ping");
  }

  onPong(): void {
    this.#add("pong");
  }

  onProtocolError(kind: ProtocolErrorKind): void {
    this.#add("error", kind);
  }

  #add(...call: Call): void {
    this.calls.push(call);
    this.onCall(call);
  }
}

/** Records what a {@link ServerParser} reports. */
export class ServerRecorder implements ServerHandler {
  readonly calls: Call[] = [];

  onMessage(
    buffer: Buffer,
    subjectStart: number,
    subjectEnd: number,
    sidStart: number,
    sidEnd: number,
    replyStart: number,
    replyEnd: number,
    headersSize: number,
    payloadStart: number,
    payloadEnd: number,
  ): void {
    const subject = text(buffer, subjectStart, subjectEnd);
    const sid = text(buffer, sidStart, sidEnd);
    const reply = text(buffer, replyStart, replyEnd);
    const payload = text(buffer, payloadStart, payloadEnd);
    this.calls.push(["message", subject, sid, reply, headersSize, payload]);
  }

  onInfo(buffer: Buffer, start: number, end: number): void {
    this.calls.push(["info", text(buffer, start, end)]);
  }

  onOk(): void {
    this.calls.push(["ok"]);
  }

  onError(buffer: Buffer, start: number, end: number): void {
    this.calls.push(["err", text(buffer, start, end)]);
  }

  onPing(): void {
    this.calls.push(["ping"]);
  }

  onPong(): void {
    this.calls.push(["pong"]);
  }

  onProtocolError(kind: ProtocolErrorKind): void {
    this.calls.push(["error", kind]);
  }
}

/**
 * Feeds `input` in chunks of the given sizes, over and over; no sizes means a single chunk. Every chunk is a buffer
 * of its own that is overwritten afterwards, as a socket may reuse its memory.
 *
 * @returns The most bytes the parser held between two chunks.
 */
export function feed(
  parser: ClientParser | ServerParser,
  input: Buffer | string,
  sizes: readonly number[] = [],
): number {
  const bytes = typeof input === "string" ? Buffer.from(input, "latin1") : input;
  let heldMax = 0;
  let at = 0;
  for (let i = 0; at < bytes.length; i++) {
    const size = sizes.length === 0 ? bytes.length : sizes[i % sizes.length]!;
    const chunk = Buffer.from(bytes.subarray(at, at + size));
    at += size;
    parser.parse(chunk);
    chunk.fill(0x21);
    heldMax = Math.max(heldMax, parser.bufferedBytes);
  }
  return heldMax;
}

/** What a client parser reports for `input` in chunks of the given sizes. */
export function clientCalls(input: Buffer | string, sizes: readonly number[] = []): Call[] {
  const recorder = new ClientRecorder();
  feed(new ClientParser(recorder, SMALL_LIMITS), input, sizes);
  return recorder.calls;
}

/** What a server parser reports for `input` in chunks of the given sizes. */
export function serverCalls(input: Buffer | string, sizes: readonly number[] = []): Call[] {
  const recorder = new ServerRecorder();
  feed(new ServerParser(recorder, SMALL_LIMITS), input, sizes);
  return recorder.calls;
}
