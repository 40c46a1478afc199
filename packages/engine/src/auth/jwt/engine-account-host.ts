import type { Logger } from "@oxbow/base";
import type { AccountOptions } from "../../options/accounts.ts";
import type { Permissions } from "../../options/permissions.ts";
import type { AccountGates } from "../account-gate.ts";
import type { Identity } from "../identity.ts";
import type { AccountClient, AccountHost } from "./account-host.ts";

/** A connection as far as changes of its account concern it. */
export interface AccountConnection {
  /** `undefined` until it is somebody. */
  readonly identity: Identity | undefined;
  readonly isClosed: boolean;
  close(errorText: string): void;
  closeQuietly(reason: string): void;
  setPermissions(permissions: Permissions | undefined): void;
  /** Takes up what its user and account may use now. Returns false if it has more than that. */
  applyLimits(): boolean;
}

/** What an {@link EngineAccountHost} works on. */
export interface EngineAccounts {
  readonly gates: () => AccountGates;
  /** All connections, longest connected first. */
  readonly connections: Iterable<AccountConnection>;
  readonly logger: Logger;
  /** Makes the account if there is none, and tells it what its options say of subjects; returns what is wrong with them. */
  configureSubjects(options: AccountOptions): readonly string[];
  /** Lets the account use JetStream as far as its options say. */
  configureJetStream(options: AccountOptions): void;
}

/** Gives the accounts of an engine the options that the JWTs of operators say. */
export class EngineAccountHost implements AccountHost {
  readonly #engine: EngineAccounts;

  constructor(engine: EngineAccounts) {
    this.#engine = engine;
  }

  configure(options: AccountOptions): void {
    const { logger } = this.#engine;
    const gates = this.#engine.gates();
    gates.setLimits(options.name, options.limits);
    gates.gateOf(options.name).nameTag = options.nameTag ?? "";
    for (const problem of this.#engine.configureSubjects(options)) {
      logger.warn({ account: options.name, problem }, "part of an account left out");
    }
    this.#engine.configureJetStream(options);
    this.#applyLimits(options.name);
  }

  clientsOf(name: string): readonly AccountClient[] {
    return this.#connectionsOf(name).map(
      (connection): AccountClient => ({
        identity: connection.identity as Identity,
        close: (text) => connection.close(text),
        end: () => connection.closeQuietly("Authentication Failure"),
        setPermissions: (permissions) => connection.setPermissions(permissions),
      }),
    );
  }

  /** Those who came last have to go where there are too many now. */
  #applyLimits(name: string): void {
    const { connectionsMax } = this.#engine.gates().gateOf(name).limits;
    let clients = 0;
    for (const connection of this.#connectionsOf(name)) {
      if (connection.identity?.isPartOfProgram !== true) clients++;
      if (connectionsMax >= 0 && clients > connectionsMax) {
        connection.close("maximum account active connections exceeded");
      } else if (!connection.applyLimits()) {
        connection.close("maximum subscriptions exceeded");
      }
    }
  }

  #connectionsOf(name: string): AccountConnection[] {
    return [...this.#engine.connections].filter(
      ({ identity, isClosed }) => identity?.account === name && !isClosed,
    );
  }
}
