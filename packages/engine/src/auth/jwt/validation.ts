/** One thing that is wrong with a JWT. */
export interface Issue {
  readonly text: string;
  /** `time`: expired, or not valid yet. `warning`: allowed all the same. */
  readonly severity: "error" | "time" | "warning";
}

/** Issues that are kept; nobody reads more, and there can be millions. */
const issuesMax = 1_000;

/** Collects what is wrong with a JWT. */
export class Validation {
  readonly #issues: Issue[] = [];

  get issues(): readonly Issue[] {
    return this.#issues;
  }

  /** Whether nothing more is kept. */
  get isFull(): boolean {
    return this.#issues.length === issuesMax;
  }

  error(text: string): void {
    this.#add({ text, severity: "error" });
  }

  time(text: string): void {
    this.#add({ text, severity: "time" });
  }

  warn(text: string): void {
    this.#add({ text, severity: "warning" });
  }

  /** The texts of what makes it invalid whatever the time. */
  get errors(): readonly string[] {
    return this.#issues.filter(({ severity }) => severity === "error").map(({ text }) => text);
  }

  /** The first reason not to take it now, `undefined` if it is good. */
  get blocking(): string | undefined {
    return this.#issues.find(({ severity }) => severity !== "warning")?.text;
  }

  #add(issue: Issue): void {
    if (!this.isFull) this.#issues.push(issue);
  }
}
