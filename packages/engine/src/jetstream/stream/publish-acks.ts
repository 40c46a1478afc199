import { writeDecimal } from "@oxbow/base";
import { copyBytes } from "@oxbow/wire/nats";
import type { Account } from "../../routing/account.ts";
import { MessageView } from "../../routing/message.ts";

/** Room for the digits of a sequence and what closes the acknowledgement. */
const SUFFIX_SIZE_MAX = 48;
const CLOSING_BRACE = 0x7d;
const QUEUE_SIZE_MIN = 256;

/** What the acknowledgement of a duplicate says beside the sequence of the original. */
export const DUPLICATE_DETAIL = ',"duplicate": true';

/** A stream, as far as acknowledgements of its messages are concerned. */
export interface AckOwner {
  /** `{"stream":"S","seq":`, which every acknowledgement begins with. */
  readonly ackPrefix: Buffer;
  /** Whether its publishers do not wait for that: `persist_mode: async`. */
  readonly isAsync: boolean;
  /** Says which messages are durable. */
  readonly log: { readonly committedSequence: number; readonly isDeleted: boolean };
}

/** The beginning of a stream's acknowledgements; the server's domain is in it, if it has one. */
export function ackPrefixOf(streamName: string, domain: string | undefined): Buffer {
  const where = domain === undefined ? "" : `"domain":${JSON.stringify(domain)},`;
  return Buffer.from(`{"stream":${JSON.stringify(streamName)},${where}"seq":`);
}

/**
 * The acknowledgements that the streams of an account owe, in the order of the publishes, which is the order in which
 * they become durable: one queue for all streams, so that a commit with messages of a thousand streams does not touch
 * a thousand queues. No object, string or closure is made for one: reply subjects are copied into one buffer, the rest
 * lies in arrays that are used again.
 */
export class PublishAcks {
  readonly #account: Account;
  readonly #view = new MessageView();
  #body: Buffer = Buffer.alloc(512);
  #replies: Buffer = Buffer.allocUnsafeSlow(16 * 1024);
  #repliesStart = 0;
  #repliesEnd = 0;
  #owners: (AckOwner | undefined)[] = new Array(QUEUE_SIZE_MIN).fill(undefined);
  #sequences: Float64Array = new Float64Array(QUEUE_SIZE_MIN);
  /** What they say beside the sequence; `""` for most. */
  #details: string[] = new Array(QUEUE_SIZE_MIN).fill("");
  /** Where each reply ends in `#replies`; it begins where the one before it ends. */
  #ends: Float64Array = new Float64Array(QUEUE_SIZE_MIN);
  #head = 0;
  #tail = 0;
  #isSending = false;

  constructor(account: Account) {
    this.#account = account;
  }

  /** How many are owed. */
  get length(): number {
    return this.#tail - this.#head;
  }

  /**
   * Acknowledges `sequence` of a stream to the reply subject of `message`, now or once it is durable.
   *
   * @param detail - Members of the JSON object that follow the sequence, each with a comma before it, or an object that
   *   stands in the place of the acknowledgement. Default: none.
   */
  push(owner: AckOwner, message: MessageView, sequence: number, detail = ""): void {
    const { replyBuffer, replyStart, replyEnd } = message;
    if (owner.isAsync || owner.log.committedSequence >= sequence) {
      this.#send(owner, replyBuffer, replyStart, replyEnd, sequence, detail);
      return;
    }
    const size = replyEnd - replyStart;
    if (this.#repliesEnd + size > this.#replies.length) this.#makeRoomForReply(size);
    if (this.#tail === this.#owners.length) this.#makeRoomForEntry();
    this.#repliesEnd = copyBytes(
      replyBuffer,
      replyStart,
      replyEnd,
      this.#replies,
      this.#repliesEnd,
    );
    this.#owners[this.#tail] = owner;
    this.#sequences[this.#tail] = sequence;
    if (detail !== "") this.#details[this.#tail] = detail;
    this.#ends[this.#tail] = this.#repliesEnd;
    this.#tail++;
  }

  /** Answers `message` with nothing, at once: its publisher knows that it came. */
  sendEmpty({ replyBuffer, replyStart, replyEnd }: MessageView): void {
    const isNested = this.#isSending;
    const view = isNested ? new MessageView() : this.#view;
    view.setSubject(replyBuffer, replyStart, replyEnd);
    view.setPayload(this.#body, 0, 0, 0);
    this.#isSending = true;
    this.#account.publish(view);
    this.#isSending = isNested;
  }

  /** Sends what is owed for messages that are durable by now; returns how many that were. */
  send(): number {
    const first = this.#head;
    while (this.#head < this.#tail) {
      const owner = this.#owners[this.#head] as AckOwner;
      const sequence = this.#sequences[this.#head] as number;
      // What a deleted stream still owes it owes for ever: the others must not wait for that.
      const isLost = sequence > owner.log.committedSequence;
      if (isLost && !owner.log.isDeleted) return this.#head - first;
      const start = this.#repliesStart;
      const end = this.#ends[this.#head] as number;
      const detail = this.#details[this.#head] as string;
      this.#owners[this.#head] = undefined;
      if (detail !== "") this.#details[this.#head] = "";
      this.#head++;
      this.#repliesStart = end;
      if (!isLost) this.#send(owner, this.#replies, start, end, sequence, detail);
    }
    const count = this.#head - first;
    this.clear();
    return count;
  }

  /** Forgets what is owed: those messages will never be durable, or their streams are gone. */
  clear(): void {
    for (let i = this.#head; i < this.#tail; i++) {
      this.#owners[i] = undefined;
      this.#details[i] = "";
    }
    this.#head = 0;
    this.#tail = 0;
    this.#repliesStart = 0;
    this.#repliesEnd = 0;
  }

  #send(
    { ackPrefix }: AckOwner,
    replies: Buffer,
    replyStart: number,
    replyEnd: number,
    sequence: number,
    detail: string,
  ): void {
    // No character of a string takes more than three bytes.
    const size = ackPrefix.length + SUFFIX_SIZE_MAX + detail.length * 3;
    if (size > this.#body.length) this.#body = Buffer.alloc(size);
    // Who gets an acknowledgement may publish, and so cause another one while this one is still being delivered.
    const isNested = this.#isSending;
    const body = isNested ? Buffer.alloc(size) : this.#body;
    const at = writeBody(body, ackPrefix, sequence, detail);
    const view = isNested ? new MessageView() : this.#view;
    view.setSubject(replies, replyStart, replyEnd);
    view.setPayload(body, 0, at, 0);
    this.#isSending = true;
    this.#account.publish(view);
    this.#isSending = isNested;
  }

  /** Moves the replies that still wait to the front, of a larger buffer if they fill more than half of this one. */
  #makeRoomForReply(size: number): void {
    const start = this.#repliesStart;
    const used = this.#repliesEnd - start;
    let capacity = this.#replies.length;
    while ((used + size) * 2 > capacity) capacity *= 2;
    // A new buffer in any case: a subscriber that is being told of an acknowledgement may still read the old one.
    const target = Buffer.allocUnsafeSlow(capacity);
    this.#replies.copy(target, 0, start, this.#repliesEnd);
    this.#replies = target;
    for (let i = this.#head; i < this.#tail; i++) this.#ends[i] = (this.#ends[i] as number) - start;
    this.#repliesStart = 0;
    this.#repliesEnd = used;
  }

  /** The same for the entries. */
  #makeRoomForEntry(): void {
    const used = this.#tail - this.#head;
    const capacity = used * 2 > this.#owners.length ? this.#owners.length * 2 : this.#owners.length;
    const owners = this.#owners.slice(this.#head, this.#tail);
    const sequences = new Float64Array(capacity);
    const ends = new Float64Array(capacity);
    const details = this.#details.slice(this.#head, this.#tail);
    sequences.set(this.#sequences.subarray(this.#head, this.#tail));
    ends.set(this.#ends.subarray(this.#head, this.#tail));
    while (owners.length < capacity) {
      owners.push(undefined);
      details.push("");
    }
    this.#owners = owners;
    this.#details = details;
    this.#sequences = sequences;
    this.#ends = ends;
    this.#head = 0;
    this.#tail = used;
  }
}

/** Writes an acknowledgement; returns its size. */
function writeBody(body: Buffer, ackPrefix: Buffer, sequence: number, detail: string): number {
  if (detail.startsWith("{")) return body.write(detail, 0);
  let at = copyBytes(ackPrefix, 0, ackPrefix.length, body, 0);
  at = writeDecimal(body, at, sequence);
  if (detail !== "") at += body.write(detail, at);
  body[at++] = CLOSING_BRACE;
  return at;
}
