import { contentId } from "@oxbow/base";
import { addressOf, type Route } from "../stations/route.ts";
import { BatchOutcome } from "./batch-outcome.ts";
import type { Payloads } from "./payloads.ts";
import type { Addressed } from "./produce-batch.ts";
import { checkOptions, dueAt, headerLines, type ProduceOptions } from "./produce-options.ts";

/** What is said about each message of a batch; `undefined` for nothing about any. */
export type BatchOptions = readonly (ProduceOptions | undefined)[] | undefined;

/** Where the messages of a batch go, and what is known of the station. */
export interface BatchPlan {
  readonly route: Route;
  /** The line that says who produces; may be empty. */
  readonly stamp: string;
  /** Says from which station messages come that others are derived from. */
  derivesFrom(station: string): void;
  readonly nowMs: number;
  /** Counts messages without a key that came before. */
  readonly turn: number;
  /** What the server is to know a message by that has an id of its own. */
  freshOf(messageId: string): string;
  /** @throws OxbowError `MESSAGE_TOO_LARGE` */
  checkSize(sizeBytes: number): void;
}

/** What stands around the lines of headers: `NATS/1.0` and the empty line. */
const headerFrameBytes = 12;

/**
 * The messages of a batch, each with its address and its headers, as far as they differ. Those that were given no id get none: nobody who
 * sends them again could name them, so that the server is spared remembering them.
 */
export class BatchMessages implements Addressed {
  readonly payloads: Payloads;
  readonly outcome: BatchOutcome;
  /** Those that are delivered later, which go another way. */
  readonly later: number[] = [];
  /** Messages without a key. */
  turns = 0;
  readonly #plan: BatchPlan;
  readonly #options: BatchOptions;
  /** Where all go, if that is one place. */
  readonly #subject: string | undefined;
  readonly #subjects: string[] = [];
  readonly #lines: string[] = [];
  readonly #known: boolean[] = [];

  constructor(plan: BatchPlan, payloads: Payloads, options: BatchOptions) {
    this.#plan = plan;
    this.payloads = payloads;
    this.#options = options;
    this.outcome = new BatchOutcome(payloads.count);
    const { streams, isByContent } = plan.route;
    const isPlain = options === undefined && streams.length === 1 && !isByContent;
    this.#subject = isPlain ? this.#prepareAll() : undefined;
    if (!isPlain) for (let index = 0; index < payloads.count; index++) this.#prepare(index);
  }

  payload(index: number): Uint8Array {
    const { bytes, starts, ends } = this.payloads;
    return bytes.subarray(starts[index], ends[index]);
  }

  subject(index: number): string {
    return this.#subject ?? this.#subjects[index] ?? "";
  }

  lines(index: number): string {
    return this.#lines[index] ?? this.#plan.stamp;
  }

  isSent(index: number): boolean {
    return this.outcome.partitions[index] !== 0;
  }

  isKnown(index: number): boolean {
    return this.#known[index] === true;
  }

  /** Messages that differ in nothing but what they carry. @returns Where they go. */
  #prepareAll(): string {
    const { route, turn } = this.#plan;
    const { subject, partition } = addressOf(route, undefined, undefined, undefined, turn);
    const { count, starts, ends } = this.payloads;
    const headersSize = headerFrameBytes + this.#plan.stamp.length;
    this.turns = count;
    for (let index = 0; index < count; index++) {
      try {
        this.#plan.checkSize((ends[index] as number) - (starts[index] as number) + headersSize);
        this.outcome.partitions[index] = partition;
      } catch (error) {
        this.outcome.errors.set(index, error as Error);
      }
    }
    return subject;
  }

  #prepare(index: number): void {
    const { route, nowMs, turn } = this.#plan;
    const options = this.#options?.[index] ?? {};
    try {
      checkOptions(options);
      if (dueAt(options, nowMs) !== undefined) {
        this.later.push(index);
        return;
      }
      const { key, partition } = options;
      const payload = this.payload(index);
      const content = route.isByContent ? contentId(Buffer.from(key ?? ""), payload) : undefined;
      const known = content ?? options.messageId;
      const address = addressOf(route, key, partition, known, turn + this.turns);
      if (key === undefined) this.turns++;
      if (options.parent !== undefined) this.#plan.derivesFrom(options.parent.station);
      const itsId = known && (content ?? this.#plan.freshOf(known));
      const lines = headerLines(options, itsId, this.#plan.stamp, undefined);
      this.#plan.checkSize(payload.length + Buffer.byteLength(lines) + headerFrameBytes);
      this.#subjects[index] = address.subject;
      this.#lines[index] = lines;
      this.#known[index] = known !== undefined;
      this.outcome.partitions[index] = address.partition;
    } catch (error) {
      this.outcome.errors.set(index, error as Error);
    }
  }
}
