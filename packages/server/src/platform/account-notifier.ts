import { statfs } from "node:fs/promises";
import { jetstreamManager } from "@nats-io/jetstream";
import { Kvm } from "@nats-io/kv";
import type { NatsConnection } from "@nats-io/nats-core";
import type { Clock, Logger } from "@oxbow/base";
import type { Engine } from "@oxbow/engine";
import { notificationsBucketStream } from "@oxbow/platform";
import type { DiskUse, Notifier } from "@oxbow/platform/notifications";
import type { ServerTracing } from "../tracing/server-tracing.ts";

/** What the operator of the server says about notifications. */
export interface NotifyOptions {
  /** Addresses and networks that are not public, and that notifications may go to all the same. */
  readonly allowed: readonly string[];
  /** Where the data is; `undefined` if it is in memory only. */
  readonly dataDirectory: string | undefined;
}

/** What a notifier works with. */
export interface NotifierPlace {
  readonly connection: NatsConnection;
  readonly engine: Engine;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly options: NotifyOptions;
  /** Writes down what is sent; `undefined` for nothing. */
  readonly tracing: ServerTracing | undefined;
}

/** What sends the notifications of an account: loaded with its first rule, and at the start if there is one. */
export class AccountNotifier {
  readonly #place: NotifierPlace;
  #running: Promise<Notifier> | undefined;

  constructor(place: NotifierPlace) {
    this.#place = place;
  }

  /** Starts it if there is a rule. */
  async startIfNeeded(): Promise<void> {
    const { connection } = this.#place;
    const { streams } = await jetstreamManager(connection);
    for await (const name of streams.names()) {
      if (name !== notificationsBucketStream) continue;
      const kv = await new Kvm(connection).open("oxbow_notifications", { allow_direct: false });
      for await (const _ of await kv.keys("rule.>")) {
        await this.start();
        return;
      }
    }
  }

  /** Resolves once the rules that there are hold. What goes wrong is tried again with the next rule. */
  async start(): Promise<void> {
    this.#running ??= this.#start();
    await this.#running.catch((error: Error) => {
      this.#running = undefined;
      this.#place.logger.error({ error: error.message }, "no notifications are sent");
    });
  }

  async close(): Promise<void> {
    await (await this.#running?.catch(() => undefined))?.close();
  }

  async #start(): Promise<Notifier> {
    const { connection, engine, clock, logger, options, tracing } = this.#place;
    const { allowed, dataDirectory } = options;
    const { AddressGuard, Notifier } = await import("@oxbow/platform/notifications");
    return Notifier.start(connection, {
      clock,
      guard: new AddressGuard({ allowed }),
      // The store has one server at a time.
      holder: "server",
      tracing: () => tracing?.current,
      onProblem: (problem) => logger.warn({ error: String(problem) }, "a notification has to wait"),
      probes: {
        health: () => engine.storeFailure?.message,
        ...(dataDirectory !== undefined && { disk: () => diskUse(dataDirectory) }),
      },
    });
  }
}

/** As users may use it: what is kept for root is used. */
async function diskUse(directory: string): Promise<DiskUse> {
  const { bsize, blocks, bavail, bfree } = await statfs(directory);
  const usableBlocks = blocks - (bfree - bavail);
  return { usedBytes: (blocks - bfree) * bsize, sizeBytes: usableBlocks * bsize };
}
