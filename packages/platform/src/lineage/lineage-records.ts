import { type JetStreamClient, type JetStreamManager, jetstream } from "@nats-io/jetstream";
import type { NatsConnection } from "@nats-io/nats-core";
import type { Logger } from "@oxbow/base";
import { nameOfToken, nameToken } from "oxbow/control";
import { isMissing } from "oxbow/internal";
import { ensureStream } from "../dead-letters/ensure-stream.ts";

/** Where it is kept which stations have messages that derive from those of others. */
const lineageStream = "OXBOW_LINEAGE";

const prefix = "$OXBOW.LINEAGE.";
const hourMs = 60 * 60 * 1_000;
const dayNs = 24 * hourMs * 1_000_000;
/** A pair of stations is forgotten when nobody has derived anything for so long. */
const keptDays = 30;
const pairsMax = 10_000;
/** How often a pair is written down that is seen again and again. */
const againMs = hourMs;

/** Messages of one station derive from those of another one. */
export interface LineagePair {
  readonly from: string;
  readonly to: string;
}

/**
 * Which stations derive from which, as producers announce it: one message for each pair, written by any process that hears
 * of it, at most every hour.
 */
export class LineageRecords {
  readonly #js: JetStreamClient;
  readonly #logger: Logger | undefined;
  /** When pairs were written by this process, by their subjects; in the order of time. */
  readonly #written = new Map<string, number>();
  #manager: Promise<JetStreamManager> | undefined;
  #working: Promise<void> = Promise.resolve();

  constructor(connection: NatsConnection, logger?: Logger) {
    this.#js = jetstream(connection);
    this.#logger = logger;
  }

  /** Writes down what is not known yet; what can't be written is when it is heard again. */
  note(from: readonly string[], to: string, nowMs: number): void {
    for (const each of from) {
      const subject = subjectOf(each, to);
      if (
        subject === undefined ||
        nowMs - (this.#written.get(subject) ?? Number.NEGATIVE_INFINITY) < againMs
      )
        continue;
      this.#written.delete(subject);
      this.#written.set(subject, nowMs);
      const [oldest] = this.#written.keys();
      if (this.#written.size > pairsMax && oldest !== undefined) this.#written.delete(oldest);
      this.#working = this.#working.then(() => this.#write(subject));
    }
  }

  /** Resolves once what was noted is written. */
  settled(): Promise<void> {
    return this.#working;
  }

  /** All pairs; none where nothing was ever derived. */
  async list(): Promise<LineagePair[]> {
    await this.#working;
    const manager = await this.#js.jetstreamManager();
    try {
      const { state } = await manager.streams.info(lineageStream, { subjects_filter: ">" });
      return Object.keys(state.subjects ?? {}).flatMap((subject) => {
        const [from, to] = subject.slice(prefix.length).split(".").map(nameOfToken);
        return from === undefined || to === undefined ? [] : [{ from, to }];
      });
    } catch (error) {
      if (isMissing(error)) return [];
      throw error;
    }
  }

  async #write(subject: string): Promise<void> {
    try {
      this.#manager ??= this.#ensured();
      await this.#manager;
      await this.#js.publish(subject, "");
    } catch (error) {
      this.#manager = undefined;
      this.#written.delete(subject);
      const problem = { error: (error as Error).message };
      this.#logger?.warn(problem, "which station derives from which can't be written down");
    }
  }

  async #ensured(): Promise<JetStreamManager> {
    const manager = await this.#js.jetstreamManager();
    await ensureStream(manager, {
      name: lineageStream,
      description: "Which stations derive from which",
      subjects: [`${prefix}*.*`],
      max_msgs_per_subject: 1,
      max_msgs: pairsMax,
      max_age: keptDays * dayNs,
      allow_direct: true,
    });
    return manager;
  }
}

/** `undefined` for what is no name. */
function subjectOf(from: string, to: string): string | undefined {
  const tokens = [from, to].map(nameToken);
  return tokens.some((token) => token === "" || /[\s.*>]|\p{Cc}/u.test(token))
    ? undefined
    : `${prefix}${tokens.join(".")}`;
}
