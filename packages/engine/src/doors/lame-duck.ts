import type { Clock, Random, Timer } from "@oxbow/base";
import type { ConnectionRegistry } from "../connection/connection-registry.ts";
import { engineError } from "../errors.ts";

/** How a server that is about to stop lets its clients go. */
export interface LameDuckOptions {
  /** From the announcement to the last client's end. Default 2 minutes. */
  readonly durationMs?: number | undefined;
  /** From the announcement to the first client's end. Less than `durationMs`. Default 10 seconds. */
  readonly graceMs?: number | undefined;
}

export const lameDuckDurationMs = 120_000;
export const lameDuckGraceMs = 10_000;

/** Between two clients there is no more than this. */
const intervalMsMax = 1_000;

/**
 * Lets clients go one by one, so that they do not all come to another server at once: they are told, and after a while
 * closed, at intervals that are spread over the time there is.
 */
export class LameDuck {
  readonly #clock: Clock;
  readonly #random: Random;
  readonly #connections: ConnectionRegistry;
  readonly #times: { readonly durationMs: number; readonly graceMs: number };
  #timer: Timer | undefined = undefined;
  #stop: () => void = () => {};
  #isStopped = false;

  /** @throws `ENGINE_OPTION_INVALID` */
  constructor(
    clock: Clock,
    random: Random,
    connections: ConnectionRegistry,
    options: LameDuckOptions,
  ) {
    this.#times = checkedTimes(options);
    this.#clock = clock;
    this.#random = random;
    this.#connections = connections;
  }

  /** Resolves once the last client was closed, or {@link stop} was called. */
  async run(): Promise<void> {
    const { durationMs, graceMs } = this.#times;
    if (this.#connections.count === 0) return;
    this.#connections.announceLameDuck();
    await this.#wait(graceMs);
    const connections = [...this.#connections];
    const { intervalMs, batchSize } = spread(connections.length, durationMs - graceMs);
    for (const [index, connection] of connections.entries()) {
      if (this.#isStopped) return;
      connection.end();
      if (index % batchSize === 0 && index < connections.length - 1) {
        await this.#wait(this.#between(intervalMs / 2, intervalMs));
      }
    }
  }

  /** Waits for nothing more. */
  stop(): void {
    this.#isStopped = true;
    this.#timer?.cancel();
    this.#stop();
  }

  #wait(delayMs: number): Promise<void> {
    if (this.#isStopped) return Promise.resolve();
    return new Promise((resolve) => {
      this.#stop = resolve;
      this.#timer = this.#clock.setTimer(delayMs, resolve);
    });
  }

  #between(min: number, max: number): number {
    return Math.max(min, this.#random.below(Math.max(1, Math.ceil(max))));
  }
}

/** @throws `ENGINE_OPTION_INVALID`, in the words of nats-server. */
function checkedTimes(options: LameDuckOptions): { durationMs: number; graceMs: number } {
  const { durationMs = lameDuckDurationMs, graceMs = lameDuckGraceMs } = options;
  if (graceMs >= 0 && graceMs < durationMs) return { durationMs, graceMs };
  throw engineError(
    "ENGINE_OPTION_INVALID",
    `lame duck grace period (${graceMs} ms) should be strictly lower than lame duck duration (${durationMs} ms)`,
  );
}

/** How `count` ends are spread over `durationMs`: one at a time, or several where the time is short. */
function spread(count: number, durationMs: number): { intervalMs: number; batchSize: number } {
  const intervalMs = durationMs / count;
  if (intervalMs >= 1) return { intervalMs: Math.min(intervalMs, intervalMsMax), batchSize: 1 };
  return { intervalMs: 1, batchSize: Math.ceil(1 / intervalMs) };
}
