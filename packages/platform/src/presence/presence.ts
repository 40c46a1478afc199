import type { Msg, NatsConnection, Subscription } from "@nats-io/nats-core";
import type { Clock, Logger, Timer } from "@oxbow/base";
import type { Consumer, ConsumerFilter, Producer, ProducerFilter } from "oxbow/control";
import { announcementSubjects, askSubject } from "oxbow/internal";
import { connectedAtOf, requesterOf } from "../audit/requester.ts";
import { type ClientObserver, deedsIn } from "./observed-clients.ts";
import { type Announcer, PresenceBoard } from "./presence-board.ts";
import { presenceLimits } from "./presence-limits.ts";
import { PresenceWriter } from "./presence-writer.ts";
import { shown, shownConsumer } from "./present.ts";
import { processClock } from "./process-clock.ts";
import { readAnnouncement } from "./read-announcement.ts";

/** How producers and consumers are watched. */
export interface PresenceOptions {
  /** By default that of the process. */
  readonly clock?: Clock | undefined;
  readonly logger?: Logger | undefined;
  /** Whether the server writes `Nats-Request-Info` into announcements, and takes out what clients say there. */
  readonly isAskerKnown?: boolean | undefined;
  /** Tells what connections do, where the server knows; by default only those are known who announce themselves. */
  readonly observer?: ClientObserver | undefined;
  /** Told of stations whose messages a producer derives those from that it puts into a station. */
  readonly onDerived?: ((from: readonly string[], to: string) => void) | undefined;
  /** How long one may be away whose connection is lost, in milliseconds. Default 30,000. */
  readonly lapseMs?: number | undefined;
  /** How long one must have been there for others to be told when it goes, in milliseconds. Default 30,000. */
  readonly settleMs?: number | undefined;
}

const defaultMs = 30_000;
/** Between two looks at what connections do. */
const lookMs = 15_000;
/** Between two runs that are due, at least. */
const stepMs = 250;

/**
 * The producers and consumers of an account that are there: those that announce themselves, and those that the server sees.
 * Each process has its own view of them, in memory, of what all of them hear; who has been there for a while is recorded, so
 * that it is known to be gone when nobody watched, and told once.
 */
export class Presence implements AsyncDisposable {
  readonly #connection: NatsConnection;
  readonly #clock: Clock;
  readonly #options: PresenceOptions;
  readonly #lapseMs: number;
  readonly #board: PresenceBoard;
  readonly #writer: PresenceWriter;
  readonly #subscriptions: readonly Subscription[];
  readonly #ready: Promise<void>;
  #working: Promise<void> = Promise.resolve();
  #timer: Timer | undefined = undefined;
  #lookAtMs = 0;
  #isDown = false;
  #isClosed = false;
  #warnedAtMs = Number.NEGATIVE_INFINITY;

  private constructor(connection: NatsConnection, options: PresenceOptions) {
    const { clock = processClock, lapseMs = defaultMs, settleMs = defaultMs, logger } = options;
    this.#connection = connection;
    this.#clock = clock;
    this.#options = options;
    this.#lapseMs = lapseMs;
    this.#board = new PresenceBoard(lapseMs);
    this.#writer = new PresenceWriter(connection, this.#board, settleMs, logger);
    const callback = (error: Error | null, message: Msg): void => {
      if (error === null) this.#take(message);
      else
        logger?.error({ error: error.message }, "producers and consumers are not heard any more");
    };
    this.#subscriptions = announcementSubjects.map((subject) =>
      connection.subscribe(subject, { callback }),
    );
    void this.#follow();
    this.#ask();
    this.#ready = this.#remember();
  }

  /**
   * Watches from now on, and asks those who are there to announce themselves.
   *
   * @param connection - Stays the caller's. Its user needs JetStream and `$OXBOW.API.PRESENCE.>`.
   */
  static open(connection: NatsConnection, options: PresenceOptions = {}): Presence {
    return new Presence(connection, options);
  }

  /** The producers that are there, in no order. */
  async producers({ station }: ProducerFilter = {}): Promise<Producer[]> {
    await this.#ready;
    this.#look();
    return this.#board.list({ kind: "producer", station }).map(shown);
  }

  /** The producer of a station that announces itself under an id, if it is there. */
  async announcedAs(station: string, id: string): Promise<Producer | undefined> {
    await this.#ready;
    const producers = this.#board.list({ kind: "producer", station });
    const found = producers.find(({ announcedId }) => announcedId === id);
    return found && shown(found);
  }

  /** The members of groups that are there, in no order. */
  async consumers({ station, group }: ConsumerFilter = {}): Promise<Consumer[]> {
    await this.#ready;
    this.#look();
    return this.#board.list({ kind: "consumer", station, group }).map(shownConsumer);
  }

  /** Resolves once what was begun is done: what was due is written. */
  async settled(): Promise<void> {
    await this.#ready;
    await this.#working;
  }

  /** Watches no longer. What is being written is written. */
  async close(): Promise<void> {
    this.#isClosed = true;
    this.#timer?.cancel();
    if (!this.#connection.isClosed()) {
      for (const subscription of this.#subscriptions) subscription.unsubscribe();
    }
    await this.settled();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  #take(message: Msg): void {
    const read = readAnnouncement(message.subject, message.data);
    if (read === undefined) return;
    const nowMs = this.#clock.nowMs();
    const { from = [] } = read.announcement;
    if (from.length > 0) this.#options.onDerived?.(from, read.place.station);
    if (this.#board.announce(read.place, read.announcement, this.#announcer(message), nowMs)) {
      if (read.announcement.state === "left") this.#runAt(nowMs);
      else if (this.#timer === undefined) this.#schedule();
      return;
    }
    if (nowMs - this.#warnedAtMs < 60_000) return;
    this.#warnedAtMs = nowMs;
    const most = presenceLimits.presentMax;
    this.#options.logger?.warn({ most }, "more producers and consumers than are shown");
  }

  #announcer(message: Msg): Announcer | null {
    const who = this.#options.isAskerKnown === true ? requesterOf(message) : null;
    return who && { ...who, connectedAt: connectedAtOf(message) };
  }

  /** Those who were there before: they have a while to announce themselves again. */
  async #remember(): Promise<void> {
    try {
      await this.#writer.remember(this.#clock.nowMs(), this.#lapseMs);
    } catch (error) {
      if (this.#isClosed || this.#connection.isClosed()) return;
      const problem = { error: (error as Error).message };
      this.#options.logger?.warn(problem, "who was there before is not known");
    }
    this.#look();
    this.#schedule();
  }

  /** Sees what the server sees. */
  #look(): void {
    const { observer } = this.#options;
    const nowMs = this.#clock.nowMs();
    this.#lookAtMs = nowMs + lookMs;
    if (this.#isDown) return;
    if (observer !== undefined) {
      this.#board.observe(deedsIn(observer), (client) => observer.isConnected(client), nowMs);
    }
    this.#board.lapse(nowMs);
  }

  #schedule(): void {
    if (this.#isClosed || (this.#board.size === 0 && this.#options.observer === undefined)) return;
    const soonMs = this.#clock.nowMs() + stepMs;
    this.#runAt(Math.max(soonMs, Math.min(this.#lookAtMs, this.#board.nextLapseMs)));
  }

  #runAt(atMs: number): void {
    if (this.#isClosed) return;
    this.#timer?.cancel();
    const delayMs = Math.max(0, atMs - this.#clock.nowMs());
    this.#timer = this.#clock.setTimer(delayMs, () => {
      this.#timer = undefined;
      this.#working = this.#working.then(() => this.#run(atMs));
    });
  }

  async #run(dueMs: number): Promise<void> {
    const nowMs = this.#clock.nowMs();
    // Whoever sleeps hears nobody.
    if (nowMs - dueMs > this.#lapseMs / 2) this.#board.holdAll(nowMs);
    await this.#ready;
    if (this.#isDown) this.#lookAtMs = nowMs + lookMs;
    else if (!this.#isClosed) {
      this.#look();
      await this.#writer.write(this.#clock.nowMs());
    }
    if (this.#timer === undefined) this.#schedule();
  }

  /** While there is no connection nobody is heard, and nobody gone for that. */
  async #follow(): Promise<void> {
    for await (const { type } of this.#connection.status()) {
      if (type === "disconnect") this.#isDown = true;
      if (type !== "reconnect") continue;
      this.#isDown = false;
      this.#board.holdAll(this.#clock.nowMs());
      this.#ask();
    }
  }

  #ask(): void {
    if (!this.#isClosed && !this.#connection.isClosed()) this.#connection.publish(askSubject);
  }
}
