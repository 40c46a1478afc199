import type { Readable } from "node:stream";

/** Lines and characters that are kept. */
const linesMax = 20_000;
const textLengthMax = 64 * 1024;

/** What a process writes to stderr, line by line. */
export class ServerOutput {
  readonly #lines: string[] = [];
  readonly #waiting = new Set<() => void>();
  #text = "";
  #unfinished = "";
  #hasEnded = false;

  constructor(stream: Readable) {
    stream.setEncoding("utf8");
    stream.on("data", (chunk: string) => this.#take(chunk));
    stream.on("close", () => {
      this.#hasEnded = true;
      this.#wake();
    });
  }

  /** Everything, or the end of it if it is long. */
  get text(): string {
    return this.#text;
  }

  /** Finished lines so far. */
  get lines(): readonly string[] {
    return this.#lines;
  }

  /** The first line, from the one with index `from` on, that `pattern` matches; rejects when there can be none. */
  async line(pattern: RegExp, from = 0): Promise<string> {
    for (let index = from; ; index++) {
      while (index >= this.#lines.length) {
        if (this.#hasEnded) throw new Error(`no line matches ${pattern}:\n${this.#text}`);
        await new Promise<void>((resolve) => this.#waiting.add(resolve));
      }
      const line = this.#lines[index] ?? "";
      if (pattern.test(line)) return line;
    }
  }

  #take(chunk: string): void {
    this.#text = (this.#text + chunk).slice(-textLengthMax);
    const lines = (this.#unfinished + chunk).split("\n");
    this.#unfinished = lines.pop() ?? "";
    if (this.#lines.length + lines.length <= linesMax) this.#lines.push(...lines);
    this.#wake();
  }

  #wake(): void {
    for (const resolve of this.#waiting) resolve();
    this.#waiting.clear();
  }
}
