import type { Clock, Logger } from "@oxbow/base";
import type { Engine } from "@oxbow/engine";
import type { AccountsInForce } from "../accounts/account-supervisor.ts";
import type { ServerTracing } from "../tracing/server-tracing.ts";
import type { NotifyOptions } from "./account-notifier.ts";
import { AccountPlatform } from "./account-platform.ts";

/** The platforms of an engine, one for each account that has JetStream. */
export class Platforms {
  readonly #engine: Engine;
  readonly #clock: Clock;
  readonly #logger: Logger;
  readonly #accounts: AccountsInForce | undefined;
  readonly #notify: NotifyOptions;
  readonly #tracing: ServerTracing | undefined;
  readonly #platforms: Map<string, AccountPlatform> = new Map();
  #isOver = false;

  private constructor(
    engine: Engine,
    clock: Clock,
    logger: Logger,
    accounts: AccountsInForce | undefined,
    notify: NotifyOptions,
    tracing: ServerTracing | undefined,
  ) {
    this.#tracing = tracing;
    this.#notify = notify;
    this.#engine = engine;
    this.#clock = clock;
    this.#logger = logger;
    this.#accounts = accounts;
  }

  /**
   * Opens them, while nobody can come in by a port yet: what stations demand holds for the first message.
   *
   * @param accounts - Puts tenants and users in force; without it, they are refused.
   * @param notify - What the operator says about notifications; by default, they go to public addresses only.
   * @param tracing - Writes down what they do.
   * @throws What keeps one of them from being opened that must be
   */
  static async open(
    engine: Engine,
    clock: Clock,
    logger: Logger,
    accounts?: AccountsInForce,
    notify: NotifyOptions = { allowed: [], dataDirectory: undefined },
    tracing?: ServerTracing,
  ): Promise<Platforms> {
    const platforms = new Platforms(engine, clock, logger, accounts, notify, tracing);
    try {
      await platforms.takeUp();
    } catch (error) {
      platforms.destroy();
      throw error;
    }
    return platforms;
  }

  /**
   * Opens those of accounts that have come, and ends those of accounts that are gone.
   *
   * @throws What keeps one of them from being opened that must be
   */
  async takeUp(): Promise<void> {
    if (this.#isOver) return;
    const names = new Set(this.#engine.jetstreams.map(({ services }) => services.account.name));
    for (const [account, platform] of this.#platforms) {
      if (names.has(account)) continue;
      this.#platforms.delete(account);
      await platform.close();
    }
    for (const account of names) {
      if (this.#platforms.has(account)) continue;
      const [engine, clock, logger] = [this.#engine, this.#clock, this.#logger];
      const platform = new AccountPlatform({
        ...{ engine, account, clock, logger },
        accounts: this.#accounts,
        notify: this.#notify,
        tracing: this.#tracing,
      });
      this.#platforms.set(account, platform);
      await platform.open();
    }
  }

  /** Whether requests of all of them are answered, or would be. */
  get isWell(): boolean {
    for (const platform of this.#platforms.values()) if (!platform.isWell) return false;
    return true;
  }

  /** Ends them in order. To be called before the engine is closed. */
  async close(): Promise<void> {
    this.#isOver = true;
    await Promise.all([...this.#platforms.values()].map((platform) => platform.close()));
  }

  /** Ends them at once. */
  destroy(): void {
    this.#isOver = true;
    for (const platform of this.#platforms.values()) platform.destroy();
  }
}
