import type { WeightedMapping } from "./account-claims.ts";

/** Percent of a mapping's messages that go to a destination: all of them where nothing is said. */
export function weightOf(destination: WeightedMapping): number {
  return destination.weight === 0 ? 100 : destination.weight;
}
