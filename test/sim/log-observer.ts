import type { Log, LogStore } from "@oxbow/log";
import { checksumOf, type History } from "@oxbow/testkit";
import type { Plant } from "./plants.ts";

/** Writes down what a client of a log would see: what it appends, and what is durable when. */
export class LogObserver {
  readonly log: Log;
  readonly #store: LogStore;
  readonly #history: History;
  readonly #plant: Plant | undefined;
  /** Appended and not yet acknowledged, oldest first. */
  readonly #waiting: { readonly messageId: string; readonly sequence: number }[] = [];
  #removing: { readonly firstSequence: number; readonly lastSequence: number }[] = [];

  constructor(log: Log, store: LogStore, history: History, plant: Plant | undefined) {
    this.log = log;
    this.#store = store;
    this.#history = history;
    this.#plant = plant;
    log.listener = {
      onCommitted: () => this.#ackCommitted(),
      onRemoved: (sequence) => this.#noteRemoval(sequence, sequence),
      onTruncated: () => {},
      onDamaged: (sequence) => {
        throw new Error(`sequence ${sequence} of ${log.name} is damaged`);
      },
    };
  }

  /** Appends a message; its subject and payload tell it from all others. */
  append(subject: string, payload: Buffer, nowMs: number): void {
    const stream = this.log.name;
    const messageId = payload.toString("latin1", 0, payload.indexOf(32));
    const message = { stream, subject, messageId, checksum: checksumOf(payload) };
    this.#history.record({ type: "submitted", publisher: stream, ...message });
    const bytes = Buffer.from(subject);
    const sequence = this.log.append(nowMs, bytes, 0, bytes.length, payload, 0, 0, payload.length);
    if (this.#plant === "ack-before-sync") {
      this.#history.record({ type: "acked", stream, messageId, sequence });
    } else {
      this.#waiting.push({ messageId, sequence });
    }
  }

  removeBelow(sequence: number): void {
    const first = this.log.firstSequence;
    if (this.log.removeBelow(sequence) > 0) this.#noteRemoval(first, this.log.firstSequence - 1);
  }

  /** Has what was removed until now written down as removed once that is durable. */
  confirmRemovals(): void {
    const removals = this.#removing;
    this.#removing = [];
    this.#store.afterCommit((error) => {
      if (error !== null) return;
      for (const range of removals) {
        this.#history.record({ type: "removed", stream: this.log.name, ...range });
      }
    });
  }

  #noteRemoval(firstSequence: number, lastSequence: number): void {
    const range = { firstSequence, lastSequence };
    this.#history.record({ type: "removing", stream: this.log.name, ...range });
    this.#removing.push(range);
  }

  #ackCommitted(): void {
    const { committedSequence, name } = this.log;
    let acked = 0;
    for (const { messageId, sequence } of this.#waiting) {
      if (sequence > committedSequence) break;
      this.#history.record({ type: "acked", stream: name, messageId, sequence });
      acked++;
    }
    this.#waiting.splice(0, acked);
  }
}
