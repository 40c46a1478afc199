/** One line of the log, as it is read later. */
export interface TailLine {
  /** Counts up from 1. */
  readonly number: number;
  readonly time: string;
  readonly level: "trace" | "debug" | "info" | "warn" | "error" | "fatal";
  readonly text: string;
}

/** Lines that are kept, and characters of each. */
const linesMax = 1_000;
const lineCharsMax = 4_096;
/** Those who follow it at a time. */
const followersMax = 32;

/** The end of the log, for those who look at it from elsewhere. In memory, and bounded. */
export class LogTail {
  readonly #lines: TailLine[] = [];
  readonly #followers: Set<(line: TailLine) => void> = new Set();
  #count = 0;

  /** Oldest first. */
  get lines(): readonly TailLine[] {
    return this.#lines;
  }

  add(level: TailLine["level"], time: string, text: string): void {
    this.#count += 1;
    const line = { number: this.#count, time, level, text: text.slice(0, lineCharsMax) };
    this.#lines.push(line);
    if (this.#lines.length > linesMax) this.#lines.shift();
    for (const tell of this.#followers) tell(line);
  }

  /** Has each line told that is added from now on, until that is called which it returns. */
  follow(tell: (line: TailLine) => void): () => void {
    if (this.#followers.size >= followersMax) return () => undefined;
    this.#followers.add(tell);
    return () => void this.#followers.delete(tell);
  }
}
