import { GrowingBytes } from "./growing-bytes.ts";
import type { SimRandom } from "./sim-random.ts";

/** Bytes that a disk writes as one; a write can be torn between two of them. */
export const SECTOR_SIZE = 512;

/**
 * A change of a file's content. `durable` survives every crash. `pending` may survive, and becomes durable with the next
 * sync. `lost` may survive too, but no later sync makes it durable: its sync failed, and the kernel has since forgotten
 * that it is dirty.
 */
export type ContentChange = {
  state: "pending" | "durable" | "lost";
} & (
  | { readonly kind: "write"; readonly position: number; readonly bytes: Uint8Array }
  | { readonly kind: "truncate"; readonly size: number }
);

/**
 * The content of a file: what the process reads, and what a crash would leave of it.
 *
 * Invariant: `#base` plus all of `#changes`, in order, is `#current`; the first of `#changes` is not durable.
 */
export class SimFileContent {
  readonly #current: GrowingBytes;
  readonly #base: GrowingBytes;
  #changes: ContentChange[] = [];

  /** A file whose content is durable. */
  constructor(durable: Uint8Array = new Uint8Array(0)) {
    this.#current = new GrowingBytes(durable);
    this.#base = new GrowingBytes(durable);
  }

  get size(): number {
    return this.#current.size;
  }

  /** The content as a process sees it. */
  bytes(): Uint8Array {
    return this.#current.copy();
  }

  read(target: Uint8Array, position: number): number {
    return this.#current.read(target, position);
  }

  /** Makes a change visible; `bytes` of a write are kept. */
  apply(change: ContentChange): void {
    applyTo(this.#current, change);
    this.#changes.push(change);
    this.#fold();
  }

  /** What a sync that starts now covers. */
  pendingChanges(): readonly ContentChange[] {
    return this.#changes.filter((change) => change.state === "pending");
  }

  /** Ends the sync of `changes`: they are durable, or, if it failed, lost. */
  settle(changes: readonly ContentChange[], state: "durable" | "lost"): void {
    for (const change of changes) if (change.state === "pending") change.state = state;
    this.#fold();
  }

  /** Turns one bit, in the process's eyes and on the disk: rot, not a crash. */
  flipBit(byte: number, bit: number): void {
    this.#current.flipBit(byte, bit);
    this.#base.flipBit(byte, bit);
    for (const change of this.#changes) {
      if (change.kind !== "write") continue;
      const index = byte - change.position;
      if (index >= 0 && index < change.bytes.length) {
        change.bytes[index] = (change.bytes[index] as number) ^ (1 << bit);
      }
    }
  }

  /** The file as a power loss leaves it; `inFlight` are writes that had not ended. */
  crashed(random: SimRandom, inFlight: readonly ContentChange[]): SimFileContent {
    const image = new GrowingBytes(this.#base.copy());
    for (const change of [...this.#changes, ...random.shuffled(inFlight)]) {
      if (change.state === "durable") applyTo(image, change);
      else applyPart(image, change, random);
    }
    return new SimFileContent(image.copy());
  }

  /** Takes durable changes into the base, as far as nothing before them may still be lost. */
  #fold(): void {
    let count = 0;
    while (this.#changes[count]?.state === "durable") {
      applyTo(this.#base, this.#changes[count] as ContentChange);
      count += 1;
    }
    if (count > 0) this.#changes = this.#changes.slice(count);
  }
}

function applyTo(image: GrowingBytes, change: ContentChange): void {
  if (change.kind === "write") image.write(change.bytes, change.position);
  else image.resize(change.size);
}

/** Applies what a crash happens to leave of a change: all, nothing, or some of its sectors. */
function applyPart(image: GrowingBytes, change: ContentChange, random: SimRandom): void {
  const fate = random.pick(["kept", "dropped", "torn"] as const);
  if (fate === "kept") {
    applyTo(image, change);
  } else if (fate === "torn" && change.kind === "write") {
    applySectors(image, change.position, change.bytes, random);
  } else if (change.kind === "write" && random.chance(0.25)) {
    // The size reached the disk and the data did not: the new part of the file reads as zeros.
    image.resize(Math.max(image.size, change.position + change.bytes.length));
  }
}

/** Half of the torn writes stop somewhere, the other half miss sectors anywhere. */
function applySectors(
  image: GrowingBytes,
  position: number,
  bytes: Uint8Array,
  random: SimRandom,
): void {
  const end = position + bytes.length;
  const firstSector = Math.floor(position / SECTOR_SIZE);
  const sectorEnd = Math.ceil(end / SECTOR_SIZE);
  const cut = random.chance(0.5) ? firstSector + random.below(sectorEnd - firstSector + 1) : -1;
  for (let sector = firstSector; sector < sectorEnd; sector += 1) {
    if (cut >= 0 ? sector >= cut : random.chance(0.5)) continue;
    const from = Math.max(position, sector * SECTOR_SIZE);
    const to = Math.min(end, (sector + 1) * SECTOR_SIZE);
    image.write(bytes.subarray(from - position, to - position), from);
  }
}
