import type { Block, Columns, Numbers } from "./block.ts";

/** A span of time in steps, in milliseconds since 1970: `fromMs` belongs to it, `toMs` does not. */
export interface Steps {
  readonly fromMs: number;
  readonly toMs: number;
  readonly stepMs: number;
}

/** What was counted and how it was in one step, by name. */
export interface Step {
  readonly atMs: number;
  /** Each second, on average, and at most between two looks. */
  rate(name: string): number;
  rateMax(name: string): number;
  /** The same as {@link rate}; `null` where nobody has counted. */
  rateIfCounted(name: string): number | null;
  /** At its end, and the most there was; `null` where nobody knows. */
  last(name: string): number | null;
  most(name: string): number | null;
}

class Filled implements Step {
  readonly atMs: number;
  readonly #seconds: number;
  readonly #sums: Map<string, number> = new Map();
  readonly #rates: Map<string, number> = new Map();
  readonly #uncounted: Set<string> = new Set();
  readonly #last: Map<string, number> = new Map();
  readonly #most: Map<string, number> = new Map();

  constructor(atMs: number, stepMs: number) {
    this.atMs = atMs;
    this.#seconds = stepMs / 1_000;
  }

  rate(name: string): number {
    return rounded((this.#sums.get(name) ?? 0) / this.#seconds);
  }

  rateMax(name: string): number {
    return rounded(this.#rates.get(name) ?? 0);
  }

  rateIfCounted(name: string): number | null {
    return this.#uncounted.has(name) ? null : this.rate(name);
  }

  last(name: string): number | null {
    return this.#last.get(name) ?? null;
  }

  most(name: string): number | null {
    return this.#most.get(name) ?? null;
  }

  count(name: string, value: number | null | undefined, overMs: number): void {
    if (value === undefined || value === null) {
      this.#uncounted.add(name);
      return;
    }
    this.#sums.set(name, (this.#sums.get(name) ?? 0) + value);
    const rate = value / (overMs / 1_000);
    this.#rates.set(name, Math.max(this.#rates.get(name) ?? 0, rate));
  }

  see(name: string, value: number): void {
    this.#last.set(name, value);
    this.#most.set(name, Math.max(this.#most.get(name) ?? value, value));
  }
}

/**
 * Puts points into steps. Where there is no point nothing was different: rates are 0, and gauges as they were before.
 *
 * @param columnsOf - What of a block it is about; `undefined` where it says nothing of that.
 * @param now - The gauges as they are now, for a past in which nothing happened.
 */
export function downSample(
  blocks: readonly Block[],
  columnsOf: (block: Block) => Columns | undefined,
  names: { readonly counts: readonly string[]; readonly gauges: readonly string[] },
  { fromMs, toMs, stepMs }: Steps,
  now: Numbers | undefined,
): Step[] {
  const steps: Filled[] = [];
  for (let atMs = fromMs; atMs < toMs; atMs += stepMs) steps.push(new Filled(atMs, stepMs));
  const marks = new Map<Filled, Map<string, number>>();
  let first: Numbers | undefined;
  let isBlock = false;
  for (const block of blocks) {
    const found = columnsOf(block);
    if (found === undefined) continue;
    if (!isBlock) first = found.before;
    isBlock = true;
    block.at.forEach((atMs, index) => {
      // What was seen at the end of a span happened before.
      const step = steps[Math.ceil((atMs - fromMs) / stepMs) - 1];
      if (step === undefined || atMs <= fromMs) {
        if (atMs <= fromMs) first = gaugesAt(found, names.gauges, index);
        return;
      }
      for (const name of names.counts) {
        step.count(name, found.columns[name]?.[index], block.over[index] ?? stepMs);
      }
      for (const name of names.gauges) {
        const value = found.columns[name]?.[index];
        if (value === undefined || value === null) continue;
        step.see(name, value);
        const marked = marks.get(step) ?? new Map<string, number>();
        marked.set(name, value);
        marks.set(step, marked);
      }
    });
  }
  carry(steps, marks, isBlock ? first : now, names.gauges);
  return steps;
}

/** Gauges stay as they are until something is different. */
function carry(
  steps: readonly Filled[],
  marks: ReadonlyMap<Filled, ReadonlyMap<string, number>>,
  first: Numbers | undefined,
  gauges: readonly string[],
): void {
  for (const name of gauges) {
    let value = first?.[name];
    for (const step of steps) {
      const marked = marks.get(step)?.get(name);
      if (marked === undefined && value !== undefined) step.see(name, value);
      value = marked ?? value;
    }
  }
}

function gaugesAt({ columns }: Columns, gauges: readonly string[], index: number): Numbers {
  const entries = gauges.map((name) => [name, columns[name]?.[index] ?? undefined]);
  return Object.fromEntries(entries.filter(([, value]) => value !== undefined)) as Numbers;
}

/** To three digits behind the point. */
function rounded(value: number): number {
  return Math.round(value * 1_000) / 1_000;
}
