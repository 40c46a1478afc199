import { CASE_BIT } from "./ascii.ts";
import type { ClientHandler } from "./client-handler.ts";
import { parseSize } from "./decimal.ts";
import { IncrementalParser, NOT_READ, type ParserLimits } from "./incremental-parser.ts";
import { PlainPublishReader } from "./plain-publish.ts";
import type { ProtocolErrorKind } from "./protocol-error.ts";
import { VERB_PARTIAL, VerbTable } from "./verbs.ts";

const PUB = 0;
const HPUB = 1;
const SUB = 2;
const UNSUB = 3;
const PING = 4;
const PONG = 5;
const CONNECT = 6;
const INFO = 7;
const OK = 8;
const verbs = new VerbTable([
  "pub ",
  "hpub ",
  "sub ",
  "unsub ",
  "ping",
  "pong",
  "connect",
  "info",
  "+ok",
  "-err ",
]);

const LOWER_C = 99;

/**
 * Reads what a client sends to a server, in any chunking, as nats-server 2.15 does. No I/O and, for operations that
 * lie in one chunk, no allocation.
 *
 * Where nats-server's answer depends on the chunking, the one for a single chunk is given. Two oddities are not
 * kept: a CR inside a line does not cut the line's last byte, and HMSG from a client, which nats-server takes for
 * an empty publish if no payload follows, is unknown.
 */
export class ClientParser extends IncrementalParser {
  /**
   * Refuses any operation but CONNECT, at its first byte, unless the handler admits it. For the time in which a client has
   * not authenticated.
   */
  connectRequired = false;
  /** Refuses HPUB as `malformed`, before its payload, if unset: the client did not ask for headers. */
  headersAllowed = true;
  readonly #handler: ClientHandler;
  readonly #plain: PlainPublishReader;

  constructor(handler: ClientHandler, limits: ParserLimits) {
    super(limits);
    this.#handler = handler;
    this.#plain = new PlainPublishReader(handler);
  }

  protected override readOperations(buffer: Buffer, start: number, end: number): number {
    let at = start;
    while (at >= 0 && at < end && !this.stopped) {
      if (this.connectRequired && (buffer[at]! | CASE_BIT) !== LOWER_C) {
        if (!this.#admitEarly()) return this.refuse("connect-required");
        // The handler may want to think about it first.
        if (this.stopped) return at;
      }
      let next = this.#plain.readPub(buffer, at, end, this.controlLineMax, this.payloadMax);
      if (next < 0 && this.headersAllowed) {
        next = this.#plain.readHpub(buffer, at, end, this.controlLineMax, this.payloadMax);
      }
      at = next < 0 ? this.#readAny(buffer, at, end) : next;
    }
    return at;
  }

  protected override report(kind: ProtocolErrorKind): void {
    this.#handler.onProtocolError(kind);
  }

  /** Asks whether an operation may come before CONNECT; if so, CONNECT is not required any more. */
  #admitEarly(): boolean {
    this.connectRequired = !(this.#handler.onEarlyOperation?.() ?? false);
    return !this.connectRequired;
  }

  #readAny(buffer: Buffer, at: number, end: number): number {
    const verb = verbs.match(buffer, at, end);
    if (verb === VERB_PARTIAL) return this.wait("verb", buffer, at, at, at, end);
    if (verb < 0) return this.refuse("unknown-operation");
    const verbEnd = at + verbs.size(verb);
    switch (verb) {
      case PUB:
        return this.#readPublish(buffer, at, verbEnd, end, 0);
      case HPUB:
        return this.#readPublish(buffer, at, verbEnd, end, 1);
      case PING:
      case PONG:
      case OK:
        return this.#readSignal(verb, buffer, at, verbEnd, end);
      default:
        return this.#readLineOperation(verb, buffer, at, verbEnd, end);
    }
  }

  /** PUB, and HPUB which has one more size. */
  #readPublish(
    buffer: Buffer,
    at: number,
    verbEnd: number,
    end: number,
    headerFields: 0 | 1,
  ): number {
    const payloadStart = this.readLine(buffer, at, verbEnd, end);
    if (payloadStart < 0) return NOT_READ;
    if (headerFields === 1 && !this.headersAllowed) return this.refuse("malformed");
    const { bounds, count } = this.fields;
    const subjectCount = count - 1 - headerFields;
    if (subjectCount !== 1 && subjectCount !== 2) return this.refuse("malformed");
    const last = 2 * count - 2;
    const size = parseSize(buffer, bounds[last]!, bounds[last + 1]!);
    const headersSize =
      headerFields === 0 ? 0 : parseSize(buffer, bounds[last - 2]!, bounds[last - 1]!);
    // A negative size, which stands for a bad one, is caught here too: headersSize is at least 0 then.
    if (headersSize < 0 || headersSize > size) return this.refuse("malformed");
    if (size > this.payloadMax && headersSize > 0) {
      const headersEnd = Math.min(payloadStart + headersSize, end);
      this.#handler.onOversized?.(buffer, bounds[0]!, bounds[1]!, payloadStart, headersEnd, size);
    }
    const payloadEnd = this.readPayload(buffer, at, verbEnd, payloadStart, size, end);
    if (payloadEnd < 0) return NOT_READ;
    const subjectEnd = bounds[1]!;
    const replyStart = subjectCount === 2 ? bounds[2]! : subjectEnd;
    const replyEnd = subjectCount === 2 ? bounds[3]! : subjectEnd;
    this.#handler.onPublish(
      buffer,
      bounds[0]!,
      subjectEnd,
      replyStart,
      replyEnd,
      headersSize,
      payloadStart,
      payloadEnd,
    );
    return payloadEnd + 2;
  }

  /** An operation without arguments. What stands behind its verb is ignored, up to the line feed. */
  #readSignal(verb: number, buffer: Buffer, at: number, verbEnd: number, end: number): number {
    const next = this.skipLine(buffer, at, verbEnd, end);
    if (next < 0) return NOT_READ;
    if (verb === PING) this.#handler.onPing();
    else if (verb === PONG) this.#handler.onPong();
    return next;
  }

  #readLineOperation(
    verb: number,
    buffer: Buffer,
    at: number,
    verbEnd: number,
    end: number,
  ): number {
    const next = this.readLine(buffer, at, verbEnd, end);
    if (next < 0) return NOT_READ;
    const { start: argumentsStart, end: argumentsEnd } = this.fields;
    switch (verb) {
      case SUB:
        return this.#subscribe(buffer) ? next : this.refuse("malformed");
      case UNSUB:
        return this.#unsubscribe(buffer) ? next : this.refuse("malformed");
      case CONNECT:
        this.#handler.onConnect(buffer, argumentsStart, argumentsEnd);
        return next;
      case INFO:
        this.#handler.onInfo(buffer, argumentsStart, argumentsEnd);
        return next;
      default:
        // -ERR: nats-server closes the connection, without a word.
        return this.refuse("malformed");
    }
  }

  #subscribe(buffer: Buffer): boolean {
    this.fields.splitAtBreaks(buffer);
    const { bounds, count } = this.fields;
    if (count !== 2 && count !== 3) return false;
    const subjectEnd = bounds[1]!;
    const queueStart = count === 3 ? bounds[2]! : subjectEnd;
    const queueEnd = count === 3 ? bounds[3]! : subjectEnd;
    const last = 2 * count - 2;
    this.#handler.onSubscribe(
      buffer,
      bounds[0]!,
      subjectEnd,
      queueStart,
      queueEnd,
      bounds[last]!,
      bounds[last + 1]!,
    );
    return true;
  }

  #unsubscribe(buffer: Buffer): boolean {
    this.fields.splitAtBreaks(buffer);
    const { bounds, count } = this.fields;
    if (count !== 1 && count !== 2) return false;
    // A bad number counts as none, as in nats-server.
    const max = count === 2 ? Math.max(0, parseSize(buffer, bounds[2]!, bounds[3]!)) : 0;
    this.#handler.onUnsubscribe(buffer, bounds[0]!, bounds[1]!, max);
    return true;
  }
}
