/**
 * Whether a request with this `Nats-Required-Api-Level` has to be refused by a server of that level (ADR-44): it asks
 * for a higher one, or for what is no number. An empty header asks nothing.
 */
export function exceedsApiLevel(required: string, level: number): boolean {
  if (required === "") return false;
  return !/^[+-]?\d+$/.test(required) || Number(required) > level;
}
