import { gateError } from "../errors.ts";

/** Why messages of one version of a schema can't be read with another. */
export interface Incompatibility {
  /**
   * Where in the schema: a JSON pointer into the message it describes, with `*` for items and values of maps; for GraphQL
   * empty.
   */
  readonly path: string;
  /** Which rule: `type`, `required`, `removed`, … */
  readonly rule: string;
  /** What breaks, in words that name both sides. */
  readonly message: string;
}

/** How many pairs of parts are compared at most. */
const comparisonsMax = 200_000;

/**
 * Collects what is found while two schemas are compared. Parts can be part of themselves and can be reached in many ways,
 * so each pair is compared once.
 */
export class Findings {
  readonly found: Incompatibility[] = [];
  readonly #begun = new PairMap<true>();
  readonly #trials: Trials;

  constructor(trials: Trials = new Trials()) {
    this.#trials = trials;
  }

  add(path: string, rule: string, message: string): void {
    this.found.push({ path, rule, message });
  }

  /**
   * Whether the two were not compared before.
   *
   * @throws OxbowError `SCHEMA_TOO_LARGE` when too much was compared.
   */
  begins(reader: object, writer: object): boolean {
    this.#trials.count();
    if (this.#begun.get(reader, writer) !== undefined) return false;
    this.#begun.set(reader, writer, true);
    return true;
  }

  /** Whether `compare` finds nothing, without keeping what it finds. While a pair is tried, it counts as one that fits. */
  isClean(reader: object, writer: object, compare: (findings: Findings) => void): boolean {
    const { outcomes } = this.#trials;
    const before = outcomes.get(reader, writer);
    if (before !== undefined) return before;
    outcomes.set(reader, writer, true);
    const trial = new Findings(this.#trials);
    compare(trial);
    const outcome = trial.found.length === 0;
    outcomes.set(reader, writer, outcome);
    return outcome;
  }
}

/** What all the parts of one comparison share. */
class Trials {
  readonly outcomes: PairMap<boolean> = new PairMap();
  #left = comparisonsMax;

  count(): void {
    this.#left -= 1;
    if (this.#left < 0) throw gateError("SCHEMA_TOO_LARGE", "two schemas take too long to compare");
  }
}

class PairMap<Value> {
  readonly #values = new Map<object, Map<object, Value>>();

  get(one: object, other: object): Value | undefined {
    return this.#values.get(one)?.get(other);
  }

  set(one: object, other: object, value: Value): void {
    const row = this.#values.get(one) ?? new Map<object, Value>();
    this.#values.set(one, row.set(other, value));
  }
}
