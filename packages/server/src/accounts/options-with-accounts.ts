import type { AccountOptions, AuthOptions, EngineOptions } from "@oxbow/engine";
import type { TenantAccount } from "@oxbow/platform";

/** Who somebody without credentials is, on a server that asks for none. No user can be called that. */
export const guestName = "$guest";

/** What an engine is told of tenants and users, on top of its configuration. */
export interface AccountsOnTop {
  readonly accounts: readonly TenantAccount[];
  /** Secret of the guest, which nobody is told. */
  readonly guestPassword: string;
}

/**
 * The options of an engine with tenants and users. Where the configuration demands credentials, they are demanded still;
 * where it does not, who shows none may do everything in `$G`, as before, and who shows some is asked whether they are
 * right, also once there are no users any more: one that was taken out is not to come back as anybody. Users of the
 * configuration win over others of the same name.
 */
export function optionsWithAccounts(
  options: EngineOptions,
  { accounts, guestPassword }: AccountsOnTop,
): EngineOptions {
  const { auth = { mode: "none" } } = options;
  const taken = new Set(auth.mode === "users" ? auth.users.map(({ user }) => user) : []);
  const hasJetStream = options.jetstream?.enabled ?? true;
  return {
    ...options,
    auth: withGuest(auth, guestPassword),
    accounts: accounts.map((account) => accountOptions(account, taken, hasJetStream)),
  };
}

function withGuest(auth: AuthOptions, password: string): AuthOptions {
  if (auth.mode !== "none") return auth;
  return { mode: "users", users: [{ user: guestName, password }], noAuthUser: guestName };
}

function accountOptions(
  { limits, jetstream, users, ...account }: TenantAccount,
  taken: ReadonlySet<string>,
  hasJetStream: boolean,
): AccountOptions {
  return {
    ...account,
    users: users.filter(({ user }) => !taken.has(user)),
    limits,
    jetstream: hasJetStream ? jetstream : false,
  };
}
