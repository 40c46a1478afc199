import { ByteWriter } from "./byte-writer.ts";
import { type DurableState, encodeStateDelta, encodeStateSnapshot } from "./durable-state.ts";
import type { Journal } from "./journal/journal.ts";
import type { Log } from "./log.ts";
import {
  KIND_LOG,
  KIND_REMOVED,
  KIND_STATE,
  KIND_STATE_DELTA,
  KIND_STORE,
  KIND_TRIMMED,
} from "./record.ts";
import { encodeSequences } from "./segment/tombstones.ts";

/** Remembers which logs and states have changed, and stages the records that say so. */
export class StoreStaging {
  readonly #journal: Journal;
  readonly #writer = new ByteWriter();
  #dirtyLogs: Log[] = [];
  #dirtyStates: DurableState[] = [];

  constructor(journal: Journal) {
    this.#journal = journal;
  }

  /** The log has changes beside its appends. */
  logTouched(log: Log): void {
    this.#dirtyLogs.push(log);
    this.#journal.schedule();
  }

  stateTouched(state: DurableState): void {
    this.#dirtyStates.push(state);
    this.#journal.schedule();
  }

  /** Stages the record of a log that there is now. */
  stageLog(log: Log): void {
    const writer = this.#writer;
    writer.clear();
    writer.text(log.name);
    this.#writeBounds(log);
    this.#journal.stageRecord(KIND_LOG, log.id, writer.bytes);
  }

  /** Stages what has changed since the last call. */
  stageChanges(): void {
    const logs = this.#dirtyLogs;
    this.#dirtyLogs = [];
    for (const log of logs) this.#stageLogChanges(log);
    const states = this.#dirtyStates;
    this.#dirtyStates = [];
    for (const state of states) {
      if (!state.isDirty || state.isDeleted) continue;
      state.isDirty = false;
      if (state.isWhole) {
        state.isWhole = false;
        this.#journal.stageRecord(KIND_STATE, state.id, encodeStateSnapshot(state));
      } else {
        const delta = encodeStateDelta(state);
        if (delta.length > 0) this.#journal.stageRecord(KIND_STATE_DELTA, state.id, delta);
      }
    }
  }

  /** Stages everything there is but for messages. */
  stageSnapshot(
    nextLogId: number,
    nextStateId: number,
    logs: Iterable<Log>,
    states: Iterable<DurableState>,
  ): void {
    this.#writer.clear();
    this.#writer.integer(nextLogId);
    this.#writer.integer(nextStateId);
    this.#journal.stageRecord(KIND_STORE, 0, this.#writer.bytes);
    for (const log of logs) this.stageLog(log);
    for (const state of states) {
      state.isDirty = false;
      state.isWhole = false;
      this.#journal.stageRecord(KIND_STATE, state.id, encodeStateSnapshot(state));
    }
  }

  #stageLogChanges(log: Log): void {
    const { removals, isTrimmed } = log.takeChanges();
    if (log.isDeleted) return;
    const journal = this.#journal;
    if (removals.length > 0) journal.stageRecord(KIND_REMOVED, log.id, encodeSequences(removals));
    if (!isTrimmed) return;
    this.#writer.clear();
    this.#writeBounds(log);
    journal.stageRecord(KIND_TRIMMED, log.id, this.#writer.bytes);
  }

  #writeBounds(log: Log): void {
    this.#writer.integer(log.firstSequence);
    this.#writer.integer(log.lastSequence);
    this.#writer.integer(Math.max(0, Math.floor(log.lastTimestampMs)));
  }
}
