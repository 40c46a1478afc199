import type { Acknowledgement } from "./acknowledgement.ts";
import type { ProduceOptions } from "./produce-options.ts";

/** How many messages are produced. */
export interface ProduceManyOptions<Value> {
  /** Messages that wait for their acknowledgement at a time. Default 1,000. */
  readonly windowMax?: number;
  /** What is said about each value. */
  readonly options?: (value: Value, index: number) => ProduceOptions;
  /** Once aborted no more values are taken; what is under way is waited for. */
  readonly signal?: AbortSignal;
  /** Failures after which no more values are taken. Default 1,000. */
  readonly failuresMax?: number;
}

/** A value that was not acknowledged. */
export interface ProduceFailure<Value> {
  /** From 0, in the order of the values. */
  readonly index: number;
  readonly value: Value;
  readonly error: Error;
}

/** What became of many messages. */
export interface ProduceReport<Value> {
  /** Values that were taken; those behind them were not looked at. */
  readonly taken: number;
  readonly acknowledged: number;
  /** Of these, those that the station had already. */
  readonly duplicates: number;
  /** All that were taken and not acknowledged, in order. */
  readonly failures: readonly ProduceFailure<Value>[];
}

export const windowMaxDefault = 1_000;
export const failuresMaxDefault = 1_000;

/**
 * Produces values as fast as they are acknowledged: with so many on their way, the next one is taken only when the first of
 * these has its answer.
 */
export async function produceMany<Value>(
  values: Iterable<Value> | AsyncIterable<Value>,
  produce: (value: Value, options: ProduceOptions) => Promise<Acknowledgement>,
  { windowMax, options, signal, failuresMax }: ProduceManyOptions<Value>,
): Promise<ProduceReport<Value>> {
  const most = windowMax ?? windowMaxDefault;
  const failures: ProduceFailure<Value>[] = [];
  let taken = 0;
  let acknowledged = 0;
  let duplicates = 0;
  let underWay = 0;
  let wake: (() => void) | undefined;
  const settle = (): void => {
    underWay--;
    wake?.();
  };
  const isOver = (): boolean =>
    signal?.aborted === true || failures.length >= (failuresMax ?? failuresMaxDefault);
  const room = (atMost: number): Promise<void> | undefined =>
    underWay <= atMost
      ? undefined
      : new Promise((resolve) => {
          wake = () => {
            if (underWay <= atMost) resolve();
          };
        });
  if (!isOver()) {
    for await (const value of values) {
      const index = taken++;
      underWay++;
      produce(value, options?.(value, index) ?? {}).then(
        ({ isDuplicate }) => {
          acknowledged++;
          if (isDuplicate) duplicates++;
          settle();
        },
        (error: Error) => {
          failures.push({ index, value, error });
          settle();
        },
      );
      await room(most - 1);
      if (isOver()) break;
    }
  }
  await room(0);
  failures.sort((a, b) => a.index - b.index);
  return { taken, acknowledged, duplicates, failures };
}
