import { parseSize } from "./decimal.ts";
import { IncrementalParser, NOT_READ, type ParserLimits } from "./incremental-parser.ts";
import type { ProtocolErrorKind } from "./protocol-error.ts";
import { VERB_PARTIAL, VerbTable } from "./verbs.ts";

/**
 * What a client hears from a server. Buffers and positions are valid during the call only; a handler copies what it
 * keeps, never throws, and may call {@link ServerParser.stop} and change the parser's limits.
 */
export interface ServerHandler {
  /**
   * MSG or HMSG. `replyStart` equals `replyEnd` when there is no reply subject. The payload is
   * `[payloadStart, payloadEnd)`, and its first `headersSize` bytes are the header block: 0 for MSG.
   */
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
  ): void;
  /** INFO. What stands in `[start, end)` should be JSON. */
  onInfo(buffer: Buffer, start: number, end: number): void;
  onOk(): void;
  /** -ERR. The text in `[start, end)` stands in single quotes. */
  onError(buffer: Buffer, start: number, end: number): void;
  onPing(): void;
  onPong(): void;
  /** The input is refused, and all that follows is ignored. */
  onProtocolError(kind: ProtocolErrorKind): void;
}

const MSG = 0;
const HMSG = 1;
const PING = 2;
const PONG = 3;
const OK = 4;
const INFO = 5;
const verbs = new VerbTable(["msg ", "hmsg ", "ping", "pong", "+ok", "info", "-err "]);

/** Reads what a server sends to a client, in any chunking; the counterpart of {@link ClientParser}. */
export class ServerParser extends IncrementalParser {
  readonly #handler: ServerHandler;

  /** @param limits - `controlLineMax` bounds INFO too, which is the longest line of a server. */
  constructor(handler: ServerHandler, limits: ParserLimits) {
    super(limits);
    this.#handler = handler;
  }

  protected override readOperations(buffer: Buffer, start: number, end: number): number {
    let at = start;
    while (at >= 0 && at < end && !this.stopped) at = this.#readAny(buffer, at, end);
    return at;
  }

  protected override report(kind: ProtocolErrorKind): void {
    this.#handler.onProtocolError(kind);
  }

  #readAny(buffer: Buffer, at: number, end: number): number {
    const verb = verbs.match(buffer, at, end);
    if (verb === VERB_PARTIAL) return this.wait("verb", buffer, at, at, at, end);
    if (verb < 0) return this.refuse("unknown-operation");
    const verbEnd = at + verbs.size(verb);
    switch (verb) {
      case MSG:
        return this.#readMessage(buffer, at, verbEnd, end, 0);
      case HMSG:
        return this.#readMessage(buffer, at, verbEnd, end, 1);
      case PING:
      case PONG:
      case OK:
        return this.#readSignal(verb, buffer, at, verbEnd, end);
      default:
        return this.#readText(verb, buffer, at, verbEnd, end);
    }
  }

  /** MSG, and HMSG which has one more size. */
  #readMessage(
    buffer: Buffer,
    at: number,
    verbEnd: number,
    end: number,
    headerFields: 0 | 1,
  ): number {
    const payloadStart = this.readLine(buffer, at, verbEnd, end);
    if (payloadStart < 0) return NOT_READ;
    const { bounds, count } = this.fields;
    const hasReply = count === 4 + headerFields;
    if (!hasReply && count !== 3 + headerFields) return this.refuse("malformed");
    const last = 2 * count - 2;
    const size = parseSize(buffer, bounds[last]!, bounds[last + 1]!);
    const headersSize =
      headerFields === 0 ? 0 : parseSize(buffer, bounds[last - 2]!, bounds[last - 1]!);
    // A bad size, which is -1, is caught here too: headersSize is at least 0 then.
    if (headersSize < 0 || headersSize > size) return this.refuse("malformed");
    const payloadEnd = this.readPayload(buffer, at, verbEnd, payloadStart, size, end);
    if (payloadEnd < 0) return NOT_READ;
    const sidEnd = bounds[3]!;
    this.#handler.onMessage(
      buffer,
      bounds[0]!,
      bounds[1]!,
      bounds[2]!,
      sidEnd,
      hasReply ? bounds[4]! : sidEnd,
      hasReply ? bounds[5]! : sidEnd,
      headersSize,
      payloadStart,
      payloadEnd,
    );
    return payloadEnd + 2;
  }

  #readSignal(verb: number, buffer: Buffer, at: number, verbEnd: number, end: number): number {
    const next = this.skipLine(buffer, at, verbEnd, end);
    if (next < 0) return NOT_READ;
    if (verb === PING) this.#handler.onPing();
    else if (verb === PONG) this.#handler.onPong();
    else this.#handler.onOk();
    return next;
  }

  #readText(verb: number, buffer: Buffer, at: number, verbEnd: number, end: number): number {
    const next = this.readLine(buffer, at, verbEnd, end);
    if (next < 0) return NOT_READ;
    const { start: textStart, end: textEnd } = this.fields;
    if (verb === INFO) this.#handler.onInfo(buffer, textStart, textEnd);
    else this.#handler.onError(buffer, textStart, textEnd);
    return next;
  }
}
