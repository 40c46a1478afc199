import { Kvm } from "@nats-io/kv";
import { DeadLetterWorker } from "@oxbow/platform";
import {
  AddressGuard,
  type AddressGuardOptions,
  Notifier,
  type NotifierOptions,
} from "@oxbow/platform/notifications";
import { StandingClock } from "@oxbow/testkit/clock";
import type { RuleRequest } from "oxbow/control";
import { ServiceBench } from "../service/service-bench.ts";
import { eventually } from "../support/deadline.ts";
import type { StoringServer } from "../support/delete-streams.ts";
import { type OfficialClient, openOfficialClient } from "../support/official-client.ts";
import { Receiver } from "./receiver.ts";

/** How far a rule is, as it is kept. */
export interface RuleState {
  readonly cursors: Readonly<Record<string, { readonly sequence: number }>>;
  readonly things: Readonly<Record<string, { readonly left: number; readonly isRaised: boolean }>>;
}

/** Where tests may be told. */
export const loopback: AddressGuardOptions = { allowed: ["127.0.0.0/8"] };

/** A platform with a notifier, a clock that stands still, and a web server that is told. */
export class NotifyBench implements AsyncDisposable {
  readonly service: ServiceBench;
  readonly clock: StandingClock = new StandingClock();
  readonly receiver: Receiver;
  readonly problems: unknown[] = [];
  readonly #server: StoringServer;
  readonly #running: { notifier: Notifier; client: OfficialClient }[] = [];
  readonly #worker: DeadLetterWorker;

  private constructor(
    server: StoringServer,
    service: ServiceBench,
    receiver: Receiver,
    worker: DeadLetterWorker,
  ) {
    this.#server = server;
    this.service = service;
    this.receiver = receiver;
    this.#worker = worker;
  }

  static async open(server: StoringServer): Promise<NotifyBench> {
    const service = await ServiceBench.open(server, { notifyAllowed: loopback.allowed ?? [] });
    const worker = await DeadLetterWorker.start(service.platform.nc);
    return new NotifyBench(server, service, await Receiver.open(), worker);
  }

  /** One more notifier, on a connection of its own. */
  async start(options: Partial<NotifierOptions> = {}): Promise<Notifier> {
    const client = await openOfficialClient(this.#server);
    const notifier = await Notifier.start(client.nc, {
      clock: this.clock,
      guard: new AddressGuard(loopback),
      onProblem: (problem) => this.problems.push(problem),
      ...options,
    });
    this.#running.push({ notifier, client });
    return notifier;
  }

  /** Ends the notifier that was started last as a process that dies does. */
  async kill(): Promise<void> {
    await this.#running.pop()?.client.nc.close();
  }

  /** A channel that is the receiver; gives its secret. */
  async channel(name = "hook"): Promise<string> {
    const to = { kind: "webhook", url: this.receiver.url } as const;
    const names = { channel: name };
    const made = await this.service.control.call("notification.createChannel", names, { to });
    return made.secret ?? "";
  }

  async rule(request: Omit<RuleRequest, "channels">, name = "rule"): Promise<void> {
    const whole = { channels: ["hook"], ...request };
    await this.service.control.call("notification.createRule", { rule: name }, whole);
  }

  /** Resolves once a rule is as far as that. */
  async ruleState(isSo: (state: RuleState) => boolean, name = "rule"): Promise<void> {
    const kv = await new Kvm(this.service.client.nc).open("oxbow_notifying");
    await eventually("the state of the rule", async () => {
      const entry = await kv.get(`rule.${name}`);
      return isSo(entry?.json<RuleState>() ?? { cursors: {}, things: {} }) ? true : undefined;
    });
  }

  /** Resolves once what nobody else keeps is kept for rules. */
  async heard(): Promise<void> {
    await eventually("the stream of what is heard", async () => {
      const { jsm } = this.service.client;
      return jsm.streams.info("OXBOW_NOTIFY_HEARD").catch(() => undefined);
    });
  }

  /** The same, while the notifier looks again and again. */
  async ruleStateAfterLooks(isSo: (state: RuleState) => boolean): Promise<void> {
    await this.ruleState((state) => {
      this.clock.advance(16_000);
      return isSo(state);
    });
  }

  /** Has the notifier look again and again, until it tells something. */
  async lookUntilTold(): Promise<Record<string, unknown>> {
    await eventually("a notification", async () => {
      if (this.receiver.hasMore) return true;
      this.clock.advance(16_000);
      await this.service.client.nc.flush();
      return undefined;
    });
    return this.receiver.nextNotice();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const { notifier, client } of this.#running) {
      await notifier.close();
      await client[Symbol.asyncDispose]();
    }
    await this.#worker.close();
    await this.receiver[Symbol.asyncDispose]();
    await this.service[Symbol.asyncDispose]();
  }
}
