import type { HistoryEvent, MessageIdentity } from "./history.ts";
import type { HistoryRule } from "./violation.ts";

/** Takes a broken rule. */
export type Report = (rule: HistoryRule, text: string) => void;

/** What the history has said of one message so far. */
interface MessageRecord {
  readonly identity: MessageIdentity;
  readonly publisher: string;
  submittedCount: number;
  isRefused: boolean;
  /** The highest sequence that was acked when it was first submitted: its own must be above. */
  readonly ackedBefore: number;
  /** Where it was seen, by ack, delivery or read. */
  readonly sequences: Set<number>;
  ackedSequence: number | undefined;
}

/** Follows one stream through a history: rules I1 to I6. */
export class StreamChecker {
  readonly #isDeduplicated: boolean;
  readonly #messages = new Map<string, MessageRecord>();
  /** Which message a sequence belongs to, once anybody has seen it. */
  readonly #owners = new Map<number, MessageRecord>();
  readonly #removing = new RangeSet();
  readonly #removed = new RangeSet();
  /** What the read under way has found so far; the last complete one stays until the next begins. */
  #stored = new Map<number, MessageRecord>();
  #isReadComplete = true;
  #ackedMax = 0;
  /** The highest sequence that anybody was shown, by ack, delivery or read: the stream never ends before it again. */
  #seenMax = 0;

  constructor(isDeduplicated: boolean) {
    this.#isDeduplicated = isDeduplicated;
  }

  /** Sequences that the last complete read found. */
  get storedSequences(): Iterable<number> {
    return this.#stored.keys();
  }

  submitted(event: HistoryEvent & { type: "submitted" }, report: Report): void {
    const { publisher, type: _, ...identity } = event;
    const known = this.#messages.get(event.messageId);
    if (known) {
      known.submittedCount += 1;
      if (event.checksum !== known.identity.checksum || event.subject !== known.identity.subject) {
        report("history", `message ${event.messageId} is submitted with two contents`);
      }
      return;
    }
    this.#messages.set(event.messageId, {
      identity,
      publisher,
      submittedCount: 1,
      isRefused: false,
      ackedBefore: this.#ackedMax,
      sequences: new Set(),
      ackedSequence: undefined,
    });
  }

  refused(messageId: string, report: Report): void {
    const message = this.#messages.get(messageId);
    if (!message) report("history", `message ${messageId} is refused but was not submitted`);
    else if (message.submittedCount === 1) message.isRefused = true;
  }

  acked(messageId: string, sequence: number, report: Report): void {
    const message = this.#messages.get(messageId);
    if (!message) {
      report("I2", `message ${messageId} is acked at ${sequence} but was not submitted`);
      return;
    }
    if (message.submittedCount === 1 && sequence <= message.ackedBefore) {
      report(
        "I4",
        `message ${messageId} is acked at ${sequence}, but ${message.ackedBefore} was acked before it was sent`,
      );
    }
    message.ackedSequence ??= sequence;
    this.#ackedMax = Math.max(this.#ackedMax, sequence);
    this.#seenAt(message, sequence, "acked", report);
  }

  /** A message that the broker gave out, as a delivery or in a read. */
  seen(
    event: MessageIdentity & { readonly sequence: number },
    how: "delivered" | "stored",
    report: Report,
  ): void {
    const { messageId, sequence } = event;
    if (this.#removed.has(sequence)) {
      report("I3", `message ${messageId} is ${how} at ${sequence}, which was removed`);
    }
    const message = this.#messages.get(messageId);
    if (!message) {
      report("I2", `message ${messageId} is ${how} at ${sequence} but was not submitted`);
      return;
    }
    if (message.isRefused) {
      report("I2", `message ${messageId} is ${how} at ${sequence} but was refused`);
    }
    for (const field of ["checksum", "subject"] as const) {
      if (event[field] === message.identity[field]) continue;
      const rule = message.ackedSequence === undefined ? "I2" : "I1";
      const was = `${field} ${event[field]} instead of ${message.identity[field]}`;
      report(rule, `message ${messageId} is ${how} at ${sequence} with ${was}`);
    }
    this.#seenAt(message, sequence, how, report);
    if (how === "stored") this.#store(message, sequence, report);
  }

  removing(firstSequence: number, lastSequence: number): void {
    this.#removing.add(firstSequence, lastSequence);
  }

  removed(firstSequence: number, lastSequence: number): void {
    this.#removing.add(firstSequence, lastSequence);
    this.#removed.add(firstSequence, lastSequence);
  }

  /** The stream has been read whole. */
  readDone(firstSequence: number, lastSequence: number, report: Report): void {
    // A stream that was found empty had no `stored` to begin the read with.
    if (this.#isReadComplete) this.#stored = new Map();
    this.#isReadComplete = true;
    this.#checkDensity(firstSequence, lastSequence, report);
    this.#checkNoLoss(report);
    this.#checkPublisherOrder(report);
  }

  /** Notes that a sequence is a message's, for ever. */
  #seenAt(message: MessageRecord, sequence: number, how: string, report: Report): void {
    const { messageId } = message.identity;
    this.#seenMax = Math.max(this.#seenMax, sequence);
    const owner = this.#owners.get(sequence);
    if (owner && owner !== message) {
      report(
        "I4",
        `sequence ${sequence} is ${how} for message ${messageId}, but belongs to ${owner.identity.messageId}`,
      );
    }
    if (!owner) this.#owners.set(sequence, message);
    if (message.sequences.has(sequence)) return;
    message.sequences.add(sequence);
    const where = [...message.sequences].join(" and ");
    if (message.sequences.size > message.submittedCount) {
      const { submittedCount } = message;
      report("I2", `message ${messageId} was sent ${submittedCount} times but is at ${where}`);
    } else if (this.#isDeduplicated && message.sequences.size > 1) {
      report("I6", `message ${messageId} is at ${where}`);
    }
  }

  #store(message: MessageRecord, sequence: number, report: Report): void {
    if (this.#isReadComplete) {
      this.#stored = new Map();
      this.#isReadComplete = false;
    }
    if (this.#stored.has(sequence)) report("I4", `sequence ${sequence} is stored twice`);
    this.#stored.set(sequence, message);
  }

  #checkDensity(firstSequence: number, lastSequence: number, report: Report): void {
    for (let sequence = firstSequence; sequence <= lastSequence; sequence += 1) {
      if (!this.#stored.has(sequence) && !this.#removing.has(sequence)) {
        report(
          "I4",
          `sequence ${sequence} is missing between ${firstSequence} and ${lastSequence}`,
        );
      }
    }
    for (const sequence of this.#stored.keys()) {
      if (sequence < firstSequence || sequence > lastSequence) {
        report("I4", `sequence ${sequence} is stored outside ${firstSequence} to ${lastSequence}`);
      }
    }
    if (lastSequence < this.#seenMax) {
      report("I4", `the last sequence is ${lastSequence}, but ${this.#seenMax} was given out`);
    }
  }

  #checkNoLoss(report: Report): void {
    for (const { ackedSequence, identity } of this.#messages.values()) {
      if (ackedSequence === undefined || this.#removing.has(ackedSequence)) continue;
      if (this.#stored.has(ackedSequence)) continue;
      report("I1", `message ${identity.messageId} was acked at ${ackedSequence} and is gone`);
    }
  }

  /** Messages that were sent again are left out: either of their places is right. */
  #checkPublisherOrder(report: Report): void {
    const sequenceOf = new Map<MessageRecord, number>();
    for (const [sequence, message] of this.#stored) sequenceOf.set(message, sequence);
    const last = new Map<string, { sequence: number; messageId: string }>();
    // The map holds the messages in the order they were submitted.
    for (const message of this.#messages.values()) {
      const sequence = sequenceOf.get(message);
      if (sequence === undefined || message.submittedCount > 1) continue;
      const { messageId } = message.identity;
      const before = last.get(message.publisher);
      if (before && before.sequence > sequence) {
        const earlier = `${before.messageId}, sent earlier, is at ${before.sequence}`;
        report("I5", `message ${messageId} is at ${sequence}; ${earlier}`);
      }
      last.set(message.publisher, { sequence, messageId });
    }
  }
}

/** Inclusive ranges of sequences. */
class RangeSet {
  #ranges: { readonly first: number; readonly last: number }[] = [];
  readonly #single = new Set<number>();

  add(first: number, last: number): void {
    if (first === last) {
      this.#single.add(first);
      return;
    }
    // A stream that is purged again and again gives ever larger ranges; only the largest is worth asking.
    this.#ranges = this.#ranges.filter((range) => range.first < first || range.last > last);
    this.#ranges.push({ first, last });
  }

  has(sequence: number): boolean {
    if (this.#single.has(sequence)) return true;
    return this.#ranges.some(({ first, last }) => sequence >= first && sequence <= last);
  }
}
