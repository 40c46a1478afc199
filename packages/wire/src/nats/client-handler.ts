import type { ProtocolErrorKind } from "./protocol-error.ts";

/**
 * What a server hears from a client. Buffers and positions are valid during the call only; a handler copies what
 * it keeps, never throws, and may call {@link ClientParser.stop} and change the parser's settings.
 */
export interface ClientHandler {
  /**
   * PUB or HPUB. `replyStart` equals `replyEnd` when there is no reply subject. The payload is
   * `[payloadStart, payloadEnd)`, and its first `headersSize` bytes are the header block: 0 for PUB.
   */
  onPublish(
    buffer: Buffer,
    subjectStart: number,
    subjectEnd: number,
    replyStart: number,
    replyEnd: number,
    headersSize: number,
    payloadStart: number,
    payloadEnd: number,
  ): void;
  /** SUB. `queueStart` equals `queueEnd` when there is no queue group. */
  onSubscribe(
    buffer: Buffer,
    subjectStart: number,
    subjectEnd: number,
    queueStart: number,
    queueEnd: number,
    sidStart: number,
    sidEnd: number,
  ): void;
  /** UNSUB. `max` is the number of messages after which the subscription ends; 0 is now. */
  onUnsubscribe(buffer: Buffer, sidStart: number, sidEnd: number, max: number): void;
  /** CONNECT. What stands in `[start, end)` should be JSON. */
  onConnect(buffer: Buffer, start: number, end: number): void;
  /**
   * With `connectRequired`, another operation than CONNECT begins: whether it may. Absent where it never may. It may
   * stop the parser instead.
   */
  onEarlyOperation?(): boolean;
  /**
   * HPUB whose sizes are above `payloadMax`: it is about to be refused. What has come of its header block is
   * `[headersStart, headersEnd)`.
   *
   * @param size - Bytes of headers and payload, as announced.
   */
  onOversized?(
    buffer: Buffer,
    subjectStart: number,
    subjectEnd: number,
    headersStart: number,
    headersEnd: number,
    size: number,
  ): void;
  /** INFO, which says nothing when a client sends it; nats-server closes the connection if it is not JSON. */
  onInfo(buffer: Buffer, start: number, end: number): void;
  onPing(): void;
  onPong(): void;
  /** The input is refused, and all that follows is ignored. {@link PROTOCOL_ERROR_TEXTS} has the answer. */
  onProtocolError(kind: ProtocolErrorKind): void;
}
