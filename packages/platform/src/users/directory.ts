import {
  defaultTenant,
  ownerOf,
  readTenantDocument,
  readUserDocument,
  type TenantDocument,
  tenantKeys,
  type UserDocument,
  userKeys,
} from "./documents.ts";
import { permissionsOf, type UserPermissions } from "./permissions.ts";
import { loginOf } from "./user.ts";

/** A user as Oxbow's engine takes it. */
export interface AccountUser {
  readonly user: string;
  /** A hash; empty for none. */
  readonly password: string;
  readonly isKeyOnly: boolean;
  readonly accessKeys: readonly {
    readonly id: string;
    readonly digest: string;
    readonly expiresAtMs?: number;
  }[];
  readonly expiresAtMs?: number;
  readonly permissions: UserPermissions;
}

/** A tenant as Oxbow's engine takes it. */
export interface TenantAccount {
  readonly name: string;
  readonly users: readonly AccountUser[];
  readonly limits: { readonly connectionsMax: number };
  readonly jetstream: {
    readonly streamsMax: number;
    readonly consumersMax: number;
    readonly storageBytesMax: number;
    readonly memoryBytesMax: number;
  };
  readonly messagesPerSecondMax?: number;
}

/** The account of everybody who is given no other. */
const globalAccount = "$G";

/** The account that a tenant is. */
export function accountOfTenant(tenant: string): string {
  return tenant === defaultTenant ? globalAccount : tenant;
}

/** The tenant that an account is. */
export function tenantOfAccount(account: string): string {
  return account === globalAccount ? defaultTenant : account;
}

/**
 * All tenants and users, from the entries of their bucket, as accounts of the engine. What can't be read lets nobody in: a
 * user of which nobody knows what it may do may do nothing.
 */
export class Directory {
  readonly #tenants: Map<string, TenantDocument> = new Map();
  readonly #users: Map<string, Map<string, AccountUser>> = new Map();

  /**
   * Takes up an entry, or that it is gone.
   *
   * @returns What is wrong with it.
   */
  take(key: string, text: string | undefined): Error | undefined {
    try {
      if (key.startsWith(userKeys)) this.#takeUser(key, text);
      else if (key.startsWith(tenantKeys)) this.#takeTenant(key, text);
      return undefined;
    } catch (error) {
      return error as Error;
    }
  }

  /** The accounts of all tenants, the default one first. Users of a tenant that there is not are left out. */
  accounts(): TenantAccount[] {
    const names = [...this.#tenants.keys()].filter((name) => name !== defaultTenant);
    const accounts = [defaultTenant, ...names].map((name) => this.#account(name));
    return withoutSharedKeys(accounts);
  }

  #account(tenant: string): TenantAccount {
    const document = this.#tenants.get(tenant);
    const { messagesPerSecondMax = null } = document ?? {};
    return {
      name: accountOfTenant(tenant),
      users: [...(this.#users.get(tenant)?.values() ?? [])],
      limits: { connectionsMax: document?.connectionsMax ?? -1 },
      jetstream: {
        streamsMax: document?.streamsMax ?? -1,
        consumersMax: document?.consumersMax ?? -1,
        storageBytesMax: document?.storageBytesMax ?? -1,
        memoryBytesMax: document?.memoryBytesMax ?? -1,
      },
      ...(messagesPerSecondMax !== null && { messagesPerSecondMax }),
    };
  }

  #takeTenant(key: string, text: string | undefined): void {
    const name = key.slice(tenantKeys.length);
    // Its quotas are not known any more; without it, it has none, and its users are kept out.
    this.#tenants.delete(name);
    if (text !== undefined) this.#tenants.set(name, readTenantDocument(key, text));
  }

  #takeUser(key: string, text: string | undefined): void {
    const { tenant, name } = ownerOf(key);
    const users = this.#users.get(tenant) ?? new Map<string, AccountUser>();
    this.#users.set(tenant, users);
    users.delete(name);
    if (text === undefined) return;
    const document = readUserDocument(key, text);
    if (!document.isDisabled) users.set(name, accountUser(loginOf(tenant, name), document));
  }
}

/** A key is that of one user: one that two documents have, since somebody has copied one of them, is nobody's. */
function withoutSharedKeys(accounts: readonly TenantAccount[]): TenantAccount[] {
  const counts = new Map<string, number>();
  const keys = accounts.flatMap(({ users }) => users.flatMap(({ accessKeys }) => accessKeys));
  for (const { id } of keys) counts.set(id, (counts.get(id) ?? 0) + 1);
  if (counts.size === keys.length) return [...accounts];
  const isOwn = ({ id }: { readonly id: string }): boolean => counts.get(id) === 1;
  return accounts.map((account) => ({
    ...account,
    users: account.users.map((user) => ({ ...user, accessKeys: user.accessKeys.filter(isOwn) })),
  }));
}

function accountUser(user: string, document: UserDocument): AccountUser {
  const { password, keys, expiresAt } = document;
  return {
    user,
    password: password ?? "",
    isKeyOnly: password === null,
    accessKeys: keys.map(({ id, digest, expiresAt: keyExpiresAt }) => ({
      ...{ id, digest },
      ...expiryOf(keyExpiresAt),
    })),
    ...expiryOf(expiresAt),
    permissions: permissionsOf(document),
  };
}

/** A time that can't be read has passed. */
function expiryOf(time: string | null): { readonly expiresAtMs?: number } {
  if (time === null) return {};
  const ms = Date.parse(time);
  return { expiresAtMs: Number.isNaN(ms) ? 0 : ms };
}
