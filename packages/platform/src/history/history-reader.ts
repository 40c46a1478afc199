import {
  type DirectBatchOptions,
  JetStreamApiError,
  type JetStreamManager,
  jetstreamManager,
} from "@nats-io/jetstream";
import type { NatsConnection } from "@nats-io/nats-core";
import type { Clock } from "@oxbow/base";
import type { GroupHistoryPoint, History, HistoryRange, StationHistoryPoint } from "oxbow/control";
import { platformError } from "oxbow/internal";
import {
  type Block,
  groupCounts,
  groupGauges,
  type Numbers,
  readBlock,
  stationCounts,
  stationGauges,
} from "./block.ts";
import { downSample, type Step, type Steps } from "./down-sample.ts";
import { historyStream, overviewSubject, stationSubject } from "./history-streams.ts";
import { historyLimits } from "./limits.ts";
import { lagMsAt, oldestSeconds } from "./oldest.ts";

/** What was looked at and is not written yet, where that is known. */
export interface RecentHistory {
  recentOf(station: string): Block | undefined;
  readonly recentOfAll: Block | undefined;
}

/** Gauges as they are now, and how long the oldest has waited that waits, if that is known. */
export type NumbersNow = Numbers & { readonly lagMs?: number };

const batchMax = 500;
const hourMs = 3_600_000;
const noMessageFound = 10037;
const streamNotFound = 10059;

/** Tells how stations and groups were. */
export class HistoryReader {
  readonly #manager: JetStreamManager;
  readonly #clock: Pick<Clock, "nowMs">;
  readonly #recent: RecentHistory | undefined;

  private constructor(
    manager: JetStreamManager,
    clock: Pick<Clock, "nowMs">,
    recent: RecentHistory | undefined,
  ) {
    this.#manager = manager;
    this.#clock = clock;
    this.#recent = recent;
  }

  /**
   * @param connection - Stays the caller's.
   * @param recent - What the process that collects has gathered; without it, what is told is up to a minute old.
   */
  static async open(
    connection: NatsConnection,
    clock: Pick<Clock, "nowMs">,
    recent?: RecentHistory,
  ): Promise<HistoryReader> {
    return new HistoryReader(await jetstreamManager(connection), clock, recent);
  }

  /** The time that is so long ago, as a range has it. */
  ago(ms: number): string {
    return new Date(this.#clock.nowMs() - ms).toISOString();
  }

  /** @throws OxbowError `HISTORY_INVALID` */
  async overview(range: HistoryRange, now: NumbersNow): Promise<History<StationHistoryPoint>> {
    const steps = this.#steps(range);
    const blocks = await this.#blocks(overviewSubject, this.#recent?.recentOfAll, steps);
    const names = { counts: stationCounts, gauges: stationGauges };
    const found = downSample(blocks, ({ station }) => station, names, steps, this.#gauges(now));
    return historyOf(steps, found.map(this.#stationPoint(steps)));
  }

  /**
   * @param now - The gauges as they are now.
   * @throws OxbowError `HISTORY_INVALID`
   */
  async station(
    station: string,
    range: HistoryRange,
    now: NumbersNow,
  ): Promise<History<StationHistoryPoint>> {
    const steps = this.#steps(range);
    const blocks = await this.#ofStation(station, steps);
    const names = { counts: stationCounts, gauges: stationGauges };
    const found = downSample(blocks, ({ station }) => station, names, steps, this.#gauges(now));
    return historyOf(steps, found.map(this.#stationPoint(steps)));
  }

  /** The same of a group. */
  async group(
    station: string,
    group: string,
    range: HistoryRange,
    now: NumbersNow,
  ): Promise<History<GroupHistoryPoint>> {
    const steps = this.#steps(range);
    const blocks = await this.#ofStation(station, steps);
    const names = { counts: groupCounts, gauges: groupGauges };
    const found = downSample(
      blocks,
      ({ groups }) => (Object.hasOwn(groups, group) ? groups[group] : undefined),
      names,
      steps,
      this.#gauges(now),
    );
    return historyOf(steps, found.map(this.#groupPoint(steps)));
  }

  /** As points have it. */
  #gauges({ lagMs, ...now }: NumbersNow): Numbers {
    if (lagMs === undefined) return now;
    return { ...now, oldest: lagMs === 0 ? 0 : oldestSeconds(this.#clock.nowMs() - lagMs) };
  }

  /** How long what waits has waited by the end of a step, or by now. */
  #lagMs(step: Step, { stepMs }: Steps): number | null {
    return lagMsAt(step.last("oldest"), Math.min(step.atMs + stepMs, this.#clock.nowMs()));
  }

  #stationPoint(steps: Steps): (step: Step) => StationHistoryPoint {
    return (step) => ({
      at: new Date(step.atMs).toISOString(),
      inPerSecond: step.rate("in"),
      inPerSecondMax: step.rateMax("in"),
      inBytesPerSecond: step.rateIfCounted("inBytes"),
      outPerSecond: step.rate("out"),
      outPerSecondMax: step.rateMax("out"),
      outBytesPerSecond: step.rateIfCounted("outBytes"),
      messages: step.last("messages"),
      bytes: step.last("bytes"),
      lag: step.last("lag"),
      lagMax: step.most("lag"),
      lagMs: this.#lagMs(step, steps),
      deadLetters: step.last("deadLetters"),
    });
  }

  #groupPoint(steps: Steps): (step: Step) => GroupHistoryPoint {
    return (step) => ({
      at: new Date(step.atMs).toISOString(),
      deliveredPerSecond: step.rate("delivered"),
      deliveredPerSecondMax: step.rateMax("delivered"),
      deliveredBytesPerSecond: step.rateIfCounted("deliveredBytes"),
      acknowledgedPerSecond: step.rate("acknowledged"),
      acknowledgedPerSecondMax: step.rateMax("acknowledged"),
      lag: step.last("lag"),
      lagMax: step.most("lag"),
      lagMs: this.#lagMs(step, steps),
      inFlight: step.last("inFlight"),
      inFlightMax: step.most("inFlight"),
      redelivered: step.last("redelivered"),
    });
  }

  #ofStation(station: string, steps: Steps): Promise<Block[]> {
    return this.#blocks(stationSubject(station), this.#recent?.recentOf(station), steps);
  }

  /** Blocks with points of a span, and the first one behind it, which says how it was before. */
  async #blocks(
    subject: string,
    recent: Block | undefined,
    { fromMs, toMs }: Steps,
  ): Promise<Block[]> {
    const blocks: Block[] = [];
    let start: { start_time: Date } | { seq: number } = { start_time: new Date(fromMs) };
    try {
      for (;;) {
        const query: DirectBatchOptions = { ...start, batch: batchMax, next_by_subj: subject };
        let count = 0;
        const found = await this.#manager.direct.getBatch(historyStream, query);
        for await (const message of found) {
          count += 1;
          start = { seq: message.seq + 1 };
          const block = readBlock(message.string());
          if (block !== undefined) blocks.push(block);
        }
        const isPast = (blocks.at(-1)?.at[0] ?? 0) > toMs;
        if (isPast) return blocks;
        if (count < batchMax) break;
      }
    } catch (error) {
      if (!isNone(error)) throw error;
    }
    // What is being written meanwhile may be in both.
    const isNew = recent !== undefined && recent.at[0] !== blocks.at(-1)?.at[0];
    return isNew ? [...blocks, recent] : blocks;
  }

  /** @throws OxbowError `HISTORY_INVALID` */
  #steps(range: HistoryRange): Steps {
    const { stepMs: leastMs, keptMs, answerPointsDefault, answerPointsMax } = historyLimits;
    const nowMs = this.#clock.nowMs();
    const toMs = range.to === undefined ? nowMs : Date.parse(range.to);
    const fromMs = range.from === undefined ? toMs - hourMs : Date.parse(range.from);
    if (!(fromMs < toMs)) throw invalid("from must be before to, which is now by default");
    const spanMs = toMs - fromMs;
    const fitting = Math.ceil(spanMs / answerPointsDefault / leastMs) * leastMs;
    const stepMs = range.stepMs ?? Math.max(leastMs, fitting);
    if (stepMs < leastMs || stepMs % leastMs !== 0) {
      throw invalid(
        `stepMs is ${leastMs}, or a multiple of that: there is one point in ten seconds`,
      );
    }
    if (spanMs > keptMs + hourMs) throw invalid("the past is kept for 24 hours: ask for less");
    if (spanMs / stepMs > answerPointsMax) {
      throw invalid(
        `an answer has up to ${answerPointsMax} points: ask for less, or a larger stepMs`,
      );
    }
    const begin = Math.floor(fromMs / stepMs) * stepMs;
    return { fromMs: begin, toMs: Math.ceil(toMs / stepMs) * stepMs, stepMs };
  }
}

function historyOf<Point>({ fromMs, toMs, stepMs }: Steps, points: Point[]): History<Point> {
  const [from, to] = [new Date(fromMs).toISOString(), new Date(toMs).toISOString()];
  return { from, to, stepMs, points };
}

function invalid(message: string): Error {
  return platformError("HISTORY_INVALID", message);
}

function isNone(error: unknown): boolean {
  if (error instanceof JetStreamApiError) {
    return error.code === noMessageFound || error.code === streamNotFound;
  }
  const { name, message } = error as Error;
  // Without the stream nobody answers; the client has a class of its own for it which it does not export.
  const isUnanswered = name === "JetStreamStatusError" && message === "no responders";
  return isUnanswered || /message not found|no responders/i.test(message);
}
