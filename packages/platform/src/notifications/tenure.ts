import type { JetStreamClient, JetStreamManager } from "@nats-io/jetstream";
import type { NatsConnection } from "@nats-io/nats-core";
import type { Clock, Timer } from "@oxbow/base";
import type { Rule, RuleKind } from "oxbow/control";
import { ensureStreams } from "../dead-letters/dead-letter-streams.ts";
import { letterFilter, letterStream } from "../dead-letters/places.ts";
import { ensurePresenceStream, presenceStream } from "../presence/presence-stream.ts";
import { notificationLimits } from "./limits.ts";
import type { NotificationConfig } from "./notification-config.ts";
import { ensureChannelConsumer, ensureHeard, ensureOutbox } from "./outbox/notification-streams.ts";
import type { Outbox } from "./outbox/outbox.ts";
import { heardStream } from "./outbox/places.ts";
import { EventReader, type EventSource } from "./rules/event-reader.ts";
import { heardEvents, letterEvents, presenceEvents } from "./rules/events.ts";
import { foldDue, foldEvents, foldFindings } from "./rules/fold.ts";
import { type Looker, lookedAt } from "./rules/looker.ts";
import type { RuleDesk } from "./rules/rule-desk.ts";
import { ChannelRunner } from "./send/channel-runner.ts";
import type { Sender } from "./send/sender.ts";
import type { OnNotifyStep } from "./steps.ts";

/** What a tenure works with. */
export interface TenureParts {
  readonly connection: NatsConnection;
  readonly js: JetStreamClient;
  readonly manager: JetStreamManager;
  readonly clock: Clock;
  readonly config: NotificationConfig;
  readonly desk: RuleDesk;
  readonly outbox: Outbox;
  readonly sender: Sender;
  readonly looker: Looker;
  readonly onStep: OnNotifyStep;
  readonly onProblem: (problem: unknown) => void;
  /** Called when there is nothing left to send on a channel. */
  readonly onIdle: () => void;
}

/** What happens, and which stream says so. */
const readers: readonly (Omit<EventSource, "ensure"> & {
  readonly kinds: readonly RuleKind[];
  readonly ensure: (manager: JetStreamManager) => Promise<void>;
})[] = [
  {
    kinds: ["deadLetter", "schemaRefused"],
    stream: letterStream,
    filter: letterFilter(undefined, undefined),
    isInHeaders: true,
    ensure: (manager) => ensureStreams(manager, 1),
    read: letterEvents,
  },
  {
    kinds: ["schemaRefused"],
    stream: heardStream,
    filter: ">",
    isInHeaders: false,
    ensure: ensureHeard,
    read: heardEvents,
  },
  {
    kinds: ["producerGone", "consumerGone"],
    stream: presenceStream,
    filter: ">",
    isInHeaders: false,
    ensure: ensurePresenceStream,
    read: presenceEvents,
  },
];

/** All that one process at a time does: it hears, looks, and sends, for the rules and channels that there are. */
export class Tenure {
  readonly #parts: TenureParts;
  readonly #readers = new Map<string, EventReader>();
  readonly #runners = new Map<string, ChannelRunner>();
  #timer: Timer | undefined;
  #looking: Promise<void> = Promise.resolve();
  #arranging: Promise<void> = Promise.resolve();
  #isOver = false;

  constructor(parts: TenureParts) {
    this.#parts = parts;
  }

  /** Begins with what there is. */
  async open(): Promise<void> {
    await ensureOutbox(this.#parts.manager);
    await this.#parts.desk.tidy();
    await this.arrange();
    this.#look();
  }

  /** Has readers and senders be those that rules and channels need now. */
  arrange(): Promise<void> {
    this.#arranging = this.#arranging.then(() => this.#arrange()).catch(this.#parts.onProblem);
    return this.#arranging;
  }

  async close(): Promise<void> {
    this.#isOver = true;
    this.#timer?.cancel();
    await this.#arranging;
    const all = [...this.#readers.values(), ...this.#runners.values()];
    await Promise.all(all.map((each) => each.close()));
    await this.#looking;
  }

  async #arrange(): Promise<void> {
    if (this.#isOver) return;
    const { config } = this.#parts;
    const kinds = new Set([...config.rules.values()].map(({ when }) => when));
    for (const reader of readers) {
      const isNeeded = reader.kinds.some((kind) => kinds.has(kind));
      const running = this.#readers.get(reader.stream);
      if (isNeeded && running === undefined) {
        this.#readers.set(reader.stream, this.#open(reader));
      } else if (!isNeeded && running !== undefined) {
        this.#readers.delete(reader.stream);
        await running.close();
      }
    }
    for (const name of config.channels.keys()) {
      if (!this.#runners.has(name)) this.#runners.set(name, this.#runner(name));
    }
    for (const [name, runner] of this.#runners) {
      if (config.channels.has(name)) continue;
      this.#runners.delete(name);
      await runner.close();
    }
    await this.#parts.desk.tidy();
  }

  #open({ kinds, ensure, ...source }: (typeof readers)[number]): EventReader {
    const { connection, js, manager, clock, config, desk, onProblem } = this.#parts;
    const isMeant = ({ when }: Rule): boolean => kinds.includes(when);
    return new EventReader(
      { ...source, ensure: () => ensure(manager) },
      {
        ...{ connection, js, manager, clock, onProblem },
        onEvents: (events) =>
          desk.takeUp((rule, state) => foldEvents(rule, state, events, clock.nowMs()), isMeant),
        startOf: async ({ stream }, created) => {
          const rules = [...config.rules.values()].filter(isMeant);
          let first = Number.POSITIVE_INFINITY;
          let sinceMs = Number.POSITIVE_INFINITY;
          for (const rule of rules) {
            const cursor = (await desk.stateOf(rule)).cursors[stream];
            if (cursor?.created === created) first = Math.min(first, cursor.sequence);
            else sinceMs = Math.min(sinceMs, Date.parse(rule.createdAt));
          }
          return Number.isFinite(sinceMs) ? new Date(sinceMs) : Number.isFinite(first) ? first : 0;
        },
      },
    );
  }

  #runner(name: string): ChannelRunner {
    const { manager, config } = this.#parts;
    return new ChannelRunner(name, {
      ...this.#parts,
      ensure: (channel) => ensureChannelConsumer(manager, channel),
      channel: (each) => config.channels.get(each),
    });
  }

  /** Now, and again and again. */
  #look(): void {
    if (this.#isOver) return;
    this.#looking = this.#lookOnce().catch((error: unknown) => {
      if (!this.#isOver) this.#parts.onProblem(error);
    });
    void this.#looking.then(() => {
      if (this.#isOver) return;
      const { lookEveryMs } = notificationLimits;
      this.#timer = this.#parts.clock.setTimer(lookEveryMs, () => this.#look());
    });
  }

  async #lookOnce(): Promise<void> {
    const { clock, config, desk, looker } = this.#parts;
    const isHeard = ({ when }: Rule): boolean => !lookedAt.has(when) && when !== "engineUnhealthy";
    await desk.takeUp((rule, state) => foldDue(rule, state, clock.nowMs()), isHeard);
    const rules = [...config.rules.values()].filter(({ when }) => lookedAt.has(when));
    if (rules.length === 0) return;
    const found = await looker.look(rules, clock.nowMs());
    await desk.takeUp(
      (rule, state) => {
        const findings = found.get(rule.name);
        if (findings === undefined) return { state, notices: [] };
        return foldFindings(rule, state, findings, clock.nowMs());
      },
      ({ name }) => found.has(name),
    );
  }
}
