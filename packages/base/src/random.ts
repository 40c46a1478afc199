/** Randomness as the packages see it. Seeded in tests and in the simulator; a CSPRNG in production. */
export interface Random {
  /** Fills `target` with random bytes, fit for secrets in production. */
  fill(target: Uint8Array): void;
  /** A uniform integer in `[0, end)`; `end` is from 1 to 2^32. Fit for load balancing, not for secrets. */
  below(end: number): number;
}
