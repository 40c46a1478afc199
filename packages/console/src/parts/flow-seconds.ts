/** How long it takes what flows to go by: the more there is, the faster. */
export function flowSeconds(perSecond: number): number {
  return Math.max(0.25, 2 / Math.log10(perSecond + 10));
}
