import type { JetStreamManager } from "@nats-io/jetstream";
import type { SimRandom } from "@oxbow/testkit";
import { ignoreLostConnection } from "../connection.ts";
import type { HistoryFile } from "../history-file.ts";
import { RESEND_MARGIN } from "../workload.ts";
import type { StreamProgress } from "./stream-progress.ts";

/** Share of the sequences that all consumers are done with that are deleted. */
const DELETED_SHARE = 0.02;

/** Chance that a stream is purged although it is not too long. */
const PURGE_CHANCE = 0.1;

/** Sequences that wait for their deletion; more are let go. */
const WAITING_COUNT_MAX = 64;

interface Candidate {
  readonly stream: StreamProgress;
  readonly sequence: number;
}

/**
 * Purges streams and deletes messages, and records what was asked for and what was confirmed.
 *
 * A message that is on its way to a consumer when it is removed is not wrong, but looks like one that has come back.
 * So streams are purged only before consumers ask for messages, and deleted is only what no consumer will be given.
 */
export class Remover {
  readonly #random: SimRandom;
  readonly #history: HistoryFile;
  #jsm: JetStreamManager | undefined;
  #waiting: Candidate[] = [];
  /** What was asked for already; an ack may be confirmed twice if a redelivery crossed the first. */
  readonly #deleted = new Set<string>();
  #isDeleting = false;

  constructor(random: SimRandom, history: HistoryFile) {
    this.#random = random;
    this.#history = history;
  }

  /** Works over another connection from now on. */
  use(jsm: JetStreamManager): void {
    this.#jsm = jsm;
  }

  /** Purges what has grown too long, and now and then what has not. Rejects when the broker dies meanwhile. */
  async purge(streams: readonly StreamProgress[]): Promise<void> {
    for (const stream of streams) {
      const { keptCountMax } = stream.plan;
      const removable = stream.ackedMax - RESEND_MARGIN - stream.removedMax;
      if (keptCountMax === undefined || removable <= 0) continue;
      const isLong = stream.ackedMax - stream.removedMax > keptCountMax;
      if (!isLong && !this.#random.chance(PURGE_CHANCE)) continue;
      const share = this.#random.between(isLong ? 0.7 : 0, 1);
      await this.#purgeTo(stream, stream.removedMax + Math.max(1, Math.floor(removable * share)));
    }
  }

  /** No consumer will be given the sequence: it may be deleted. */
  offer(stream: StreamProgress, sequence: number): void {
    if (!this.#random.chance(DELETED_SHARE)) return;
    if (this.#waiting.length < WAITING_COUNT_MAX) this.#waiting.push({ stream, sequence });
    // Without an answer it is open whether the message is there, which the history says already.
    if (!this.#isDeleting) void this.#deleteWaiting().catch(ignoreLostConnection);
  }

  async #purgeTo(stream: StreamProgress, lastSequence: number): Promise<void> {
    const range = { stream: stream.plan.name, firstSequence: 1, lastSequence };
    stream.purging(lastSequence);
    this.#history.record({ type: "removing", ...range });
    await this.#jsm?.streams.purge(stream.plan.name, { seq: lastSequence + 1 });
    this.#history.record({ type: "removed", ...range });
  }

  async #deleteWaiting(): Promise<void> {
    this.#isDeleting = true;
    try {
      const isOld = ({ stream, sequence }: Candidate): boolean =>
        sequence <= stream.ackedMax - RESEND_MARGIN;
      const next = this.#waiting.filter(isOld);
      this.#waiting = this.#waiting.filter((item) => !isOld(item));
      for (const { stream, sequence } of next) {
        if (sequence > stream.removedMax) await this.#delete(stream.plan.name, sequence);
      }
    } finally {
      this.#isDeleting = false;
    }
  }

  async #delete(stream: string, sequence: number): Promise<void> {
    const key = `${stream} ${sequence}`;
    if (this.#deleted.has(key)) return;
    this.#deleted.add(key);
    const range = { stream, firstSequence: sequence, lastSequence: sequence };
    this.#history.record({ type: "removing", ...range });
    await this.#jsm?.streams.deleteMessage(stream, sequence, this.#random.chance(0.5));
    this.#history.record({ type: "removed", ...range });
  }
}
