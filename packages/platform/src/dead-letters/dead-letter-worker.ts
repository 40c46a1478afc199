import {
  type JetStreamClient,
  type JetStreamManager,
  type JsMsg,
  jetstream,
} from "@nats-io/jetstream";
import type { NatsConnection } from "@nats-io/nats-core";
import type { Tracing } from "oxbow/internal";
import { Groups } from "../groups/groups.ts";
import { ensureJournal } from "../journey/journal.ts";
import { Stations } from "../stations/stations.ts";
import { ensureStreams } from "./dead-letter-streams.ts";
import { Intake } from "./intake.ts";
import { LetterStore } from "./letter-store.ts";
import { intakeStream, jobOfSubject, resendStream } from "./places.ts";
import { readJob } from "./resend-request.ts";
import { ResendRunner } from "./resend-runner.ts";
import type { OnStep } from "./steps.ts";
import { WorkLoop } from "./work-loop.ts";

/** Entries of the intake, and resends, that a worker asks for and works at, at a time. */
const intakeMax = { pulledMax: 100, workedMax: 16 };
const resendsMax = { pulledMax: 2, workedMax: 2 };

/** How a worker works. */
export interface DeadLetterWorkerOptions {
  /** Copies of its streams, in a cluster; 1 by default. */
  readonly replicas?: number;
  /** Told of what could not be done, and is tried again, or was given up. */
  readonly onProblem?: (problem: unknown) => void;
  /** Told of each step between two writes, for tests that stop there. */
  readonly onStep?: OnStep;
  /** Writes down what is resent as spans, once it gives something that does. */
  readonly tracing?: () => Tracing | undefined;
}

/**
 * Makes dead letters of what groups gave up and gates refused, and resends them. Any number of workers share the work;
 * what comes while none runs waits in a stream.
 */
export class DeadLetterWorker implements AsyncDisposable {
  readonly #manager: JetStreamManager;
  readonly #intake: Intake;
  readonly #runner: ResendRunner;
  readonly #loops: readonly WorkLoop[];
  #isClosing = false;

  private constructor(
    connection: NatsConnection,
    js: JetStreamClient,
    manager: JetStreamManager,
    rooms: { readonly stations: Stations; readonly groups: Groups },
    { replicas = 1, onProblem = ignore, onStep = ignore, tracing }: DeadLetterWorkerOptions,
  ) {
    this.#manager = manager;
    const parts = { connection, js, manager, ...rooms, onStep, onProblem, tracing };
    this.#intake = new Intake(parts);
    this.#runner = new ResendRunner({ ...parts, store: new LetterStore(connection, js, manager) });
    const ensure = (): Promise<void> => ensureStreams(manager, replicas);
    this.#loops = [
      new WorkLoop(connection, js, {
        ...intakeMax,
        stream: intakeStream,
        ensure,
        onProblem,
        take: (message) => this.#bury(message),
      }),
      new WorkLoop(connection, js, {
        ...resendsMax,
        stream: resendStream,
        ensure,
        onProblem,
        take: (message) => this.#resend(message),
      }),
    ];
  }

  /**
   * Makes the streams of dead letters, if they are missing, and begins.
   *
   * @param connection - Stays the caller's.
   * @throws OxbowError `DEAD_LETTER_UNAVAILABLE`, `GROUP_UNAVAILABLE` for a server that is too old
   */
  static async start(
    connection: NatsConnection,
    options: DeadLetterWorkerOptions = {},
  ): Promise<DeadLetterWorker> {
    const js = jetstream(connection);
    const manager = await js.jetstreamManager();
    const stations = await Stations.open(connection);
    const groups = await Groups.open(connection);
    await ensureStreams(manager, options.replicas ?? 1);
    // What is told of single messages can be missing: dead letters can't.
    await ensureJournal(manager, options.replicas ?? 1).catch(options.onProblem ?? ignore);
    return new DeadLetterWorker(connection, js, manager, { stations, groups }, options);
  }

  /** Stops, once what was begun is done; of a resend, the dead letters that are under way. */
  async close(): Promise<void> {
    this.#isClosing = true;
    await Promise.all(this.#loops.map((loop) => loop.close()));
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  async #bury(message: JsMsg): Promise<void> {
    await this.#intake.take(message);
    message.ack();
  }

  async #resend(message: JsMsg): Promise<void> {
    const job = readJob(message.string());
    if (job === undefined) {
      message.ack();
      return;
    }
    const waitMs = job.delayMs > 0 ? await this.#waitMs(message, job.delayMs) : 0;
    if (waitMs > 0) {
      message.nak(waitMs);
      return;
    }
    const end = await this.#runner.run(jobOfSubject(message.subject), job, () => {
      message.working();
      return !this.#isClosing;
    });
    if (end === "over") message.ack();
    if (end === "ended") message.nak();
    // Elsewhere another worker is at it: should that one die, it comes again.
  }

  /** By the server's clock. */
  async #waitMs(message: JsMsg, delayMs: number): Promise<number> {
    const { ts } = await this.#manager.streams.info(resendStream);
    return message.time.getTime() + delayMs - Date.parse(String(ts));
  }
}

function ignore(): void {
  // Nobody wants to hear of it.
}
