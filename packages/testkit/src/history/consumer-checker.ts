import type { Report } from "./stream-checker.ts";

/** Follows one durable consumer through a history: rule I8. */
export class ConsumerChecker {
  readonly #name: string;
  readonly #delivered = new Set<number>();
  readonly #confirmed = new Set<number>();

  constructor(name: string) {
    this.#name = name;
  }

  delivered(sequence: number, report: Report): void {
    this.#delivered.add(sequence);
    if (this.#confirmed.has(sequence)) {
      report("I8", `${this.#name} is given ${sequence} again after its ack was confirmed`);
    }
  }

  acking(sequence: number, report: Report): void {
    if (!this.#delivered.has(sequence)) {
      report("history", `${this.#name} acks ${sequence}, which it was not given`);
    }
  }

  confirmed(sequence: number): void {
    this.#confirmed.add(sequence);
  }

  /** The consumer has been given everything: compares with what is stored. */
  drained(storedSequences: Iterable<number>, report: Report): void {
    for (const sequence of storedSequences) {
      if (this.#delivered.has(sequence)) continue;
      report("I8", `${this.#name} was never given ${sequence}`);
    }
  }
}
