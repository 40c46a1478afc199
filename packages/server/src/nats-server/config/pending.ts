import type { EngineOptions } from "@oxbow/engine";
import type { Findings } from "./findings.ts";

/** A construct the language has and the engine does not carry out yet. */
interface Pending {
  readonly construct: string;
  isUsed(options: EngineOptions): boolean;
}

/**
 * What is refused rather than passed over in silence. An entry goes in the commit that gives the engine the behaviour.
 */
const pending: readonly Pending[] = [
  { construct: "tls", isUsed: ({ tls }) => tls !== undefined },
  { construct: "proxy_protocol", isUsed: ({ proxyProtocol }) => proxyProtocol === true },
  {
    construct: "a user's nkey",
    isUsed: (options) => users(options).some(({ nkey }) => nkey !== undefined),
  },
  {
    construct: "a user's permissions",
    isUsed: (options) =>
      defaultPermissions(options) !== undefined ||
      users(options).some(({ permissions }) => permissions !== undefined),
  },
  {
    construct: "allowed_connection_types",
    isUsed: (options) =>
      users(options).some(({ connectionTypes }) => connectionTypes !== undefined),
  },
  {
    construct: "proxy_required",
    isUsed: (options) => users(options).some(({ proxyRequired }) => proxyRequired === true),
  },
  {
    construct: "a hashed password",
    isUsed: (options) => users(options).some(({ password }) => /^\$2[abxy]\$/.test(password)),
  },
  { construct: "accounts", isUsed: ({ accounts = [] }) => accounts.length > 0 },
  { construct: "mappings", isUsed: ({ mappings = [] }) => mappings.length > 0 },
  {
    construct: "no_auth_user",
    isUsed: ({ auth }) =>
      auth !== undefined && "noAuthUser" in auth && auth.noAuthUser !== undefined,
  },
  {
    construct: "jetstream domain",
    isUsed: ({ jetstream }) => jetstream?.domain !== undefined,
  },
];

export function refusePending(options: EngineOptions, findings: Findings): void {
  for (const { construct, isUsed } of pending) {
    if (isUsed(options)) findings.error(undefined, `${construct}: not supported: take it out`);
  }
}

function users({ auth }: EngineOptions): NonNullable<UsersOf<EngineOptions["auth"]>> {
  return auth?.mode === "users" ? auth.users : [];
}

function defaultPermissions({ auth }: EngineOptions): unknown {
  return auth?.mode === "users" ? auth.defaultPermissions : undefined;
}

type UsersOf<Auth> = Auth extends { readonly users: infer Users } ? Users : never;
