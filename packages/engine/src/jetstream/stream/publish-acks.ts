import { writeDecimal } from "@oxbow/wire/nats";
import type { Account } from "../../routing/account.ts";
import { MessageView } from "../../routing/message.ts";

/** Room for the digits of a sequence and what closes the acknowledgement. */
const SUFFIX_SIZE_MAX = 48;

const noSubject: Buffer = Buffer.alloc(0);

/**
 * The acknowledgements a stream owes, oldest first: each is sent once its message is durable. No object, string or
 * closure is made for one: reply subjects are copied into one buffer, the rest lies in arrays that are used again.
 */
export class PublishAcks {
  readonly #account: Account;
  readonly #view = new MessageView();
  /** `{"stream":"S","seq":` and room for the rest. */
  readonly #body: Buffer;
  readonly #prefixSize: number;
  #replies: Buffer = Buffer.allocUnsafe(4096);
  #repliesEnd = 0;
  /** For each acknowledgement: the sequence (negative for a duplicate), then where its reply ends in `#replies`. */
  #entries: number[] = [];
  #head = 0;
  #replyStart = 0;

  constructor(account: Account, streamName: string) {
    this.#account = account;
    const prefix = Buffer.from(`{"stream":${JSON.stringify(streamName)},"seq":`);
    this.#prefixSize = prefix.length;
    this.#body = Buffer.alloc(prefix.length + SUFFIX_SIZE_MAX);
    prefix.copy(this.#body);
    this.#view.setSubject(noSubject, 0, 0);
  }

  /** How many wait. */
  get length(): number {
    return (this.#entries.length - this.#head) / 2;
  }

  /** Owes an acknowledgement of `sequence` to the reply subject of `message`. */
  push(message: MessageView, sequence: number, isDuplicate: boolean): void {
    const size = message.replyEnd - message.replyStart;
    if (this.#repliesEnd + size > this.#replies.length) this.#makeRoom(size);
    message.replyBuffer.copy(
      this.#replies,
      this.#repliesEnd,
      message.replyStart,
      message.replyEnd,
    );
    this.#repliesEnd += size;
    this.#entries.push(isDuplicate ? -sequence : sequence, this.#repliesEnd);
  }

  /** Sends what is owed for messages up to `committedSequence`. */
  send(committedSequence: number): void {
    const entries = this.#entries;
    while (this.#head < entries.length) {
      const signed = entries[this.#head] as number;
      const sequence = Math.abs(signed);
      if (sequence > committedSequence) break;
      const replyEnd = entries[this.#head + 1] as number;
      const replyStart = this.#replyStart;
      this.#head += 2;
      this.#replyStart = replyEnd;
      this.#sendOne(replyStart, replyEnd, sequence, signed < 0);
    }
    if (this.#head === entries.length && this.#head > 0) {
      entries.length = 0;
      this.#head = 0;
      this.#replyStart = 0;
      this.#repliesEnd = 0;
    }
  }

  /** Forgets what is owed: those messages will never be durable. */
  clear(): void {
    this.#entries = [];
    this.#head = 0;
    this.#replyStart = 0;
    this.#repliesEnd = 0;
  }

  #sendOne(replyStart: number, replyEnd: number, sequence: number, isDuplicate: boolean): void {
    const body = this.#body;
    let at = writeDecimal(body, this.#prefixSize, sequence);
    if (isDuplicate) at += body.write(',"duplicate": true', at, "latin1");
    body[at++] = 0x7d;
    const view = this.#view;
    view.setSubject(this.#replies, replyStart, replyEnd);
    view.setPayload(body, 0, at, 0);
    this.#account.publish(view);
  }

  /** Moves what still waits to the front, into a larger buffer if that is not enough. */
  #makeRoom(size: number): void {
    const start = this.#replyStart;
    const used = this.#repliesEnd - start;
    let capacity = this.#replies.length;
    while (used + size > capacity / 2) capacity *= 2;
    const target = capacity === this.#replies.length ? this.#replies : Buffer.allocUnsafe(capacity);
    this.#replies.copy(target, 0, start, this.#repliesEnd);
    this.#replies = target;
    this.#repliesEnd = used;
    this.#replyStart = 0;
    const waiting = this.#entries.slice(this.#head);
    for (let i = 1; i < waiting.length; i += 2) waiting[i] = (waiting[i] as number) - start;
    this.#entries = waiting;
    this.#head = 0;
  }
}
