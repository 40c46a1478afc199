import { type Clock, type DiskFile, Histogram, type Timer } from "@oxbow/base";

/** When an acknowledged change is on disk; each weaker mode is named for what it loses. */
export type SyncPolicy =
  /** Before it is acknowledged. Loses nothing. */
  | { readonly mode: "always" }
  /** At most `intervalMs` later. A crash of the machine, not of the process, loses up to that much. */
  | { readonly mode: "interval"; readonly intervalMs: number }
  /** When the operating system gets to it. A crash of the machine loses what it had not written. */
  | { readonly mode: "never" };

/** The journal that is made durable. */
export interface SyncedJournal {
  /** The file that commits go to. */
  readonly file: DiskFile | undefined;
  /** Whether nothing is to be done for it any more: it has failed, or is closed. */
  readonly isEnded: boolean;
  readonly failure: Error | undefined;
  fail(error: Error): void;
}

/** Knows how far a journal is written and how far it is durable, and makes it durable as its policy says. */
export class JournalSync {
  readonly mode: SyncPolicy["mode"];
  /** How long it took each time until something was durable. */
  readonly times: Histogram = new Histogram();
  /** Times that {@link sync} was called. */
  count = 0;
  readonly #journal: SyncedJournal;
  readonly #clock: Clock;
  readonly #intervalMs: number;
  #written: number;
  #synced: number;
  #timer: Timer | undefined;

  /** @param lastCommit - Number of the newest commit there is; it is durable. */
  constructor(journal: SyncedJournal, clock: Clock, policy: SyncPolicy, lastCommit: number) {
    this.mode = policy.mode;
    this.#journal = journal;
    this.#clock = clock;
    this.#intervalMs = policy.mode === "interval" ? policy.intervalMs : 0;
    this.#written = lastCommit;
    this.#synced = lastCommit;
  }

  /** The last commit that is known to be durable. */
  get synced(): number {
    return this.#synced;
  }

  /** Whether something was written that may not be durable. */
  get isBehind(): boolean {
    return this.#synced < this.#written;
  }

  /** `commit` became durable as it was written. */
  onDurable(commit: number): void {
    this.#synced = commit;
  }

  /** The write of `commit` has ended. */
  onWritten(commit: number): void {
    this.#written = commit;
    if (this.isBehind) this.#startTimer();
  }

  /** Makes durable what has been written until now. A failure is the journal's. */
  sync(site: string, done: (error: Error | null) => void): void {
    const covered = this.#written;
    this.count++;
    const startedMs = this.#clock.monotonicMs();
    (this.#journal.file as DiskFile).sync(site, (error) => {
      this.times.observe(this.#clock.monotonicMs() - startedMs);
      if (error === null) this.#synced = Math.max(this.#synced, covered);
      else this.#journal.fail(error);
      done(this.#journal.failure ?? null);
    });
  }

  /** Syncs no more by itself. */
  stop(): void {
    this.#timer?.cancel();
  }

  #startTimer(): void {
    if (this.mode !== "interval" || this.#timer !== undefined) return;
    this.#timer = this.#clock.setTimer(this.#intervalMs, () => {
      this.#timer = undefined;
      if (this.#journal.isEnded) return;
      this.sync("JOURNAL:INTERVAL", () => {
        if (this.isBehind) this.#startTimer();
      });
    });
  }
}
