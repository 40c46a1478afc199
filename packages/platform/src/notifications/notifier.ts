import { type JetStreamClient, type JetStreamManager, jetstream } from "@nats-io/jetstream";
import { type KV, Kvm } from "@nats-io/kv";
import { type NatsConnection, nuid } from "@nats-io/nats-core";
import type { Clock } from "@oxbow/base";
import { isMissing, type Tracing } from "oxbow/internal";
import { Groups } from "../groups/groups.ts";
import { Lease, type LeaseEvents } from "../lease/lease.ts";
import { Stations } from "../stations/stations.ts";
import { HealthWatch } from "./health-watch.ts";
import { notificationLimits } from "./limits.ts";
import { NotificationConfig } from "./notification-config.ts";
import { Outbox } from "./outbox/outbox.ts";
import { channelConsumer, notificationStream, notifyingBucket } from "./outbox/places.ts";
import { Looker, type ServerProbes } from "./rules/looker.ts";
import { RuleDesk } from "./rules/rule-desk.ts";
import type { AddressGuard } from "./send/address-guard.ts";
import { Sender } from "./send/sender.ts";
import type { OnNotifyStep } from "./steps.ts";
import { Tenure } from "./tenure.ts";

/** How a notifier works. */
export interface NotifierOptions {
  readonly clock: Clock;
  /** Decides where notifications may go. */
  readonly guard: AddressGuard;
  /** What only who runs the server can tell; without it, there is nothing to be told of the disk. */
  readonly probes?: ServerProbes;
  /**
   * A name that only one process has at a time, and has again when it is started again: it goes on then without waiting
   * until nobody is heard of any more. A random one by default.
   */
  readonly holder?: string;
  /** Told of what could not be done, and is tried again, or was given up. */
  readonly onProblem?: (problem: unknown) => void;
  /** Writes down what is sent as spans, once it gives something that does. */
  readonly tracing?: () => Tracing | undefined;
  /** Told of each step between two writes, for tests that stop there. */
  readonly onStep?: OnNotifyStep;
}

/**
 * Finds what the rules of an account tell of, and sends it on their channels. Any number of these can run: one at a time
 * does it, by a lease, and the others follow it. All that has to be known by who comes next is written down first, so that
 * each notice is sent, and sent again only if who sent it died before that was written down. Without rules it only follows
 * their bucket.
 */
export class Notifier implements AsyncDisposable {
  readonly #connection: NatsConnection;
  readonly #js: JetStreamClient;
  readonly #manager: JetStreamManager;
  readonly #kv: KV;
  readonly #options: Required<NotifierOptions>;
  readonly #outbox: Outbox;
  readonly #sender: Sender;
  #config: NotificationConfig | undefined;
  #lease: Lease | undefined;
  #tenure: Tenure | undefined;
  #health: HealthWatch | undefined;
  #desk: RuleDesk | undefined;
  #changing: Promise<void> = Promise.resolve();
  #isClosed = false;

  private constructor(
    connection: NatsConnection,
    js: JetStreamClient,
    manager: JetStreamManager,
    kv: KV,
    sender: Sender,
    options: NotifierOptions,
  ) {
    this.#connection = connection;
    this.#js = js;
    this.#manager = manager;
    this.#kv = kv;
    this.#sender = sender;
    this.#outbox = new Outbox(js, manager);
    const defaults = {
      probes: {},
      holder: nuid.next(),
      onProblem: ignore,
      onStep: ignore,
      tracing: ignore,
    };
    this.#options = { ...defaults, ...options };
  }

  /**
   * Makes the buckets of notifications, if they are missing, and begins.
   *
   * @param connection - Stays the caller's.
   * @throws OxbowError `NOTIFICATION_UNAVAILABLE`
   */
  static async start(connection: NatsConnection, options: NotifierOptions): Promise<Notifier> {
    const js = jetstream(connection);
    const manager = await js.jetstreamManager();
    const kvm = new Kvm(js);
    await kvm.create(notifyingBucket, { description: "How far rules of notifications are" });
    const kv = await kvm.open(notifyingBucket, { allow_direct: false });
    const { clock, guard, tracing } = options;
    const sender = await Sender.open(connection, guard, () => clock.nowMs(), tracing);
    const notifier = new Notifier(connection, js, manager, kv, sender, options);
    const config = await NotificationConfig.open(connection, clock, {
      onChanged: () => void notifier.#arrange(),
      onProblem: notifier.#onProblem,
    });
    notifier.#config = config;
    await notifier.#arrange();
    return notifier;
  }

  /** Stops, once what was begun is done, and lets another process go on at once. */
  async close(): Promise<void> {
    this.#isClosed = true;
    await this.#config?.close();
    await this.#changing;
    await this.#end();
    await this.#lease?.release();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  readonly #onProblem = (problem: unknown): void => {
    if (!this.#isClosed && !this.#connection.isClosed()) this.#options.onProblem(problem);
  };

  /** Has what runs be what is needed: nothing at all where there is no rule, and nothing left to send. */
  #arrange(): Promise<void> {
    this.#changing = this.#changing
      .then(() => this.#arrangeNow())
      .catch((error: unknown) => this.#onProblem(error));
    return this.#changing;
  }

  async #arrangeNow(): Promise<void> {
    const config = this.#config;
    if (this.#isClosed || config === undefined) return;
    const isNeeded = config.rules.size > 0 || (await this.#hasLeft(config));
    if (!isNeeded) {
      await this.#end();
      await this.#lease?.release();
      this.#lease = undefined;
      return;
    }
    if (this.#lease === undefined) {
      const { clock, holder } = this.#options;
      const events: LeaseEvents = {
        onHeld: () => void this.#arrange(),
        onLost: () => void this.#arrange(),
        onProblem: (problem) => {
          this.#onProblem(problem);
          void this.#health?.look();
        },
      };
      this.#lease = new Lease(this.#kv, clock, holder, events, notificationLimits.leaseMs);
    }
    if (!this.#lease.isHeld) {
      if (this.#lease.isMine) await this.#endTenure();
      else await this.#end();
    } else if (this.#tenure === undefined) {
      await this.#begin(config);
    } else {
      await this.#tenure.arrange();
    }
  }

  async #begin(config: NotificationConfig): Promise<void> {
    const { clock, probes, onStep } = this.#options;
    const onProblem = this.#onProblem;
    const { channels, rules } = config;
    const desk = new RuleDesk({ kv: this.#kv, outbox: this.#outbox, onStep, channels, rules });
    const connection = this.#connection;
    const looker = new Looker({
      manager: this.#manager,
      stations: () => Stations.open(connection),
      groups: () => Groups.open(connection),
      probes,
    });
    const tenure = new Tenure({
      ...{ connection, clock, config, desk, looker, onStep, onProblem },
      js: this.#js,
      manager: this.#manager,
      outbox: this.#outbox,
      sender: this.#sender,
      onIdle: () => {
        if (config.rules.size === 0) void this.#arrange();
      },
    });
    this.#desk = desk;
    this.#tenure = tenure;
    this.#health ??= new HealthWatch({
      ...{ clock, config, probes, onProblem },
      manager: this.#manager,
      sender: this.#sender,
      desk: () => this.#desk,
      isMine: () => this.#lease?.isMine === true,
    });
    await tenure.open();
  }

  async #end(): Promise<void> {
    await this.#endTenure();
    await this.#health?.close();
    this.#health = undefined;
  }

  async #endTenure(): Promise<void> {
    const tenure = this.#tenure;
    this.#tenure = undefined;
    await tenure?.close();
  }

  /** Whether something of rules that are gone is still to be sent. */
  async #hasLeft({ channels }: NotificationConfig): Promise<boolean> {
    for (const name of channels.keys()) {
      try {
        const consumer = channelConsumer(name);
        const info = await this.#manager.consumers.info(notificationStream, consumer);
        if (info.num_pending + info.num_ack_pending > 0) return true;
      } catch (error) {
        if (!isMissing(error)) throw error;
      }
    }
    return false;
  }
}

function ignore(): undefined {
  // Nobody wants to hear of it.
  return undefined;
}
