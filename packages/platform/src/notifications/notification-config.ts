import type { NatsConnection } from "@nats-io/nats-core";
import type { Clock } from "@oxbow/base";
import type { Rule } from "oxbow/control";
import { Bucket } from "../schemas/bucket.ts";
import { ruleOf } from "./channel.ts";
import {
  type ChannelDocument,
  channelKeys,
  notificationsPlace,
  readChannelDocument,
  readRuleDocument,
  ruleKeys,
} from "./documents.ts";

const againMs = 1_000;

/** Who hears of changes. */
export interface ConfigEvents {
  /** Something is otherwise now. */
  readonly onChanged: () => void;
  readonly onProblem: (problem: unknown) => void;
}

/** The channels and rules of an account, as they are now: it follows the bucket until it is closed. */
export class NotificationConfig {
  readonly channels: Map<string, ChannelDocument> = new Map();
  readonly rules: Map<string, Rule> = new Map();
  readonly #connection: NatsConnection;
  readonly #clock: Clock;
  readonly #events: ConfigEvents;
  readonly #ended = new AbortController();
  #following: Promise<void> = Promise.resolve();

  private constructor(connection: NatsConnection, clock: Clock, events: ConfigEvents) {
    this.#connection = connection;
    this.#clock = clock;
    this.#events = events;
  }

  /** Resolves once all of it is read. */
  static async open(
    connection: NatsConnection,
    clock: Clock,
    events: ConfigEvents,
  ): Promise<NotificationConfig> {
    const config = new NotificationConfig(connection, clock, events);
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    config.#following = config.#run(resolve, reject);
    await promise;
    return config;
  }

  async close(): Promise<void> {
    this.#ended.abort();
    await this.#following;
  }

  async #run(onRead: () => void, onFailed: (error: unknown) => void): Promise<void> {
    const { signal } = this.#ended;
    while (!signal.aborted && !this.#connection.isClosed()) {
      try {
        await this.#follow(onRead);
      } catch (error) {
        onFailed(error);
        if (!signal.aborted && !this.#connection.isClosed()) this.#events.onProblem(error);
      }
      if (!signal.aborted) await this.#wait();
    }
    onFailed(new Error("closed"));
  }

  async #follow(onRead: () => void): Promise<void> {
    const bucket = await Bucket.open(this.#connection, 1, notificationsPlace);
    const revision = await bucket.revision();
    this.channels.clear();
    this.rules.clear();
    for (const keys of [channelKeys, ruleKeys]) {
      for (const { key, text } of await bucket.readAll(keys)) this.#take(key, text);
    }
    const changes = await bucket.watch([`${channelKeys}>`, `${ruleKeys}>`], revision + 1);
    const { signal } = this.#ended;
    const stop = (): void => changes.stop();
    signal.addEventListener("abort", stop, { once: true });
    void this.#connection.closed().then(stop);
    try {
      if (signal.aborted) return;
      onRead();
      this.#events.onChanged();
      for await (const { key, operation, ...entry } of changes) {
        this.#take(key, operation === "PUT" ? entry.string() : undefined);
        this.#events.onChanged();
      }
    } finally {
      signal.removeEventListener("abort", stop);
      stop();
    }
  }

  /** What can't be read is left as it was. */
  #take(key: string, text: string | undefined): void {
    try {
      if (key.startsWith(channelKeys)) {
        const name = key.slice(channelKeys.length);
        if (text === undefined) this.channels.delete(name);
        else this.channels.set(name, readChannelDocument(key, text));
      } else {
        const name = key.slice(ruleKeys.length);
        if (text === undefined) this.rules.delete(name);
        else this.rules.set(name, ruleOf(name, readRuleDocument(key, text)));
      }
    } catch (error) {
      this.#events.onProblem(error);
    }
  }

  async #wait(): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    const { signal } = this.#ended;
    const timer = this.#clock.setTimer(againMs, resolve);
    const stop = (): void => resolve();
    signal.addEventListener("abort", stop, { once: true });
    await promise;
    signal.removeEventListener("abort", stop);
    timer.cancel();
  }
}
