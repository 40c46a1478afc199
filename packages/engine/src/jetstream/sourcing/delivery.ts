import { bytesEqual, parseDecimal } from "@oxbow/wire/nats";
import type { MessageView } from "../../routing/message.ts";
import { instantMs } from "../../time/ns-to-ms.ts";

const PREFIX: Buffer = Buffer.from("$JS.ACK.");
const DOT = 0x2e;
/** Tokens of `$JS.ACK.<stream>.<consumer>.<deliveries>.<seq>.<consumer seq>.<time>.<pending>`. */
const TOKENS = 9;
/** The same with a domain and an account's hash before the stream, and more to come after them (ADR-15). */
const TOKENS_WITH_DOMAIN = 11;
const NANOS_DIGITS = 9;

/** What the reply subject of a delivered message says of it. Made once, and read into again for each message. */
export class Delivery {
  /** How often it was delivered, this time included. */
  deliveries = 0;
  sequence = 0;
  consumerSequence = 0;
  /** Milliseconds since 1970 UTC at which its stream has stored it, in the same millisecond. */
  timeMs = 0;
  /** Messages that are to come after it. */
  pending = 0;
  readonly #dots: number[] = [];
  #offset = 0;
  #buffer: Buffer = PREFIX;

  /** Reads the reply subject of `message`; false if it is none of a delivery. */
  read(message: MessageView): boolean {
    const { replyBuffer: buffer, replyStart: start, replyEnd: end } = message;
    const prefixEnd = start + PREFIX.length;
    if (prefixEnd > end || !bytesEqual(buffer, start, prefixEnd, PREFIX)) return false;
    const dots = this.#dots;
    dots.length = 0;
    for (let at = start; at < end; at++) if (buffer[at] === DOT) dots.push(at);
    dots.push(end);
    if (dots.length !== TOKENS && dots.length < TOKENS_WITH_DOMAIN) return false;
    this.#buffer = buffer;
    this.#offset = dots.length === TOKENS ? 2 : 4;
    this.deliveries = this.#number(2);
    this.sequence = this.#number(3);
    this.consumerSequence = this.#number(4);
    this.timeMs = this.#time();
    this.pending = Math.max(0, this.#number(6));
    return this.deliveries > 0 && this.sequence > 0 && this.consumerSequence > 0;
  }

  /** Whether the consumer has this name. */
  isOf(consumer: Buffer): boolean {
    return bytesEqual(this.#buffer, this.#start(1), this.#end(1), consumer);
  }

  #start(token: number): number {
    return (this.#dots[this.#offset + token - 1] as number) + 1;
  }

  #end(token: number): number {
    return this.#dots[this.#offset + token] as number;
  }

  #number(token: number): number {
    return parseDecimal(this.#buffer, this.#start(token), this.#end(token));
  }

  #time(): number {
    const end = this.#end(5);
    const nanosStart = Math.max(this.#start(5), end - NANOS_DIGITS);
    const nanos = parseDecimal(this.#buffer, nanosStart, end);
    const seconds = parseDecimal(this.#buffer, this.#start(5), nanosStart);
    return instantMs(Math.max(0, seconds), Math.max(0, nanos));
  }
}
