import type { Clock, Logger, Random, Timer } from "@oxbow/base";
import { engineError } from "../../errors.ts";
import { Sender } from "../../jetstream/sender.ts";
import type { OperatorOptions } from "../../options/authorization.ts";
import type { Account } from "../../routing/account.ts";
import type { ActivationCheck } from "../../routing/export-access.ts";
import type { Callout } from "../callout/callout.ts";
import { ClaimedCallout } from "../callout/operator-callout.ts";
import { accountClaims } from "./account-claims.ts";
import type { AccountHost } from "./account-host.ts";
import { ClaimedAccounts } from "./claimed-accounts.ts";
import { ClaimsExchange } from "./claims-exchange.ts";
import { ClaimsService } from "./claims-service.ts";
import { decodeJwt } from "./decode.ts";
import { isDeepEqual } from "./deep-equal.ts";
import { OperatorAuthorizer, type OperatorRules } from "./operator-authorizer.ts";
import { OperatorTrust } from "./operator-trust.ts";
import { validateAccount } from "./validate-account.ts";

/** What operator mode uses of its engine. */
export interface OperatorServices {
  readonly clock: Clock;
  readonly random: Random;
  readonly logger: Logger;
  readonly host: AccountHost;
  readonly callout: Callout;
  /** What this server says it is, `major.minor.update`. */
  readonly serverVersion: string;
  readonly trustedProxies: readonly string[];
  account(name: string): Account;
  /** What answers in the system account say about this server. */
  describeServer(): Readonly<Record<string, unknown>>;
}

/** How often a system account that is not to be found is looked for. */
const retryMs = 1_000;

/** Accounts and users as the JWTs of operators say it. */
export class OperatorMode {
  readonly authorizer: OperatorAuthorizer;
  readonly accounts: ClaimedAccounts;
  readonly trust: OperatorTrust;
  #options: OperatorOptions;
  readonly #rules: OperatorRules;
  readonly #services: OperatorServices;
  /** Whether an activation token holds. */
  readonly isActivated: ActivationCheck;
  #exchange: ClaimsExchange | undefined = undefined;
  #retry: Timer | undefined = undefined;

  /** @throws `ENGINE_OPTION_INVALID` with the text of nats-server. */
  constructor(options: OperatorOptions, services: OperatorServices) {
    this.#options = options;
    this.#services = services;
    this.trust = new OperatorTrust(options, services.serverVersion);
    this.accounts = new ClaimedAccounts(this.trust, (key) => this.#fetch(key), services);
    this.#rules = {
      trust: this.trust,
      accounts: this.accounts,
      pinnedAccounts: this.#pinned(options),
      defaultSentinel: options.defaultSentinel ?? "",
      trustedProxies: services.trustedProxies,
      callout: new ClaimedCallout(services.callout, this.accounts, services.clock),
    };
    this.authorizer = new OperatorAuthorizer(this.#rules, services);
    this.isActivated = (...about) => this.accounts.activations.holds(...about);
  }

  /**
   * Takes the accounts of the configuration, finds the system account, and begins to answer requests about claims.
   *
   * @throws `ENGINE_OPTION_INVALID`; the errors of the resolver.
   */
  async start(): Promise<void> {
    const { resolver } = this.#options;
    resolver.watch?.((key, jwt) => this.#onChanged(key, jwt));
    await this.#preload();
    const { systemAccount } = this.trust;
    if (systemAccount === undefined) {
      this.#services.logger.warn({}, "Trusted Operators should utilize a System Account");
      return;
    }
    await this.#findSystemAccount(systemAccount);
    this.#startExchange(this.#services.account(systemAccount));
  }

  #startExchange(systemAccount: Account): void {
    const { clock, random, logger } = this.#services;
    const { resolver } = this.#options;
    const sender = new Sender(systemAccount);
    const exchange = new ClaimsExchange({ clock, random, logger, resolver, systemAccount, sender });
    this.#exchange = exchange;
    exchange.start();
    new ClaimsService({
      nowMs: () => clock.nowMs(),
      logger,
      trust: this.trust,
      accounts: this.accounts,
      resolver,
      systemAccount,
      sender,
      exchange,
      describeServer: () => this.#services.describeServer(),
    }).start();
  }

  /** Looks up a JWT here, and then elsewhere. */
  async #fetch(accountKey: string): Promise<string | undefined> {
    const { resolver } = this.#options;
    const own = await resolver.fetch(accountKey);
    if (own !== undefined) return own;
    const jwt = await this.#exchange?.lookUp(accountKey);
    if (jwt !== undefined) await resolver.preload?.({ accountKey, jwt });
    return jwt;
  }

  /**
   * Gets ready to take up other options: the accounts that a memory resolver knows, pinned accounts, and who those are
   * that show no JWT. Other resolvers read again what they keep.
   *
   * @returns What brings them into force.
   * @throws `ENGINE_OPTION_INVALID` where something else has changed.
   */
  prepareReload(after: OperatorOptions, trustedProxies: readonly string[]): () => Promise<void> {
    const before = this.#options;
    const trust = new OperatorTrust(after, this.#services.serverVersion);
    const problem =
      (!isDeepEqual(before.operators, after.operators) && "TrustedOperators") ||
      (!isDeepEqual(before.trustedKeys, after.trustedKeys) && "TrustedKeys") ||
      (trust.systemAccount !== this.trust.systemAccount && "SystemAccount") ||
      (before.resolver.kind !== after.resolver.kind && "AccountResolver");
    if (problem !== false) {
      throw engineError("ENGINE_OPTION_INVALID", `config reload not supported for ${problem}`);
    }
    this.#checkPreload(after);
    return async () => {
      this.#rules.trustedProxies = trustedProxies;
      await this.#reload(after);
    };
  }

  async #reload(after: OperatorOptions): Promise<void> {
    const { resolver, preload = {} } = this.#options;
    this.#rules.pinnedAccounts = this.#pinned(after);
    this.#rules.defaultSentinel = after.defaultSentinel ?? "";
    if (resolver.kind === "memory") {
      this.#options = after;
      for (const key of Object.keys(preload)) await after.resolver.remove?.(key);
      await this.#preload();
      await this.accounts.refresh();
      return;
    }
    this.#options = { ...after, resolver };
    if (after.resolver !== resolver) await after.resolver.close();
    await resolver.reload?.();
  }

  #pinned({ pinnedAccounts = [] }: OperatorOptions): ReadonlySet<string> | undefined {
    if (pinnedAccounts.length === 0) return undefined;
    const { systemAccount } = this.trust;
    return new Set(
      systemAccount === undefined ? pinnedAccounts : [...pinnedAccounts, systemAccount],
    );
  }

  async close(): Promise<void> {
    this.#retry?.cancel();
    this.#exchange?.stop();
    this.accounts.close();
    await this.#options.resolver.close();
  }

  async #preload(): Promise<void> {
    const { resolver, preload = {} } = this.#options;
    this.#checkPreload(this.#options);
    for (const [accountKey, jwt] of Object.entries(preload)) {
      try {
        await resolver.preload?.({ accountKey, jwt });
      } catch (error) {
        // As nats-server sees it: the account is then the one that is kept already.
        const problem = error instanceof Error ? error.message : String(error);
        this.#services.logger.warn({ account: accountKey, problem }, "preloaded account not kept");
      }
    }
  }

  #checkPreload({ resolver, preload = {} }: OperatorOptions): void {
    const entries = Object.entries(preload);
    if (entries.length > 0 && resolver.preload === undefined) {
      throw engineError(
        "ENGINE_OPTION_INVALID",
        "resolver preloads only available for writeable resolver types MEM/DIR/CACHE_DIR",
      );
    }
    for (const [accountKey, jwt] of entries) {
      const decoded = decodeJwt(jwt, accountClaims);
      if (!decoded.ok) {
        const key = JSON.stringify(accountKey);
        throw engineError(
          "ENGINE_OPTION_INVALID",
          `preload account error for ${key}: ${decoded.problem}`,
        );
      }
      const { issues, blocking } = validateAccount(decoded.claims, this.#services.clock.nowMs());
      if (blocking === undefined) continue;
      const fields = { account: accountKey, issues: issues.map(({ text }) => text) };
      this.#services.logger.warn(fields, "preloaded account has validation issues");
    }
  }

  /**
   * Where accounts are kept outside of the configuration, a system account that is not there yet gets a stand-in: its
   * administrator comes with it and pushes the real one.
   */
  async #findSystemAccount(key: string): Promise<void> {
    const found = await this.accounts.find(key);
    if (found.ok) return;
    const { operators } = this.trust;
    const [operator] = operators;
    if (this.#options.resolver.kind === "memory" || operators.length !== 1 || !operator) {
      throw engineError(
        "ENGINE_OPTION_INVALID",
        `error resolving system account: ${found.problem}`,
      );
    }
    this.#services.logger.info({ account: key }, "Using bootstrapping system account");
    this.accounts.standIn(key, operator.sub);
    this.#retryLater(key);
  }

  #retryLater(key: string): void {
    this.#retry = this.#services.clock.setTimer(retryMs, () => {
      this.#tryAgain(key).catch((error: unknown) => {
        this.#services.logger.debug({ account: key, error }, "system account not found yet");
        this.#retryLater(key);
      });
    });
  }

  async #tryAgain(key: string): Promise<void> {
    if (this.accounts.get(key)?.jwt !== "") return;
    const jwt = await this.#fetch(key);
    if (jwt === undefined || this.accounts.update(key, jwt) !== undefined) this.#retryLater(key);
    else this.#services.logger.info({ account: key }, "System account fetched and updated");
  }

  #onChanged(key: string, jwt: string | undefined): void {
    if (jwt === undefined) {
      this.accounts.remove(key);
      return;
    }
    if (!this.accounts.has(key)) return;
    const problem = this.accounts.update(key, jwt);
    if (problem === undefined) return;
    this.#services.logger.error({ account: key, problem }, "update of account failed");
  }
}
