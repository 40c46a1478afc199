import { type JetStreamManager, jetstreamManager, type StreamConfig } from "@nats-io/jetstream";
import type { NatsConnection, Subscription } from "@nats-io/nats-core";
import { makeReservedGate } from "@oxbow/gate";
import { isMissing } from "oxbow/internal";
import { bucketStream } from "../schemas/bucket.ts";
import { Schemas } from "../schemas/schemas.ts";
import { GateBoard, type StationGatesOptions } from "./gate-board.ts";

const reservedName = "reserved";
const advisories = "$JS.EVENT.ADVISORY.STREAM";
/** How a stream comes, changes and goes. */
const changes = ["CREATED.*", "UPDATED.*", "DELETED.*", "RESTORE_COMPLETE.*"];
const retryMs = 1_000;
/** How long {@link StationGates.caughtUp} waits at most. */
const patienceMs = 5_000;

/**
 * Keeps the gates of an account's stations as their settings and schemas are: it hears of each change by the connection,
 * and has the engine that the connection leads to replace the gate. What can't be read or compiled changes nothing, and
 * where nothing was known before, the station takes no message until it can.
 */
export class StationGates implements AsyncDisposable {
  readonly #connection: NatsConnection;
  readonly #options: StationGatesOptions;
  readonly #manager: JetStreamManager;
  readonly #board: GateBoard;
  readonly #ended = new AbortController();
  #subscriptions: readonly Subscription[] = [];
  /** Up to which revision of the bucket everything is in force. */
  #seenRevision = 0;
  readonly #waiting = new Set<() => void>();
  /** Streams that have changed since they were looked at. */
  readonly #changed = new Set<string>();
  /** Ended when the bucket in which it stands what stations demand has come or gone. */
  #bucketTurn = new AbortController();
  #hasBucket = false;
  #reading: Promise<void> = Promise.resolve();
  #following: Promise<void> = Promise.resolve();

  private constructor(
    connection: NatsConnection,
    options: StationGatesOptions,
    manager: JetStreamManager,
  ) {
    this.#connection = connection;
    this.#options = options;
    this.#manager = manager;
    this.#board = new GateBoard(options);
  }

  /**
   * Puts the gates of all stations in their places, and keeps them until it is closed. It makes no stream: where no
   * station has a schema, there may be no bucket to read that from.
   *
   * @param connection - Stays the caller's.
   * @throws what the connection throws while everything is read for the first time
   */
  static async open(
    connection: NatsConnection,
    options: StationGatesOptions,
  ): Promise<StationGates> {
    const gates = new StationGates(connection, options, await jetstreamManager(connection));
    try {
      await gates.#open();
      return gates;
    } catch (error) {
      await gates.close();
      throw error;
    }
  }

  /** Resolves once what was heard of until now about streams is in force. */
  async settled(): Promise<void> {
    await this.#reading;
  }

  /** Looks at a stream again, though nothing was heard of it; resolves once what it says is in force. */
  refresh(stream: string): Promise<void> {
    this.#changed.add(stream);
    this.#reading = this.#reading.then(() => this.#readChanged());
    return this.#reading;
  }

  /** Resolves once what the bucket says by now is in force, or after a while. */
  async caughtUp(): Promise<void> {
    if (!this.#hasBucket) await this.refresh(bucketStream);
    if (!(await this.#isBucketThere())) return;
    const revision = await (await Schemas.open(this.#connection)).policyRevision();
    const { promise: late, resolve } = Promise.withResolvers<void>();
    let isLate = false;
    const timer = this.#options.clock.setTimer(patienceMs, () => {
      isLate = true;
      resolve();
    });
    while (this.#seenRevision < revision && !isLate && !this.#ended.signal.aborted) {
      await Promise.race([late, new Promise<void>((seen) => this.#waiting.add(seen))]);
    }
    timer.cancel();
  }

  /** Keeps them no more. They stay where they are. */
  async close(): Promise<void> {
    this.#ended.abort();
    this.#bucketTurn.abort();
    for (const subscription of this.#subscriptions) subscription.unsubscribe();
    this.#subscriptions = [];
    this.#wakeWaiting();
    await this.#following;
    await this.#reading;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  async #open(): Promise<void> {
    this.#options.setGate(
      reservedName,
      makeReservedGate((subject) => this.#board.explainUnheard(subject)),
    );
    const callback = (error: Error | null, { subject }: { readonly subject: string }): void => {
      if (error === null) void this.refresh(subject.slice(subject.lastIndexOf(".") + 1));
    };
    this.#subscriptions = changes.map((change) =>
      this.#connection.subscribe(`${advisories}.${change}`, { callback }),
    );
    await this.#connection.flush();
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    this.#following = this.#follow(resolve, reject);
    await promise;
  }

  /** Reads what stations are and demand, and goes on to do so; begins again if the connection fails meanwhile. */
  async #follow(onRead: () => void, onFailed: (error: unknown) => void): Promise<void> {
    const { signal } = this.#ended;
    while (!signal.aborted && !this.#connection.isClosed()) {
      try {
        await this.#readStreams();
        if (this.#hasBucket) await this.#followPolicies(onRead);
        else await this.#awaitBucket(onRead);
      } catch (error) {
        onFailed(error);
        const { message } = error as Error;
        this.#options.logger.warn({ error: message }, "what stations demand can't be read");
        await this.#wait();
      }
    }
    onFailed(new Error("closed"));
  }

  async #readStreams(): Promise<void> {
    this.#bucketTurn = new AbortController();
    this.#hasBucket = false;
    const gone = new Set(this.#board.streams);
    let hasBucket = false;
    for await (const { config } of this.#manager.streams.list()) {
      gone.delete(config.name);
      hasBucket ||= config.name === bucketStream;
      this.#board.take(config.name, config);
    }
    for (const stream of gone) this.#board.take(stream, undefined);
    this.#hasBucket = hasBucket;
  }

  async #awaitBucket(onRead: () => void): Promise<void> {
    for (const station of this.#board.demanding) this.#board.demandNothing(station);
    onRead();
    const { signal } = this.#bucketTurn;
    if (signal.aborted || this.#ended.signal.aborted) return;
    const { promise, resolve } = Promise.withResolvers<void>();
    signal.addEventListener("abort", () => resolve(), { once: true });
    await promise;
  }

  async #followPolicies(onRead: () => void): Promise<void> {
    const gone = new Set(this.#board.demanding);
    const signal = AbortSignal.any([this.#ended.signal, this.#bucketTurn.signal]);
    const schemas = await Schemas.open(this.#connection);
    this.#seenRevision = 0;
    const onSeen = (revision: number): void => {
      this.#seenRevision = revision;
      this.#wakeWaiting();
    };
    for await (const news of schemas.watchPolicies(signal, onSeen)) {
      if (news.station === undefined) {
        for (const station of gone) this.#board.demandNothing(station);
        onRead();
      } else {
        gone.delete(news.station);
        this.#board.takePolicy(news);
      }
    }
  }

  #wakeWaiting(): void {
    const waiting = [...this.#waiting];
    this.#waiting.clear();
    for (const resolve of waiting) resolve();
  }

  async #isBucketThere(): Promise<boolean> {
    return (await this.#configOf(bucketStream)) !== undefined;
  }

  #turnBucket(isThere: boolean): void {
    if (isThere !== this.#hasBucket) this.#bucketTurn.abort();
  }

  #wait(): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    const { signal } = this.#ended;
    if (signal.aborted) return Promise.resolve();
    const timer = this.#options.clock.setTimer(retryMs, resolve);
    const stop = (): void => {
      timer.cancel();
      resolve();
    };
    signal.addEventListener("abort", stop, { once: true });
    return promise.finally(() => signal.removeEventListener("abort", stop));
  }

  async #readChanged(): Promise<void> {
    for (const stream of [...this.#changed]) {
      this.#changed.delete(stream);
      try {
        const config = await this.#configOf(stream);
        this.#board.take(stream, config);
        if (stream === bucketStream) this.#turnBucket(config !== undefined);
      } catch (error) {
        const { message } = error as Error;
        this.#options.logger.warn({ stream, error: message }, "a stream can't be looked at");
      }
    }
  }

  async #configOf(stream: string): Promise<StreamConfig | undefined> {
    try {
      return (await this.#manager.streams.info(stream)).config;
    } catch (error) {
      if (isMissing(error)) return undefined;
      throw error;
    }
  }
}
