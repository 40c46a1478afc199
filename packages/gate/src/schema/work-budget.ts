import { schemaLimits } from "./limits.ts";

/** A message would take more work to check than it may. */
export class OverBudget extends Error {
  override readonly name = "OverBudget";
}

/**
 * Counts the work of one check, so that no schema and no message, however they are made for it, keep a check busy. It is
 * started for each message and asked by everything whose work can be multiplied.
 */
export class WorkBudget {
  #left = 0;

  /** Begins a check of a message of `bytes`. */
  start(bytes: number): void {
    this.#left = schemaLimits.workBase + schemaLimits.workPerByte * bytes;
  }

  /** @throws {@link OverBudget} when the check has done what it may. */
  spend(units: number): void {
    this.#left -= units;
    if (this.#left < 0) throw new OverBudget();
  }
}
