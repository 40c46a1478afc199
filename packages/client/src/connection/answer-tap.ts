import { createInbox, type Msg } from "@nats-io/nats-core";
import type { Link, LinkUser } from "./link.ts";

/** Who awaits answers, each of which has a number. */
export interface AnswerListener {
  /** The answer lies at `[start, end)` of `bytes`, whose memory is used for something else afterwards. */
  onAnswer(number: number, bytes: Uint8Array, start: number, end: number): void;
  /** There is nobody who would answer. */
  onUnanswered(number: number): void;
  /** The server lets nobody listen where the answers come to. */
  onRefused(pattern: string, cause: Error): void;
}

/** What of the official client reads what comes. It promises none of it, so that nothing may depend on it. */
interface Parser {
  /** 0 where the next byte begins an operation. */
  readonly state?: unknown;
  parse(chunk: Uint8Array): void;
}

/** What has not come whole is kept up to that; answers are far shorter, and so are lines of servers. */
const heldBytesMax = 65_536;
const letterH = 0x48;
const letterM = 0x4d;
const newline = 0x0a;
const carriageReturn = 0x0d;
const space = 0x20;
const digit0 = 0x30;
/** Of `MSG `. */
const nameSize = 4;
/** Of the line break behind a payload. */
const breakSize = 2;

/**
 * Takes answers out of what a connection brings before the official client reads them, whom each costs more than all else
 * that becomes of it. What is no answer is passed on as it came; so is everything where the official client can't be
 * tapped, so that who listens here has a subscription there, too (ADR 22).
 *
 *     chunk ─┬─ MSG <prefix>17 <sid> 30 ␍␊ … ──▶ onAnswer(17, payload)
 *            └─ anything else                ──▶ parser of the official client
 */
export class AnswerTap implements LinkUser {
  readonly #link: Link;
  readonly #prefixes: Buffer[] = [];
  readonly #listeners: AnswerListener[] = [];
  /** The parser that is tapped. */
  #parser: Parser | undefined;
  /** Where an operation has begun that has not come whole. */
  #held: Buffer | undefined;
  /** Bytes still to come of an operation that is passed on. */
  #passing = 0;
  /** Whether the line of such a one goes on. */
  #isInLine = false;
  /** Of what was looked at last: which listener has it, -1 for none; its number, and where its payload begins. */
  #which = -1;
  #number = 0;
  #payload = 0;

  constructor(link: Link) {
    this.#link = link;
    link.use(this);
    this.attach();
  }

  /** @returns Where answers to `listener` come to: to this, and a number in decimal digits behind it. */
  listen(listener: AnswerListener): string {
    const { nc, inboxPrefix } = this.#link;
    const prefix = `${createInbox(inboxPrefix)}.`;
    nc.subscribe(`${prefix}*`, {
      callback: (error, message) => {
        if (error !== null) {
          listener.onRefused(`${prefix}*`, error);
          return;
        }
        const number = Number(message.subject.slice(prefix.length));
        if (isUnanswered(message)) listener.onUnanswered(number);
        else listener.onAnswer(number, message.data, 0, message.data.length);
      },
    });
    this.#prefixes.push(Buffer.from(prefix));
    this.#listeners.push(listener);
    return prefix;
  }

  onUp(): void {
    this.attach();
  }

  /** Taps the connection there is, unless that is done already: each has a parser of its own. */
  attach(): void {
    const { protocol } = this.#link.nc as unknown as { readonly protocol?: { parser?: Parser } };
    const parser = protocol?.parser;
    if (parser === this.#parser || typeof parser?.parse !== "function") return;
    // In the middle of something it can't be told where the next operation begins.
    if (parser.state !== 0) return;
    this.#parser = parser;
    this.#held = undefined;
    this.#passing = 0;
    this.#isInLine = false;
    const pass = parser.parse.bind(parser);
    parser.parse = (chunk) => this.#read(chunk, pass);
  }

  #read(bytes: Uint8Array, pass: (rest: Uint8Array) => void): void {
    const chunk = this.#withHeld(bytes);
    // Between this and where it looks lies what is to be passed on.
    let passed = 0;
    let at = 0;
    while (at < chunk.length) {
      const end = this.#endOf(chunk, at);
      if (end === at) {
        // Copied, as the memory of a chunk is not ours.
        this.#held = Buffer.from(chunk.subarray(at));
        break;
      }
      if (this.#which >= 0) {
        if (passed < at) pass(chunk.subarray(passed, at));
        passed = end;
        const listener = this.#listeners[this.#which];
        listener?.onAnswer(this.#number, chunk, this.#payload, end - breakSize);
      }
      at = end;
    }
    if (passed < at) pass(chunk.subarray(passed, at));
  }

  #withHeld(bytes: Uint8Array): Buffer {
    const chunk = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
    const held = this.#held;
    this.#held = undefined;
    return held === undefined ? chunk : Buffer.concat([held, chunk]);
  }

  /** Where that ends, as far as it is there, which begins at `start`; `start` if more of it is needed. */
  #endOf(chunk: Buffer, start: number): number {
    const first = chunk[start];
    const isGoingOn = this.#passing > 0 || this.#isInLine;
    const isMessage = !isGoingOn && (first === letterM || first === letterH);
    const which = this.#which;
    this.#which = -1;
    if (this.#passing > 0) return this.#passOn(chunk, start);
    const lineEnd = chunk.indexOf(newline, start);
    if (!isMessage) {
      this.#isInLine = lineEnd < 0;
      return lineEnd < 0 ? chunk.length : lineEnd + 1;
    }
    if (lineEnd < 0) {
      if (chunk.length - start <= heldBytesMax) return start;
      // No server writes such a line: from here on, all is left to the official client.
      this.#passing = Number.POSITIVE_INFINITY;
      return this.#passOn(chunk, start);
    }
    const end = lineEnd + 1 + sizeIn(chunk, lineEnd) + breakSize;
    const isAnswer = first === letterM && this.#isAnswer(chunk, start + nameSize, which);
    if (!isAnswer || end - start > heldBytesMax) {
      this.#which = -1;
      this.#passing = end - lineEnd - 1;
      return this.#passOn(chunk, lineEnd + 1);
    }
    this.#payload = lineEnd + 1;
    if (end <= chunk.length) return end;
    this.#which = -1;
    return start;
  }

  #passOn(chunk: Buffer, start: number): number {
    const size = Math.min(this.#passing, chunk.length - start);
    this.#passing -= size;
    return start + size;
  }

  /** Whether `<prefix><number> <sid> <size>` stands at `start`, and whose it is. */
  #isAnswer(chunk: Buffer, start: number, likely: number): boolean {
    this.#which = this.#prefixAt(chunk, start, Math.max(likely, 0));
    const prefix = this.#prefixes[this.#which];
    if (prefix === undefined) return false;
    let at = start + prefix.length;
    let number = 0;
    for (; isDigit(chunk[at]); at++) number = number * 10 + (chunk[at] as number) - digit0;
    this.#number = number;
    if (chunk[at] !== space || at === start + prefix.length) return false;
    do at++;
    while (isDigit(chunk[at]));
    if (chunk[at] !== space) return false;
    do at++;
    while (isDigit(chunk[at]));
    // What stands between says where it is answered itself, so that it is no answer.
    return chunk[at] === carriageReturn;
  }

  /** @param likely - Is tried first. @returns Whose prefix it is; -1 for nobody's. */
  #prefixAt(chunk: Buffer, at: number, likely: number): number {
    if (stands(this.#prefixes[likely], chunk, at)) return likely;
    return this.#prefixes.findIndex((prefix) => stands(prefix, chunk, at));
  }
}

function isUnanswered({ data, headers }: Msg): boolean {
  return data.length === 0 && headers?.code === 503;
}

/** The number that a line ends with. */
function sizeIn(chunk: Buffer, lineEnd: number): number {
  let at = lineEnd - (chunk[lineEnd - 1] === carriageReturn ? 2 : 1);
  let size = 0;
  for (let unit = 1; isDigit(chunk[at]); at--, unit *= 10) {
    size += ((chunk[at] as number) - digit0) * unit;
  }
  return size;
}

function stands(prefix: Buffer | undefined, chunk: Buffer, start: number): boolean {
  if (prefix === undefined) return false;
  // What differs stands at the end.
  for (let i = prefix.length - 1; i >= 0; i--) if (chunk[start + i] !== prefix[i]) return false;
  return true;
}

function isDigit(byte: number | undefined): boolean {
  return byte !== undefined && byte >= digit0 && byte <= digit0 + 9;
}
