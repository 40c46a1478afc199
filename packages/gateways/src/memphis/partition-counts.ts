import type { Clock } from "@oxbow/base";
import { gatewayLimits } from "./limits.ts";

const stationsMax = 10_000;

/** How many partitions stations have, remembered for a short time. */
export class PartitionCounts {
  readonly #clock: Clock;
  readonly #ask: (station: string) => Promise<number>;
  readonly #known = new Map<string, { readonly count: number; readonly untilMs: number }>();
  readonly #asked = new Map<string, Promise<number>>();

  /** @param ask - Finds out, by the token of a station; 0 for one that there is not. */
  constructor(clock: Clock, ask: (station: string) => Promise<number>) {
    this.#clock = clock;
    this.#ask = ask;
  }

  /** `undefined` if it is not known, or has been for too long. */
  known(station: string): number | undefined {
    const known = this.#known.get(station);
    return known !== undefined && known.untilMs > this.#clock.monotonicMs()
      ? known.count
      : undefined;
  }

  find(station: string): Promise<number> {
    const asked =
      this.#asked.get(station) ??
      this.#ask(station)
        .then((count) => {
          this.learn(station, count);
          return count;
        })
        .finally(() => this.#asked.delete(station));
    this.#asked.set(station, asked);
    return asked;
  }

  learn(station: string, count: number): void {
    this.#known.delete(station);
    const oldest = this.#known.keys().next();
    if (this.#known.size >= stationsMax && oldest.done !== true) this.#known.delete(oldest.value);
    const untilMs = this.#clock.monotonicMs() + gatewayLimits.partitionsMemoryMs;
    this.#known.set(station, { count, untilMs });
  }

  forget(station: string): void {
    this.#known.delete(station);
  }
}
