import { Histogram, type Host } from "@oxbow/base";
import type { LogStore } from "@oxbow/log";
import type { JetStreamOptions } from "../engine-options.ts";
import type { Account } from "../routing/account.ts";
import { accountKey } from "./account-key.ts";
import type { AccountJetStream, ReservedElsewhere } from "./account-limits.ts";
import { DisabledApi } from "./api/disabled-api.ts";
import { SystemApi } from "./api/system-api.ts";
import { IngestRoom } from "./ingest/ingest-room.ts";
import { JetStream, type SharedJetStream } from "./jetstream.ts";
import type { JetStreamServer } from "./services.ts";
import { StorageRoom } from "./storage-room.ts";
import type { Stream } from "./stream/stream.ts";

/** What the JetStreams of a server need. */
export interface JetStreamsParts {
  readonly host: Pick<Host, "clock" | "random" | "logger">;
  readonly store: LogStore;
  readonly server: JetStreamServer;
  readonly options: JetStreamOptions;
  /** The account of the servers, if there is one. */
  readonly systemAccount?: Account | undefined;
  /** Bytes of a message, headers included. */
  readonly payloadMax: number;
}

/** The JetStreams of the accounts of a server, over one store. An account without one is told so by its API. */
export class JetStreams {
  readonly #parts: JetStreamsParts;
  readonly #shared: SharedJetStream;
  readonly #open: Map<string, JetStream> = new Map();
  /** The last change of each account that is under way. */
  readonly #changes: Map<string, Promise<void>> = new Map();
  readonly #disabled: Map<string, DisabledApi | SystemApi> = new Map();
  #isClosed = false;

  constructor(parts: JetStreamsParts) {
    const { options, payloadMax, store, systemAccount } = parts;
    this.#parts = parts;
    this.#shared = {
      options,
      ingest: new IngestRoom({ ...options, payloadMax }),
      systemAccount,
      room: new StorageRoom(options, () => this.#streams()),
      reservedElsewhere: (account) => this.#reservedElsewhere(account),
    };
    store.listener = {
      onCommitted: () => this.#onCommitted(),
      onFailed: (error) => this.#onFailed(error),
      onRelieved: () => this.#forEach((jetstream) => jetstream.relieve()),
    };
  }

  /**
   * How long publishers waited for acknowledgements of what had to be durable first: for all of a commit as long as its
   * first one did.
   */
  readonly ackTimes: Histogram = new Histogram();

  /** By name of their accounts. */
  get accounts(): ReadonlyMap<string, JetStream> {
    return this.#open;
  }

  /** Names of accounts that the store holds streams of, in the form they have in keys. */
  get storedAccountKeys(): ReadonlySet<string> {
    const keys = this.#parts.store.states.map(({ key }) => key.split("/"));
    return new Set(keys.flatMap(([kind, account]) => (kind === "stream" ? [account ?? ""] : [])));
  }

  /**
   * Gives an account its JetStream, with what the store holds of it, or other limits if it has one; without `allowed` its
   * streams and consumers end, what is stored stays for when they are allowed again, and the account is told that it has
   * none, unless it takes it from another one (`importsIt`). Changes of one account happen one after the other.
   */
  configure(
    account: Account,
    allowed: AccountJetStream | undefined,
    importsIt = false,
  ): Promise<void> {
    return this.#inTurn(account.name, () => this.#configure(account, allowed, importsIt));
  }

  /** The same for an account that is no more: there is nobody to be told. */
  forget(account: Account): Promise<void> {
    return this.#inTurn(account.name, async () => {
      await this.#end(account.name);
      this.#dropDisabled(account.name);
    });
  }

  #inTurn(name: string, change: () => Promise<void>): Promise<void> {
    const before = this.#changes.get(name);
    const result = before === undefined ? change() : before.then(change);
    const settled = result
      .catch(() => undefined)
      .finally(() => {
        if (this.#changes.get(name) === settled) this.#changes.delete(name);
      });
    this.#changes.set(name, settled);
    return result;
  }

  async #configure(
    account: Account,
    allowed: AccountJetStream | undefined,
    importsIt: boolean,
  ): Promise<void> {
    const { name } = account;
    if (allowed === undefined) {
      await this.#end(name);
      if (importsIt) this.#dropDisabled(name);
      else if (!this.#isClosed && !this.#disabled.has(name)) {
        this.#disabled.set(name, this.#makeDisabled(account));
      }
      return;
    }
    const present = this.#open.get(name);
    if (present !== undefined) {
      present.allow(allowed);
      return;
    }
    const { host, store, server } = this.#parts;
    const { clock, random, logger } = host;
    const shared = this.#shared;
    const jetstream = new JetStream({
      account,
      clock,
      random,
      logger,
      store,
      server,
      allowed,
      shared,
    });
    this.#open.set(name, jetstream);
    await jetstream.open();
    this.#dropDisabled(name);
    if (this.#isClosed) jetstream.close();
  }

  /** Takes up other bounds; what there is stays. */
  setLimits(options: JetStreamOptions): void {
    const { ingest, room } = this.#shared;
    this.#shared.options = options;
    ingest.limits = { ...ingest.limits, batch: options.batch };
    room.setLimits(options);
  }

  /** Tells who waits for messages that there will be none from here. */
  announceShutdown(): void {
    this.#forEach((jetstream) => jetstream.announceShutdown());
  }

  /** Ends all of them; what is stored stays. */
  close(): void {
    this.#isClosed = true;
    this.#forEach((jetstream) => jetstream.close());
    for (const api of this.#disabled.values()) api.close();
    this.#disabled.clear();
  }

  /** Whether streams of the account are in the store. */
  hasStored(account: string): boolean {
    return this.storedAccountKeys.has(accountKey(account));
  }

  /** Ends the JetStream of an account, once those who published have their acknowledgements. */
  async #end(name: string): Promise<void> {
    const present = this.#open.get(name);
    if (present === undefined) return;
    await this.#parts.store.durable().catch(() => undefined);
    this.#open.delete(name);
    if (!this.#isClosed) present.retire();
  }

  #dropDisabled(name: string): void {
    this.#disabled.get(name)?.close();
    this.#disabled.delete(name);
  }

  #makeDisabled(account: Account): DisabledApi | SystemApi {
    const isSystem = account === this.#parts.systemAccount;
    return isSystem ? new SystemApi(account) : new DisabledApi(account);
  }

  #onCommitted(): void {
    let count = 0;
    for (const jetstream of this.#open.values()) count += jetstream.onCommitted();
    if (count === 0) return;
    const { host, store } = this.#parts;
    this.ackTimes.observe(host.clock.monotonicMs() - store.settledSinceMs, count);
  }

  #onFailed({ cause }: Error): void {
    this.#forEach((jetstream) => jetstream.onFailed());
    if ((cause as { code?: unknown } | undefined)?.code !== "ENOSPC") return;
    // One of them speaks for the server.
    const [first] = this.#open.values();
    first?.services.advisories.outOfStorage(this.#parts.server.id);
  }

  #forEach(run: (jetstream: JetStream) => void): void {
    for (const jetstream of this.#open.values()) run(jetstream);
  }

  *#streams(): Iterable<Stream> {
    for (const jetstream of this.#open.values()) yield* jetstream.streams.values();
  }

  #reservedElsewhere(account: string): ReservedElsewhere {
    let memory = 0;
    let storage = 0;
    for (const [name, jetstream] of this.#open) {
      if (name === account) continue;
      const { memoryReserved, storageReserved } = jetstream.usage();
      memory += memoryReserved;
      storage += storageReserved;
    }
    return { memory, storage };
  }
}
