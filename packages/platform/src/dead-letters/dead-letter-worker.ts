import {
  type ConsumerMessages,
  type JetStreamClient,
  type JetStreamManager,
  type JsMsg,
  jetstream,
} from "@nats-io/jetstream";
import { delay, type NatsConnection } from "@nats-io/nats-core";
import { Stations } from "../stations/stations.ts";
import { ensureStreams } from "./dead-letter-streams.ts";
import { Intake } from "./intake.ts";
import { intakeStream, workConsumer } from "./places.ts";
import type { OnStep } from "./steps.ts";

/** Messages of the intake that are asked for at a time, and worked at. */
const pulledMax = 100;
const workedMax = 16;
const reopenDelayMs = 1_000;
const retryDelayMsMax = 60_000;

/** How a worker works. */
export interface DeadLetterWorkerOptions {
  /** Copies of its streams, in a cluster; 1 by default. */
  readonly replicas?: number;
  /** Told of what could not be done, and is tried again, or was given up. */
  readonly onProblem?: (problem: unknown) => void;
  /** Told of each step between two writes, for tests that stop there. */
  readonly onStep?: OnStep;
}

/**
 * Makes dead letters of what groups gave up and gates refused, and resends them. Any number of workers share the work;
 * what comes while none runs waits in a stream.
 */
export class DeadLetterWorker implements AsyncDisposable {
  readonly #js: JetStreamClient;
  readonly #manager: JetStreamManager;
  readonly #options: DeadLetterWorkerOptions;
  readonly #replicas: number;
  readonly #intake: Intake;
  #messages: ConsumerMessages | undefined;
  #isClosed = false;
  #done: Promise<void> = Promise.resolve();

  private constructor(
    connection: NatsConnection,
    js: JetStreamClient,
    manager: JetStreamManager,
    stations: Stations,
    options: DeadLetterWorkerOptions,
  ) {
    this.#js = js;
    this.#manager = manager;
    this.#options = options;
    this.#replicas = options.replicas ?? 1;
    this.#intake = new Intake({
      connection,
      js,
      manager,
      stations,
      onStep: options.onStep ?? (() => undefined),
      onProblem: options.onProblem ?? (() => undefined),
    });
  }

  /**
   * Makes the streams of dead letters, if they are missing, and begins.
   *
   * @param connection - Stays the caller's.
   * @throws OxbowError `DEAD_LETTER_UNAVAILABLE`
   */
  static async start(
    connection: NatsConnection,
    options: DeadLetterWorkerOptions = {},
  ): Promise<DeadLetterWorker> {
    const js = jetstream(connection);
    const manager = await js.jetstreamManager();
    const stations = await Stations.open(connection);
    const worker = new DeadLetterWorker(connection, js, manager, stations, options);
    await ensureStreams(manager, worker.#replicas);
    worker.#done = worker.#run();
    return worker;
  }

  /** Stops, once what was begun is done. */
  async close(): Promise<void> {
    this.#isClosed = true;
    this.#messages?.stop();
    await this.#done;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  /** Goes on when its consumer or stream was deleted, or the server was away. */
  async #run(): Promise<void> {
    while (!this.#isClosed) {
      try {
        await this.#pull();
      } catch (error) {
        this.#options.onProblem?.(error);
      }
      if (this.#isClosed) return;
      await delay(reopenDelayMs);
      try {
        await ensureStreams(this.#manager, this.#replicas);
      } catch (error) {
        this.#options.onProblem?.(error);
      }
    }
  }

  async #pull(): Promise<void> {
    const consumer = await this.#js.consumers.get(intakeStream, workConsumer);
    if (this.#isClosed) return;
    this.#messages = await consumer.consume({ max_messages: pulledMax });
    const working = new Set<Promise<void>>();
    for await (const message of this.#messages) {
      const work = this.#take(message).finally(() => working.delete(work));
      working.add(work);
      if (working.size >= workedMax) await Promise.race(working);
    }
    await Promise.all(working);
  }

  async #take(message: JsMsg): Promise<void> {
    try {
      await this.#intake.take(message);
      message.ack();
    } catch (error) {
      this.#options.onProblem?.(error);
      message.nak(Math.min(retryDelayMsMax, 500 * 2 ** Math.min(message.info.deliveryCount, 8)));
    }
  }
}
