import type { Clock, Logger, Random } from "@oxbow/base";
import { engineError } from "../errors.ts";
import type { AccountOptions, MappingOptions } from "../options/accounts.ts";
import type { Account } from "./account.ts";
import type { ImportProblem } from "./account-imports.ts";
import { AccountSharing } from "./account-sharing.ts";
import { domainMappings } from "./domain-mappings.ts";
import type { ActivationCheck } from "./export-access.ts";
import { hashName } from "./name-hash.ts";
import type { RoutingServices } from "./routing-services.ts";
import { ServiceForwarder } from "./service-forwarder.ts";
import { StreamForwarder } from "./stream-forwarder.ts";
import { SubjectMappings } from "./subject-mappings.ts";
import { systemExports, systemImports } from "./system-services.ts";

/** What {@link SubjectSharing} needs of its engine. */
export interface SubjectSharingOptions {
  readonly clock: Clock;
  readonly random: Random;
  readonly logger: Logger;
  readonly serverName: string;
  /** Name of the account of the servers themselves. */
  readonly systemAccount: string;
  /** The JetStream domain. Default: none. */
  readonly domain?: string | undefined;
  /** Whether the activation token of an import holds. Default: none does. */
  readonly isActivated?: ActivationCheck | undefined;
}

/** What of an account's options is about subjects. */
export type SubjectSource = Pick<AccountOptions, "exports" | "imports" | "mappings" | "trace">;

/** An account, and what it is to share. */
export interface SubjectConfiguration {
  readonly account: Account;
  readonly source: SubjectSource;
}

/** Lets the accounts of an engine share subjects: sees to exports, imports and mappings. */
export class SubjectSharing implements RoutingServices {
  readonly clock: Clock;
  readonly random: Random;
  readonly logger: Logger;
  readonly serverName: string;
  readonly serverHash: string;
  readonly isActivated: ActivationCheck | undefined;
  readonly forwarder: ServiceForwarder;
  readonly streamForwarder: StreamForwarder = new StreamForwarder();
  readonly #systemAccountName: string;
  readonly #domainMappings: readonly MappingOptions[];
  readonly #accounts: Map<string, AccountSharing> = new Map();

  constructor(options: SubjectSharingOptions) {
    this.clock = options.clock;
    this.random = options.random;
    this.logger = options.logger;
    this.serverName = options.serverName;
    this.serverHash = hashName(options.serverName);
    this.isActivated = options.isActivated;
    this.#systemAccountName = options.systemAccount;
    this.forwarder = new ServiceForwarder(this);
    this.#domainMappings = options.domain === undefined ? [] : domainMappings(options.domain);
  }

  /** Begins with an account that shares nothing but what all do. The system account comes first. */
  add(account: Account): void {
    const sharing = new AccountSharing(account, this);
    account.sharing = sharing;
    this.#accounts.set(account.name, sharing);
    this.#map(account, []);
    if (account.name === this.#systemAccountName) sharing.exports.replace(systemExports([]));
    else this.#addSystemImports(sharing);
  }

  /** Forgets an account that is no more: nothing comes from it or goes there. */
  remove(account: Account): void {
    const sharing = this.#accounts.get(account.name);
    if (sharing === undefined || sharing.account !== account) return;
    this.#accounts.delete(account.name);
    sharing.imports.clear();
    sharing.exports.replace([]);
    sharing.close();
    this.#revalidate();
  }

  /**
   * Lets several accounts share what their options say, and nothing else. May be called again with other options, for
   * all or some: what stays as it was is not disturbed, and answers under way still get home.
   *
   * @returns What could not be imported, and why.
   * @throws `ENGINE_OPTION_INVALID` with the text of nats-server for exports and mappings that are wrong.
   */
  configure(configurations: readonly SubjectConfiguration[]): ImportProblem[] {
    // All exports first: whether an import is allowed depends on them.
    for (const { account, source } of configurations) {
      const exports = source.exports ?? [];
      const isSystem = account.name === this.#systemAccountName;
      this.#sharing(account).exports.replace(isSystem ? systemExports(exports) : exports);
      account.trace = source.trace;
      this.#map(account, source.mappings ?? []);
    }
    const problems = this.#import(configurations);
    this.#revalidate();
    return problems;
  }

  /** Replaces the imports that have changed. */
  #import(configurations: readonly SubjectConfiguration[]): ImportProblem[] {
    const find = (name: string): AccountSharing | undefined => this.#accounts.get(name);
    const changed = configurations
      .map(({ account, source }) => ({
        sharing: this.#sharing(account),
        wanted: source.imports ?? [],
      }))
      .filter(({ sharing, wanted }) => !sharing.imports.holds(wanted, find));
    // Before new ones are added, so that old ones do not make cycles with them.
    for (const { sharing } of changed) sharing.imports.clear();
    const problems: ImportProblem[] = [];
    for (const kind of ["stream", "service"] as const) {
      for (const { sharing, wanted } of changed) {
        const ofKind = wanted.filter((entry) => entry.kind === kind);
        problems.push(...sharing.imports.addAll(ofKind, find));
      }
    }
    for (const { sharing, wanted } of changed) {
      if (!problems.some((problem) => wanted.includes(problem.wanted))) {
        sharing.imports.remember(wanted);
      }
      if (sharing.account.name !== this.#systemAccountName) this.#addSystemImports(sharing);
    }
    return problems;
  }

  /** Its own mappings, and those of the JetStream domain, if the server has one. */
  #map(account: Account, own: readonly MappingOptions[]): void {
    const isSystem = account.name === this.#systemAccountName;
    const mappings = isSystem ? own : [...this.#domainMappings, ...own];
    account.mappings =
      mappings.length === 0 ? undefined : new SubjectMappings(mappings, this.random);
  }

  systemAccount(): Account {
    return this.#sharingOf(this.#systemAccountName).account;
  }

  /** Stops all timers. */
  close(): void {
    for (const sharing of this.#accounts.values()) sharing.close();
  }

  /** What has been granted may have changed for anybody. */
  #revalidate(): void {
    for (const sharing of this.#accounts.values()) sharing.imports.revalidate();
  }

  #addSystemImports(sharing: AccountSharing): void {
    const system = this.#sharingOf(this.#systemAccountName);
    for (const { options, offer } of systemImports(sharing.account.name, system.account.name)) {
      const service = system.exports.service(offer);
      if (service === undefined) continue;
      const problem = sharing.imports.add(options, system, service);
      if (problem === undefined) continue;
      this.logger.debug({ account: sharing.account.name, problem }, "system import left out");
    }
  }

  #sharing(account: Account): AccountSharing {
    return this.#sharingOf(account.name);
  }

  #sharingOf(name: string): AccountSharing {
    const sharing = this.#accounts.get(name);
    if (sharing === undefined) {
      throw engineError("ENGINE_OPTION_INVALID", `there is no account ${JSON.stringify(name)}`);
    }
    return sharing;
  }
}
