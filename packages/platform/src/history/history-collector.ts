import { type JetStreamClient, type JetStreamManager, jetstream } from "@nats-io/jetstream";
import { type KV, Kvm } from "@nats-io/kv";
import { type NatsConnection, nuid } from "@nats-io/nats-core";
import type { Clock, Timer } from "@oxbow/base";
import { inParallel } from "oxbow/internal";
import { lettersByStation } from "../dead-letters/letters-by-station.ts";
import { Lease } from "../lease/lease.ts";
import { AskedSource } from "./asked-source.ts";
import { type Block, BlockWriter, type Numbers, stationCounts } from "./block.ts";
import type { HistoryNews, HistorySource } from "./history-source.ts";
import {
  ensureHistory,
  historyBucket,
  overviewSubject,
  stationSubject,
} from "./history-streams.ts";
import { LetterCounts, type LettersByStation } from "./letter-counts.ts";
import { historyLimits } from "./limits.ts";
import { olderOf } from "./oldest.ts";
import { StationPast } from "./station-past.ts";

/** How the past is collected. */
export interface CollectorOptions {
  readonly clock: Clock;
  /** By default the server is asked, as any can be. */
  readonly source?: HistorySource;
  /** A name that only one process has at a time; a random one by default. */
  readonly holder?: string;
  /** Told of what could not be done, and is tried again. */
  readonly onProblem?: (problem: unknown) => void;
}

/**
 * Looks every ten seconds at what has changed, and writes it down, so that it can be told how stations and groups were over
 * the last day. Any number of these can run: one at a time does it, by a lease. While nothing happens it only looks: it asks
 * for the lease with the first change, and gives it back after a while without one.
 */
export class HistoryCollector implements AsyncDisposable {
  readonly #js: JetStreamClient;
  readonly #manager: JetStreamManager;
  readonly #clock: Clock;
  readonly #source: HistorySource;
  readonly #holder: string;
  readonly #onProblem: (problem: unknown) => void;
  readonly #stations: Map<string, StationPast> = new Map();
  /** Of which station a stream is. */
  readonly #stationOf: Map<string, string> = new Map();
  readonly #dirty: Set<string> = new Set();
  readonly #letters: LetterCounts;
  readonly #total: BlockWriter = new BlockWriter();
  #totalBefore: Numbers | undefined = undefined;
  #deadLetters = 0;
  #isTotalDirty = false;
  #kv: KV | undefined = undefined;
  #lease: Lease | undefined = undefined;
  #timer: Timer | undefined = undefined;
  #looking: Promise<void> = Promise.resolve();
  #lookedAtMs: number | undefined = undefined;
  #steps = 0;
  #idleSteps = 0;
  /** Whether somebody else has collected since it was looked here. */
  #isBehind = false;
  #isClosed = false;

  private constructor(
    js: JetStreamClient,
    manager: JetStreamManager,
    { clock, source, holder, onProblem }: CollectorOptions,
  ) {
    this.#js = js;
    this.#manager = manager;
    this.#clock = clock;
    this.#source = source ?? new AskedSource(manager);
    this.#holder = holder ?? nuid.next();
    this.#onProblem = onProblem ?? (() => undefined);
    const count = (): Promise<LettersByStation> => lettersByStation(js, manager);
    this.#letters = new LetterCounts(count, clock, historyLimits.lettersCollectedMax);
  }

  /**
   * Begins. What there is by then is where the past begins from; nothing is made on the server until something changes.
   *
   * @param connection - Stays the caller's.
   */
  static async start(
    connection: NatsConnection,
    options: CollectorOptions,
  ): Promise<HistoryCollector> {
    const js = jetstream(connection);
    const collector = new HistoryCollector(js, await js.jetstreamManager(), options);
    collector.#wait();
    await collector.look();
    return collector;
  }

  /** Whether it is the one that writes the past down now. */
  get isCollecting(): boolean {
    return this.#lease?.isHeld === true;
  }

  /** What was gathered of a station and is not written yet; `undefined` for none. */
  recentOf(station: string): Block | undefined {
    const writer = this.#stations.get(station)?.writer;
    return writer === undefined || writer.isEmpty ? undefined : writer.block;
  }

  /** The same of all together. */
  get recentOfAll(): Block | undefined {
    return this.#total.isEmpty ? undefined : this.#total.block;
  }

  /** Looks now. Resolves once what it has found is taken up. */
  look(): Promise<void> {
    this.#looking = this.#looking
      .then(() => this.#look())
      .catch((error: unknown) => {
        if (!this.#isClosed) this.#onProblem(error);
      });
    return this.#looking;
  }

  /** Writes what was gathered, and lets another process go on at once. */
  async close(): Promise<void> {
    this.#isClosed = true;
    this.#timer?.cancel();
    await this.#looking;
    if (this.#lease?.isHeld === true) await this.#write(true).catch(() => undefined);
    await this.#lease?.release();
  }

  /** Ends at once, as a process that dies does. */
  abandon(): void {
    this.#isClosed = true;
    this.#timer?.cancel();
    this.#lease?.abandon();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  #wait(): void {
    const { stepMs } = historyLimits;
    this.#timer = this.#clock.setTimer(stepMs - (this.#clock.nowMs() % stepMs), () => {
      if (this.#isClosed) return;
      this.#wait();
      void this.look();
    });
  }

  async #look(): Promise<void> {
    if (this.#isClosed) return;
    if (this.#lease !== undefined && !this.#lease.isHeld) {
      this.#fallBehind();
      return;
    }
    const news = await this.#source.look();
    if (news === undefined) return;
    const isFirst = this.#lookedAtMs === undefined || this.#isBehind;
    const nowMs = this.#clock.nowMs();
    const overMs = Math.max(1, nowMs - (this.#lookedAtMs ?? nowMs - historyLimits.stepMs));
    const hasChanged = this.#take(news, !isFirst);
    this.#isBehind = false;
    if (this.#lease === undefined) {
      // The next look tells over how long it was.
      if (!hasChanged || isFirst) this.#lookedAtMs = nowMs;
      if (hasChanged && !isFirst) await this.#ask();
      if (this.#lease === undefined) return;
    }
    if (!(this.#lease as Lease | undefined)?.isHeld) return;
    this.#lookedAtMs = nowMs;
    await this.#countLetters(news.deadLetters);
    this.#point(nowMs, overMs);
    this.#steps += 1;
    this.#idleSteps = hasChanged ? 0 : this.#idleSteps + 1;
    const isOver = this.#idleSteps >= historyLimits.idleStepsMax;
    await this.#write(isOver);
    if (isOver) {
      const lease = this.#lease;
      this.#lease = undefined;
      this.#idleSteps = 0;
      await lease?.release();
    }
  }

  /** Somebody else collects: what it writes is the past. */
  #fallBehind(): void {
    if (this.#isBehind) return;
    this.#isBehind = true;
    this.#dirty.clear();
    this.#isTotalDirty = false;
    this.#total.clear();
    for (const past of this.#stations.values()) {
      past.settle();
      past.writer.clear();
    }
  }

  /** Whether anything is different. */
  #take({ changed, gone, deadLetters }: HistoryNews, isCounted: boolean): boolean {
    for (const sample of changed) {
      const { station, stream } = sample;
      let past = this.#stations.get(station);
      if (past === undefined) {
        past = new StationPast(this.#stations.size % historyLimits.blockSteps);
        this.#stations.set(station, past);
      }
      past.take(sample, isCounted);
      if (!isCounted) past.settle();
      this.#stationOf.set(stream, station);
      if (isCounted) this.#dirty.add(station);
    }
    for (const stream of gone) this.#lose(stream);
    const hasChanged = changed.length + gone.length > 0 || deadLetters !== this.#deadLetters;
    this.#deadLetters = deadLetters;
    if (!isCounted) this.#totalBefore = this.#totals();
    else if (hasChanged) this.#isTotalDirty = true;
    return hasChanged;
  }

  /** A station with others than before has something to be written. */
  async #countLetters(total: number): Promise<void> {
    const counts = await this.#letters.of(total);
    for (const [name, past] of this.#stations) {
      const count = counts?.get(name) ?? 0;
      if (counts !== undefined && count !== (past.deadLetters ?? 0)) this.#dirty.add(name);
      past.deadLetters = counts && count;
    }
  }

  #lose(stream: string): void {
    const station = this.#stationOf.get(stream) ?? stream;
    this.#stationOf.delete(stream);
    const past = this.#stations.get(station);
    past?.lose(stream);
    if (past?.isGone !== true) return;
    // Its past can't be asked for any more, and goes with time.
    this.#stations.delete(station);
    this.#dirty.delete(station);
  }

  #point(atMs: number, overMs: number): void {
    const sums = { in: 0, out: 0, inBytes: 0, outBytes: 0 };
    const uncounted = new Set<keyof typeof sums>();
    for (const station of this.#dirty) {
      const counts = this.#stations.get(station)?.point(atMs, overMs);
      if (counts === undefined) continue;
      for (const name of stationCounts) {
        const count = counts[name];
        if (count === null) uncounted.add(name);
        else sums[name] += count;
      }
    }
    const known = Object.entries(sums).filter(
      ([name]) => !uncounted.has(name as keyof typeof sums),
    );
    this.#dirty.clear();
    if (!this.#isTotalDirty) return;
    this.#isTotalDirty = false;
    const gauges = this.#totals();
    const before = { station: this.#totalBefore, groups: new Map() };
    const numbers = { ...(Object.fromEntries(known) as Numbers), ...gauges };
    this.#total.add(atMs, overMs, numbers, new Map(), before);
    this.#totalBefore = gauges;
  }

  #totals(): Numbers {
    const totals = { messages: 0, bytes: 0, lag: 0, oldest: 0, deadLetters: this.#deadLetters };
    for (const past of this.#stations.values()) {
      totals.messages += past.messages;
      totals.bytes += past.bytes;
      totals.lag += past.lag;
      totals.oldest = olderOf(totals.oldest, past.oldest);
    }
    return totals;
  }

  /** Has the lease be asked for, and waits until it is known whether it is held. */
  async #ask(): Promise<void> {
    await ensureHistory(this.#manager);
    this.#kv ??= await this.#bucket();
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#lease = new Lease(
      this.#kv,
      this.#clock,
      this.#holder,
      {
        onHeld: resolve,
        onLost: () => undefined,
        onProblem: this.#onProblem,
      },
      historyLimits.leaseMs,
    );
    await Promise.race([promise, this.#lease.asked]);
  }

  async #bucket(): Promise<KV> {
    const kvm = new Kvm(this.#js);
    await kvm.create(historyBucket, { description: "Who collects the past of stations" });
    return kvm.open(historyBucket, { allow_direct: false });
  }

  /** @param isAll - Or else what is due. */
  async #write(isAll: boolean): Promise<void> {
    const slot = this.#steps % historyLimits.blockSteps;
    const due = [...this.#stations].filter(
      ([, past]) => !past.writer.isEmpty && (isAll || past.slot === slot),
    );
    await inParallel(due, ([name, { writer }]) => this.#put(stationSubject(name), writer));
    if (!this.#total.isEmpty && (isAll || slot === 0))
      await this.#put(overviewSubject, this.#total);
  }

  async #put(subject: string, writer: BlockWriter): Promise<void> {
    try {
      await this.#js.publish(subject, JSON.stringify(writer.block));
      writer.clear();
    } catch (error) {
      // What can't be written for long is given up, rather than kept without end.
      if (writer.block.at.length >= historyLimits.blockStepsMax) writer.clear();
      throw error;
    }
  }
}
