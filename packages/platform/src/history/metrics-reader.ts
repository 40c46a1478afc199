import type { Clock } from "@oxbow/base";
import type { GroupLag, GroupPartitionMetrics, StationMetrics } from "oxbow/control";
import type { ConsumerSample, HistorySource, StreamSample } from "./history-source.ts";
import { LetterCounts, type LettersByStation } from "./letter-counts.ts";
import { historyLimits } from "./limits.ts";

/** What the numbers are made of. */
interface MetricsParts {
  readonly clock: Clock;
  readonly source: HistorySource;
  /** Dead letters of each station. */
  readonly deadLetters: () => Promise<LettersByStation>;
  /** How far a group is behind, where the source does not know. */
  readonly lagOf: (station: string, group: string) => Promise<GroupLag>;
}

/**
 * Stations and groups in numbers, for who asks again and again. It keeps what it has seen, and asks for what has changed;
 * twice in a moment it answers the same.
 */
export class MetricsReader {
  readonly #parts: MetricsParts;
  readonly #streams: Map<string, StreamSample> = new Map();
  readonly #letterCounts: LetterCounts;
  #reading: Promise<readonly StationMetrics[]> | undefined = undefined;
  #readAtMs = Number.NEGATIVE_INFINITY;
  #letters: LettersByStation | undefined = undefined;

  constructor(parts: MetricsParts) {
    this.#parts = parts;
    const { deadLetters, clock } = parts;
    this.#letterCounts = new LetterCounts(deadLetters, clock, historyLimits.lettersCountedMax);
  }

  /** By name. */
  read(): Promise<readonly StationMetrics[]> {
    const nowMs = this.#parts.clock.monotonicMs();
    if (this.#reading === undefined || nowMs - this.#readAtMs >= historyLimits.metricsKeptMs) {
      this.#readAtMs = nowMs;
      const reading = this.#read();
      this.#reading = reading;
      reading.catch(() => {
        this.#reading = undefined;
      });
    }
    return this.#reading;
  }

  async #read(): Promise<readonly StationMetrics[]> {
    const news = await this.#parts.source.look();
    for (const sample of news?.changed ?? []) this.#streams.set(sample.stream, sample);
    for (const stream of news?.gone ?? []) this.#streams.delete(stream);
    if (news !== undefined) this.#letters = await this.#letterCounts.of(news.deadLetters);
    const byStation = Map.groupBy(this.#streams.values(), ({ station }) => station);
    const lags = await this.#lags();
    return [...byStation]
      .map(([station, streams]) => this.#describe(station, streams, lags))
      .sort((a, b) => (a.station < b.station ? -1 : 1));
  }

  /** Of groups of which only the server knows how old what waits is; not of all, if there are many. */
  async #lags(): Promise<ReadonlyMap<string, GroupLag>> {
    const lags = new Map<string, GroupLag>();
    for (const { station, consumers } of this.#streams.values()) {
      for (const { group, oldestAtMs } of consumers) {
        const key = keyOf(station, group);
        if (oldestAtMs !== null || lags.has(key)) continue;
        if (lags.size >= historyLimits.lagsAskedMax) return lags;
        const lag = await this.#parts.lagOf(station, group).catch(() => undefined);
        if (lag !== undefined) lags.set(key, lag);
      }
    }
    return lags;
  }

  #describe(
    station: string,
    streams: readonly StreamSample[],
    lags: ReadonlyMap<string, GroupLag>,
  ): StationMetrics {
    const sorted = [...streams].sort((a, b) => a.partition - b.partition);
    const groups = new Map<string, GroupPartitionMetrics[]>();
    for (const { partition, consumers } of sorted) {
      for (const consumer of consumers) {
        const lag = lags
          .get(keyOf(station, consumer.group))
          ?.partitions.find(({ number }) => number === partition);
        const parts = groups.get(consumer.group) ?? [];
        parts.push(this.#describeGroup(partition, consumer, lag?.ageMs));
        groups.set(consumer.group, parts);
      }
    }
    return {
      station,
      deadLetters: this.#letters === undefined ? null : (this.#letters.get(station) ?? 0),
      partitions: sorted.map((sample) => {
        const { partition, messages, bytes, lastSequence } = sample;
        const { storedBytes, messagesMax, bytesMax } = sample;
        const stored = { storedMessages: lastSequence, storedBytes };
        return { number: partition, messages, bytes, ...stored, messagesMax, bytesMax };
      }),
      groups: [...groups].map(([group, partitions]) => ({ group, partitions })),
    };
  }

  #describeGroup(
    number: number,
    { group: _, oldestAtMs, ...numbers }: ConsumerSample,
    askedMs: number | undefined,
  ): GroupPartitionMetrics {
    const sinceMs = oldestAtMs === null ? null : this.#parts.clock.nowMs() - oldestAtMs;
    const lagMs = oldestAtMs === 0 ? 0 : (askedMs ?? sinceMs);
    return { number, ...numbers, lagMs: lagMs === null ? null : Math.max(0, Math.round(lagMs)) };
  }
}

/** No name has a space. */
function keyOf(station: string, group: string): string {
  return `${station} ${group}`;
}
