import type { Payloads } from "./random.ts";

/** Digits of a reply token. Tokens count up from 0, so each outstanding message has a token of its own. */
export const TOKEN_SIZE = 10;

const ZERO = 0x30;

/** What a {@link PublishRing} is made of. */
export interface PublishRingOptions {
  /** How many messages may be prepared, unsent or unacknowledged at once; a multiple of `subjects.length` is best. */
  slotCount: number;
  payloads: Payloads;
  /** Message n goes to `subjects[n % subjects.length]`. */
  subjects: readonly string[];
  /** Subject before the token, ending in a dot; empty for messages without a reply. */
  replyPrefix: string;
  /** What follows the token. Default: nothing. */
  replySuffix?: string;
}

/**
 * Prepared `PUB` frames, one after the other in one buffer, so that sending a run of messages is one write.
 *
 *     | PUB s.0 _INBOX.x.0000000000 128 CRLF payload CRLF | PUB s.1 _INBOX.x.0000000001 … | …
 *       slot 0                                              slot 1
 *
 * Message n uses slot `n % slotCount`; only its token is rewritten. A slot may be reused once its message has been
 * acknowledged: the server has then received the bytes, whatever the socket still remembers of them.
 */
export class PublishRing {
  readonly slotCount: number;
  readonly #buffer: Buffer;
  /** Start of each slot, and the end of the last. */
  readonly #offsets: Int32Array;
  /** Position of the token in each slot; unused without replies. */
  readonly #tokenOffsets: Int32Array;
  readonly #hasReply: boolean;

  constructor(options: PublishRingOptions) {
    const { slotCount, payloads, subjects, replyPrefix, replySuffix = "" } = options;
    this.slotCount = slotCount;
    this.#hasReply = replyPrefix !== "";
    this.#offsets = new Int32Array(slotCount + 1);
    this.#tokenOffsets = new Int32Array(slotCount);
    const reply = this.#hasReply ? `${replyPrefix}${"0".repeat(TOKEN_SIZE)}${replySuffix} ` : "";
    const heads = subjects.map((subject) => `PUB ${subject} ${reply}${payloads.size}\r\n`);
    const tailSize = payloads.size + 2;
    for (let slot = 0; slot < slotCount; slot++) {
      const head = heads[slot % heads.length] as string;
      const start = this.#offsets[slot] as number;
      this.#tokenOffsets[slot] =
        start +
        head.length -
        2 -
        String(payloads.size).length -
        1 -
        replySuffix.length -
        TOKEN_SIZE;
      this.#offsets[slot + 1] = start + head.length + tailSize;
    }
    this.#buffer = Buffer.allocUnsafeSlow(this.#offsets[slotCount] as number);
    for (let slot = 0; slot < slotCount; slot++) {
      const start = this.#offsets[slot] as number;
      const head = heads[slot % heads.length] as string;
      this.#buffer.write(head, start, "latin1");
      payloads.copyTo(slot, this.#buffer, start + head.length);
      this.#buffer.write("\r\n", start + head.length + payloads.size, "latin1");
    }
  }

  /** Bytes of message number `index` on the wire. */
  sizeOf(index: number): number {
    const slot = index % this.slotCount;
    return (this.#offsets[slot + 1] as number) - (this.#offsets[slot] as number);
  }

  /** Hands the messages `[from, to)` to `write`, in one piece or, where the ring wraps, in two. */
  send(from: number, to: number, write: (bytes: Uint8Array) => void): void {
    if (this.#hasReply) for (let index = from; index < to; index++) this.#stamp(index);
    let start = from;
    while (start < to) {
      const slot = start % this.slotCount;
      const count = Math.min(to - start, this.slotCount - slot);
      write(this.#buffer.subarray(this.#offsets[slot], this.#offsets[slot + count]));
      start += count;
    }
  }

  #stamp(index: number): void {
    writeToken(this.#buffer, this.#tokenOffsets[index % this.slotCount] as number, index);
  }
}

/** Writes `value` as a token of {@link TOKEN_SIZE} digits. */
export function writeToken(buffer: Buffer, start: number, value: number): void {
  let rest = value;
  for (let i = start + TOKEN_SIZE - 1; i >= start; i--) {
    const quotient = (rest / 10) | 0;
    buffer[i] = ZERO + rest - quotient * 10;
    rest = quotient;
  }
}
