import type { Clock, Random } from "@oxbow/base";
import type { Log } from "@oxbow/log";
import { appendHeaders } from "@oxbow/wire/nats";
import type { Account } from "../../routing/account.ts";
import { MessageView } from "../../routing/message.ts";
import { isValidLiteral } from "../../subjects/subject.ts";
import { compileTransform, type SubjectTransform } from "../../subjects/subject-transform.ts";
import { timestampOf, timestampText } from "../../time/clock-time.ts";
import type { Republish } from "../config/stream-config.ts";

const noBytes = Buffer.alloc(0);

/** What a stream lends to its republisher. */
export interface RepublisherParts {
  readonly streamName: string;
  readonly log: Log;
  readonly account: Account;
  readonly clock: Clock;
  readonly random: Random;
}

/**
 * Publishes what a stream has stored once more, under another subject and with headers that say what it is in the
 * stream. It goes out when it is durable, in the order of the stream; what a crash catches in between does not.
 */
export class Republisher {
  readonly #parts: RepublisherParts;
  #transform: SubjectTransform | undefined;
  #isHeadersOnly = false;
  /** Messages that are not durable yet, oldest first. */
  #waiting: { readonly sequence: number; readonly view: MessageView }[] = [];
  #isFlushDue = false;

  constructor(parts: RepublisherParts) {
    this.#parts = parts;
  }

  /** Whether messages that are stored from now on are to be given to {@link add}. */
  get isActive(): boolean {
    return this.#transform !== undefined;
  }

  /** Goes on in another way, or with `null` not at all. What waits goes out as it is. */
  configure(config: Republish | null): void {
    this.#transform =
      config === null || config.dest === ""
        ? undefined
        : compileTransform(config.src, config.dest, this.#parts.random);
    this.#isHeadersOnly = config?.headers_only ?? false;
  }

  /** The last message of the same subject, which {@link add} wants to know from before the new one was stored. */
  previousOf({ subjectBuffer, subjectStart, subjectEnd }: MessageView): number {
    const { subjects } = this.#parts.log;
    return subjects.last(subjects.find(subjectBuffer, subjectStart, subjectEnd));
  }

  /** Takes a copy of a message that was stored at `sequence`. */
  add(message: MessageView, sequence: number, previous: number): void {
    const subject = this.#subjectFor(message);
    if (subject === undefined) return;
    const view = new MessageView();
    const start = message.payloadStart + message.headersSize;
    const payload = message.payloadBuffer.subarray(start, message.payloadEnd);
    const headers = this.#headersFor(message, sequence, previous);
    const body = Buffer.concat([headers, this.#isHeadersOnly ? noBytes : payload]);
    view.setSubject(subject, 0, subject.length);
    view.setPayload(body, 0, body.length, headers.length);
    this.#waiting.push({ sequence, view });
    if (this.#parts.log.committedSequence >= sequence) this.#flushNextTurn();
  }

  /** Sends what is durable by now. */
  flush(): void {
    const { log, account } = this.#parts;
    const isWaiting = this.#waiting.findIndex(({ sequence }) => sequence > log.committedSequence);
    const count = isWaiting < 0 ? this.#waiting.length : isWaiting;
    if (count === 0) return;
    const ready = this.#waiting.splice(0, count);
    for (const { view } of ready) account.publish(view);
  }

  /** Ends it: what waits is dropped. */
  close(): void {
    this.#transform = undefined;
    this.#waiting = [];
  }

  /** The subject it goes to; `undefined` if it goes nowhere, or to what is no subject to publish to. */
  #subjectFor({ subjectBuffer, subjectStart, subjectEnd }: MessageView): Buffer | undefined {
    const transform = this.#transform;
    if (!transform?.matches(subjectBuffer, subjectStart, subjectEnd)) return undefined;
    const target = Buffer.allocUnsafe(transform.sizeMax(subjectEnd - subjectStart));
    const end = transform.write(target, 0, subjectBuffer, subjectStart, subjectEnd);
    return isValidLiteral(target.toString("latin1", 0, end)) ? target.subarray(0, end) : undefined;
  }

  #headersFor(message: MessageView, sequence: number, previous: number): Buffer {
    const { payloadBuffer, payloadStart, payloadEnd, headersSize } = message;
    const { streamName, log } = this.#parts;
    const fields: [string, string][] = [
      ["Nats-Stream", streamName],
      ["Nats-Subject", message.subjectText()],
      ["Nats-Sequence", String(sequence)],
      ["Nats-Time-Stamp", timestampText(timestampOf(log.lastTimestampMs))],
      ["Nats-Last-Sequence", String(previous)],
    ];
    const size = payloadEnd - payloadStart - headersSize;
    if (this.#isHeadersOnly) fields.push(["Nats-Msg-Size", String(size)]);
    return appendHeaders(payloadBuffer, payloadStart, payloadStart + headersSize, fields);
  }

  /** In memory a message is there at once. Not in the middle of its publish, for streams can republish to each other. */
  #flushNextTurn(): void {
    if (this.#isFlushDue) return;
    this.#isFlushDue = true;
    this.#parts.clock.afterTurn(() => {
      this.#isFlushDue = false;
      this.flush();
    });
  }
}
