import type { Disk, DiskFile, DiskLock } from "@oxbow/base";
import { ANY_SITE, DiskFaults } from "./disk-faults.ts";
import { errnoError } from "./errno.ts";
import { Life } from "./life.ts";
import { SimDiskFile } from "./sim-disk-file.ts";
import type { ContentChange, SimFileContent } from "./sim-file-content.ts";
import type { SimLoop } from "./sim-loop.ts";
import { SimRandom } from "./sim-random.ts";
import { SimVolume } from "./sim-volume.ts";

/** How a simulated disk behaves. */
export interface SimDiskOptions {
  /** Bounds of how long an operation takes, in virtual milliseconds. Default 0.02 to 0.3. */
  readonly latencyMs?: readonly [min: number, max: number];
  /** Share of operations that take up to 20 ms longer, from 0 to 1. Default 0.01. */
  readonly stallChance?: number;
  /** Keep a line per operation in {@link SimDisk.trace}. Default false. */
  readonly trace?: boolean;
}

const STALL_MS_MAX = 20;

/** What every part of a simulated disk shares. */
export interface SimDiskOperation {
  readonly site: string;
  /** Verb and arguments as they stand in the trace. */
  readonly verb: string;
  readonly path: string;
  readonly detail?: string;
}

/**
 * A disk in memory that fails in the ways disks do. All faults it injects:
 *
 * - **Time and order**: each operation ends at a seeded virtual time of its own, so that overlapping ones end in any
 *   order; some stall; {@link slow} delays those of a site.
 * - **Power loss** ({@link crash}): every write that was not synced is kept, dropped, or torn between 512-byte
 *   sectors, independently of the others, so a later one may survive an earlier; the size may survive without the data. A
 *   truncate that was not synced may be undone. Created, renamed and removed names that were not synced may be
 *   undone; a rename never half. What was under way counts as not synced, a commit included.
 * - **Death of the process** ({@link kill}): nothing is lost but a random rest of what was under way.
 * - **Errors** ({@link failAt}): the n-th call of a site fails with any code; a failed write has written a random
 *   part, and what a failed sync or commit covered never becomes durable by a later sync.
 * - **Full disk** ({@link limitSpace}): a write beyond the limit writes what fits and fails with `ENOSPC`.
 * - **Rot** ({@link flipBit}): one bit turns.
 *
 * Beyond that it watches its caller: a buffer that changes between `write` and `done` is an error of the run.
 */
export class SimDisk implements Disk {
  readonly life: Life;
  readonly #loop: SimLoop;
  readonly #random: SimRandom;
  readonly #options: SimDiskOptions;
  readonly #volume: SimVolume;
  readonly #faults = new DiskFaults();
  readonly #locked = new Set<string>();
  readonly #inFlight = new Map<SimFileContent, Set<ContentChange>>();
  readonly #trace: { readonly path: string; readonly line: string }[] = [];
  #spaceBytes = Infinity;

  /** An empty disk, or one with what is on `volume`. */
  constructor(
    loop: SimLoop,
    life: Life,
    random: SimRandom,
    options: SimDiskOptions = {},
    volume: SimVolume = new SimVolume(),
  ) {
    this.#loop = loop;
    this.life = life;
    this.#random = random;
    this.#options = options;
    this.#volume = volume;
  }

  open(site: string, path: string, mode: "create" | "write" | "read"): Promise<DiskFile> {
    return this.#perform({ site, verb: `open-${mode}`, path }, () => {
      const content = mode === "create" ? this.#volume.createFile(path) : this.#volume.file(path);
      return new SimDiskFile(this, content, path, mode !== "read");
    });
  }

  makeDirectory(site: string, path: string): Promise<void> {
    return this.#perform({ site, verb: "make-directory", path }, () =>
      this.#volume.makeDirectory(path),
    );
  }

  list(site: string, path: string): Promise<string[]> {
    return this.#perform({ site, verb: "list", path }, () => this.#volume.list(path));
  }

  rename(site: string, from: string, to: string): Promise<void> {
    return this.#perform({ site, verb: "rename", path: from, detail: `to ${to}` }, () =>
      this.#volume.rename(from, to),
    );
  }

  remove(site: string, path: string): Promise<void> {
    return this.#perform({ site, verb: "remove", path }, () => this.#volume.remove(path));
  }

  removeDirectory(site: string, path: string): Promise<void> {
    return this.#perform({ site, verb: "remove-directory", path }, () =>
      this.#volume.removeDirectory(path),
    );
  }

  /** Covers the names that had changed when it was called. */
  syncDirectory(site: string, path: string): Promise<void> {
    const covered = this.#isDirectory(path) ? this.#volume.pendingNames(path) : [];
    return this.#perform({ site, verb: "sync-directory", path }, () => {
      // For the error of a directory that is not there.
      this.#volume.list(path);
      this.#volume.settleNames(covered);
    });
  }

  lock(site: string, path: string): Promise<DiskLock> {
    return this.#perform({ site, verb: "lock", path }, () => {
      if (this.#locked.has(path)) {
        throw errnoError("ELOCKED", `${path} is locked by process ${this.life.name}`, { path });
      }
      if (!this.#volume.paths().includes(path)) this.#volume.createFile(path);
      this.#locked.add(path);
      return { release: async () => void this.#locked.delete(path) };
    });
  }

  /**
   * A disk as this one would be found after a power loss now; `seed` decides what was lost. This one is left as it
   * is, so that many outcomes of one moment can be tried; {@link SimHost.crash} also ends the process.
   */
  crash(seed: number | string): SimDisk {
    const random = new SimRandom(seed);
    const inFlight = new Map([...this.#inFlight].map(([file, set]) => [file, [...set]]));
    return this.#successor(random, this.#volume.crashed(random, inFlight));
  }

  /**
   * The same disk for the next process, after this one was killed: what it had written is there, and as volatile as
   * before; of each write under way a random part, from the start on, has been done. Ends this disk's life.
   */
  kill(): SimDisk {
    this.life.end();
    for (const [file, changes] of this.#inFlight) {
      for (const change of changes) this.applyPart(file, change, "pending");
    }
    return this.#successor(this.#random.fork("next"), this.#volume);
  }

  /**
   * Makes the `callNumber`-th call at `site` from the disk's start on fail with `code`; where `isSticky`, all after it
   * too. The site `"*"` counts the calls of all sites: failing the 1st, the 2nd … until a run ends without a fault
   * visits every place an error can come from.
   */
  failAt(site: string, callNumber: number, code: string, isSticky = false): void {
    this.#faults.failAt(site, callNumber, code, isSticky);
  }

  /** Calls made at `site` so far, or at all for `"*"`. */
  callCount(site: string = ANY_SITE): number {
    return this.#faults.callCount(site);
  }

  /** Makes every operation at `site`, or at all for `"*"`, take `extraMs` longer; 0 ends it. */
  slow(site: string, extraMs: number): void {
    this.#faults.slow(site, extraMs);
  }

  /** Lets all files together hold at most `bytes`; `Infinity` ends it. */
  limitSpace(bytes: number): void {
    this.#spaceBytes = bytes;
  }

  /** Bytes of all files together. */
  get usedBytes(): number {
    return this.#volume.usedBytes();
  }

  /** Turns bit `bit` (0 to 7) of a byte of a file. @throws `ENOENT` */
  flipBit(path: string, byte: number, bit: number): void {
    this.#volume.file(path).flipBit(byte, bit);
  }

  /** What a process would read from a file. @throws `ENOENT` */
  contents(path: string): Uint8Array {
    return this.#volume.file(path).bytes();
  }

  /** Puts a durable file there at once, with its directories, replacing what is there. */
  plant(path: string, content: Uint8Array): void {
    this.#volume.plant(path, content);
  }

  /** All files there are, sorted. */
  paths(): string[] {
    return this.#volume.paths();
  }

  /** A line per operation, in the order they were started, and one per failure, if asked for in the options. */
  get trace(): readonly string[] {
    return this.#trace.map((entry) => entry.line);
  }

  /** The lines of {@link trace} about one path. */
  traceOf(path: string): readonly string[] {
    return this.#trace.filter((entry) => entry.path === path).map((entry) => entry.line);
  }

  /** @internal Starts an operation; `end` gets the code to fail with, if it is to fail. */
  start(operation: SimDiskOperation, end: (code: string | undefined) => void): void {
    const { site, verb, path, detail } = operation;
    const line = `${site} ${verb} ${path}${detail === undefined ? "" : ` ${detail}`}`;
    const code = this.#faults.next(site);
    this.#record(path, line);
    this.#loop.schedule(this.life, this.#latencyMs(site), `disk ${line}`, () => {
      if (code !== undefined) this.#record(path, `${site} ${verb} ${path} failed: ${code}`);
      end(code);
    });
  }

  /** @internal Notes a write that a crash from now on would find under way; call the result when it has ended. */
  beginWrite(file: SimFileContent, change: ContentChange): () => void {
    const changes = this.#inFlight.get(file) ?? new Set();
    this.#inFlight.set(file, changes.add(change));
    return () => {
      changes.delete(change);
      if (changes.size === 0) this.#inFlight.delete(file);
    };
  }

  /** @internal How many more bytes files may take. */
  freeBytes(): number {
    return this.#spaceBytes === Infinity ? Infinity : this.#spaceBytes - this.usedBytes;
  }

  /** @internal Applies a random part of a write, from its start on, as what a failure left of it. */
  applyPart(file: SimFileContent, change: ContentChange, state: "pending" | "lost"): void {
    if (change.kind !== "write") return;
    const bytes = change.bytes.subarray(0, this.#random.below(change.bytes.length + 1));
    file.apply({ kind: "write", position: change.position, bytes, state });
  }

  #perform<T>(operation: SimDiskOperation, effect: () => T): Promise<T> {
    return new Promise((resolve, reject) => {
      this.start(operation, (code) => {
        try {
          if (code !== undefined) throw errnoError(code, `${operation.verb} failed`);
          resolve(effect());
        } catch (error) {
          reject(Object.assign(error as Error, { site: operation.site, path: operation.path }));
        }
      });
    });
  }

  #isDirectory(path: string): boolean {
    try {
      this.#volume.list(path);
      return true;
    } catch {
      // The operation itself reports it, when it ends.
      return false;
    }
  }

  #latencyMs(site: string): number {
    const [min, max] = this.#options.latencyMs ?? [0.02, 0.3];
    const isStalled = this.#random.chance(this.#options.stallChance ?? 0.01);
    const stallMs = isStalled ? this.#random.between(0, STALL_MS_MAX) : 0;
    return this.#random.between(min, max) + stallMs + this.#faults.extraMs(site);
  }

  #record(path: string, line: string): void {
    if (this.#options.trace) this.#trace.push({ path, line });
  }

  #successor(random: SimRandom, volume: SimVolume): SimDisk {
    const life = new Life(nextName(this.life.name));
    return new SimDisk(this.#loop, life, random.fork("disk"), this.#options, volume);
  }
}

/** `broker` is followed by `broker'2`, that by `broker'3`. */
function nextName(name: string): string {
  const [base, count] = name.split("'") as [string, string?];
  return `${base}'${Number(count ?? 1) + 1}`;
}
