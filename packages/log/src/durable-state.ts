import { ByteWriter } from "./byte-writer.ts";

/** Who owns the meaning of a durable state: a stream's configuration, a consumer's progress. */
export interface StateSource {
  /** Writes all of it. Changes that {@link encodeDelta} has not yet written are then included and forgotten. */
  encodeSnapshot(writer: ByteWriter): void;
  /** Writes what changed since the last call of either; writing nothing is allowed. */
  encodeDelta(writer: ByteWriter): void;
}

/** What was recovered of a state: its last snapshot and the deltas after it, in order. */
export interface RecoveredState {
  readonly snapshot: Buffer;
  readonly deltas: readonly Buffer[];
}

/** Whom a state tells that it has something to commit. */
export interface StateRegistry {
  /** The state is dirty; false if nothing is ever written, so that it need not be told again. */
  stateTouched(state: DurableState): void;
  stateDeleted(state: DurableState): void;
}

/**
 * A small piece of state that is committed with the messages: whole when it is created and when a journal file begins,
 * as deltas in between. The first commit after a change writes it; `LogStore.afterCommit` tells when that is durable.
 */
export class DurableState {
  readonly id: number;
  /** Unique among the store's states. */
  readonly key: string;
  source: StateSource | undefined;
  /** What recovery found, until a source adopts it. */
  recovered: RecoveredState | undefined;
  isDirty = false;
  /** Whether the next commit writes a snapshot: it is new, or was replaced as a whole. */
  isWhole: boolean;
  isDeleted = false;
  readonly #registry: StateRegistry;

  constructor(id: number, key: string, registry: StateRegistry, recovered?: RecoveredState) {
    this.id = id;
    this.key = key;
    this.#registry = registry;
    this.recovered = recovered;
    this.isWhole = recovered === undefined;
  }

  /** Gives the state its owner, who has read what was {@link recovered}. */
  adopt(source: StateSource): void {
    this.source = source;
    this.recovered = undefined;
  }

  /**
   * Takes the state from its owner, who goes: what it is now is as if recovered, until somebody adopts it again. What the
   * owner has not committed yet goes into the next commit.
   */
  release(): void {
    if (this.source === undefined) return;
    const writer = new ByteWriter();
    this.source.encodeSnapshot(writer);
    this.recovered = { snapshot: Buffer.from(writer.bytes), deltas: [] };
    this.source = undefined;
    if (this.isDirty) this.isWhole = true;
  }

  /** Has the next commit write what changed. Cheap to call again. */
  markDirty(): void {
    if (this.isDirty || this.isDeleted) return;
    this.isDirty = true;
    this.#registry.stateTouched(this);
  }

  /** Has the next commit write the whole state. */
  markReplaced(): void {
    this.isWhole = true;
    this.markDirty();
  }

  /** Ends the state. */
  delete(): void {
    if (this.isDeleted) return;
    this.isDeleted = true;
    this.#registry.stateDeleted(this);
  }
}

const scratch = new ByteWriter(4096);

/** The body of a record that holds a whole state; valid until the next call. */
export function encodeStateSnapshot(state: DurableState): Buffer {
  scratch.clear();
  scratch.text(state.key);
  const body = new ByteWriter();
  if (state.source !== undefined) {
    state.source.encodeSnapshot(body);
    scratch.blob(body.bytes);
    scratch.integer(0);
  } else {
    const { snapshot, deltas } = state.recovered as RecoveredState;
    scratch.blob(snapshot);
    scratch.integer(deltas.length);
    for (const delta of deltas) scratch.blob(delta);
  }
  return scratch.bytes;
}

/** The body of a record that holds what changed in a state; valid until the next call. */
export function encodeStateDelta(state: DurableState): Buffer {
  scratch.clear();
  state.source?.encodeDelta(scratch);
  return scratch.bytes;
}
