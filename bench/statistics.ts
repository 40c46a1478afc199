/** The middle of some numbers and how far they spread. */
export interface Summary {
  count: number;
  median: number;
  min: number;
  max: number;
}

/** Returns `undefined` for no values at all. */
export function summarize(values: readonly number[]): Summary | undefined {
  if (values.length === 0) return undefined;
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  const upper = sorted[middle] as number;
  const median = sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] as number) + upper) / 2;
  return {
    count: sorted.length,
    median,
    min: sorted[0] as number,
    max: sorted.at(-1) as number,
  };
}

/** Differences of the values of two cases, round by round; a round that one of them lacks does not count. */
export function differences(
  minuends: ReadonlyMap<number, number>,
  subtrahends: ReadonlyMap<number, number>,
): number[] {
  return [...minuends].flatMap(([round, minuend]) => {
    const subtrahend = subtrahends.get(round);
    return subtrahend === undefined ? [] : [minuend - subtrahend];
  });
}

/** Ratios of the values of two servers, round by round; a round that one of them lacks does not count. */
export function ratios(
  numerators: ReadonlyMap<number, number>,
  denominators: ReadonlyMap<number, number>,
): number[] {
  const result: number[] = [];
  for (const [round, numerator] of numerators) {
    const denominator = denominators.get(round);
    if (denominator !== undefined && denominator > 0) result.push(numerator / denominator);
  }
  return result;
}
