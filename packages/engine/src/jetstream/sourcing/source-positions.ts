import type { ByteReader, ByteWriter, DurableState } from "@oxbow/log";
import { ByteReader as Reader } from "@oxbow/log";

const FORMAT = 1;
/** Sources that are remembered, those that are configured no more included. */
const KNOWN_MAX = 1_024;

/**
 * How far a stream has come in each of its sources: the sequence there of the last message that it has dealt with. It is
 * committed with that message, so that after a crash each is there once. A source that is taken out and put in again goes
 * on where it was.
 */
export class SourcePositions {
  readonly #state: DurableState | undefined;
  /** In the order in which they became known; deltas name them by their place in it. */
  #known: { readonly id: string; sequence: number }[] = [];
  #places: Map<string, number> = new Map();
  #changed: Set<number> = new Set();

  /** @param state - Where it is kept; `undefined` for a stream that does not survive the process. */
  constructor(state: DurableState | undefined) {
    this.#state = state;
    const recovered = state?.recovered;
    if (recovered !== undefined) {
      this.#restoreWhole(new Reader(recovered.snapshot));
      for (const delta of recovered.deltas) this.#restoreChanges(new Reader(delta));
    }
    state?.adopt({
      encodeSnapshot: (writer) => this.#encodeWhole(writer),
      encodeDelta: (writer) => this.#encodeChanges(writer),
    });
  }

  /** 0 if nothing was taken from that source yet. */
  get(id: string): number {
    const place = this.#places.get(id);
    return place === undefined ? 0 : (this.#known[place]?.sequence ?? 0);
  }

  set(id: string, sequence: number): void {
    const place = this.#places.get(id);
    const entry = place === undefined ? undefined : this.#known[place];
    if (place === undefined || entry === undefined) {
      this.#places.set(id, this.#known.length);
      this.#known.push({ id, sequence });
      this.#state?.markReplaced();
      return;
    }
    entry.sequence = sequence;
    this.#changed.add(place);
    this.#state?.markDirty();
  }

  /** Forgets sources that are not among `used`, the oldest first, if too many are known. */
  prune(used: ReadonlySet<string>): void {
    let excess = this.#known.length - Math.max(KNOWN_MAX, used.size);
    if (excess <= 0) return;
    this.#known = this.#known.filter(({ id }) => used.has(id) || excess-- <= 0);
    this.#index();
    this.#state?.markReplaced();
  }

  delete(): void {
    this.#state?.delete();
  }

  #index(): void {
    this.#places = new Map(this.#known.map(({ id }, place) => [id, place]));
    this.#changed = new Set();
  }

  #encodeWhole(writer: ByteWriter): void {
    writer.integer(FORMAT);
    for (const { id, sequence } of this.#known) {
      writer.text(id);
      writer.integer(sequence);
    }
    this.#changed = new Set();
  }

  #encodeChanges(writer: ByteWriter): void {
    for (const place of this.#changed) {
      writer.integer(place);
      writer.integer(this.#known[place]?.sequence ?? 0);
    }
    this.#changed.clear();
  }

  #restoreWhole(reader: ByteReader): void {
    if (reader.integer() !== FORMAT) return;
    while (!reader.done && !reader.failed) {
      const id = reader.text();
      const sequence = reader.integer();
      if (!reader.failed) this.#known.push({ id, sequence });
    }
    this.#index();
  }

  #restoreChanges(reader: ByteReader): void {
    while (!reader.done && !reader.failed) {
      const entry = this.#known[reader.integer()];
      const sequence = reader.integer();
      if (entry !== undefined && !reader.failed) entry.sequence = sequence;
    }
  }
}
