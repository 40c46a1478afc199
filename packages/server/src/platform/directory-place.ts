import type { NatsConnection } from "@nats-io/nats-core";
import type { Engine } from "@oxbow/engine";
import {
  type AccountPlace,
  accountOfTenant,
  defaultTenant,
  type OwnPassword,
  tenantOfAccount,
} from "@oxbow/platform";
import type { TenantUse } from "oxbow/control";
import type { AccountsInForce } from "../accounts/account-supervisor.ts";
import { connectInProcess } from "../accounts/connect-in-process.ts";
import { usesOf } from "./tenant-uses.ts";

/** What this is called among the connections of the server. */
const user = "oxbow-accounts";

/** Tenants and users for the platform of an account: in the bucket of the server, whatever account it is. */
export class DirectoryPlace implements AccountPlace {
  readonly tenant: string;
  readonly #engine: Engine;
  readonly #accounts: AccountsInForce;
  #connection: Promise<NatsConnection> | undefined = undefined;
  #isClosed = false;

  constructor(engine: Engine, account: string, accounts: AccountsInForce) {
    this.tenant = tenantOfAccount(account);
    this.#engine = engine;
    this.#accounts = accounts;
  }

  async connect(): Promise<NatsConnection> {
    const open = await this.#connection?.catch(() => undefined);
    if (this.#isClosed) throw new Error("the platform is being closed");
    if (open !== undefined && !open.isClosed()) return open;
    const account = accountOfTenant(defaultTenant);
    this.#connection = connectInProcess(this.#engine, { user, account });
    return this.#connection;
  }

  applied(revision: number): Promise<void> {
    return this.#accounts.applied(revision);
  }

  isConfigured(login: string): boolean {
    return this.#accounts.isConfigured(login);
  }

  ownPassword(login: string): OwnPassword | undefined {
    return this.#accounts.ownPassword(login);
  }

  usesOf(tenants: readonly string[]): TenantUse[] {
    return usesOf(this.#engine, tenants);
  }

  connectTo(tenant: string): Promise<NatsConnection> {
    return connectInProcess(this.#engine, { user, account: accountOfTenant(tenant) });
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    await (await this.#connection?.catch(() => undefined))?.close();
  }
}
