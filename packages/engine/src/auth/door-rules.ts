import { engineError } from "../errors.ts";
import type { ConnectionType } from "../options/permissions.ts";
import { CertificateUsers } from "./certificate-user.ts";
import type { DoorPolicy } from "./identity.ts";
import type { Password, Passwords } from "./password.ts";
import type { SecurityOptions } from "./security-options.ts";
import { type KnownUser, UserTable } from "./user-table.ts";
import { globalAccountName } from "./verdicts.ts";

/** Who may come in by a door. */
export interface DoorRules {
  readonly policy: DoorPolicy;
  readonly users: UserTable;
  /** Set where the client's certificate says who it is. */
  readonly certificates: CertificateUsers<KnownUser> | undefined;
  /** Name or nkey of who somebody without credentials is; `""` for nobody. */
  readonly noAuthUser: string;
  /** What is asked of those who name none of the users. */
  readonly token: Password | undefined;
  readonly single: { readonly user: string; readonly password: Password } | undefined;
  /** Whether those who name none of the users have to come through a trusted proxy. */
  readonly isProxyRequired: boolean;
}

/** The rules of all doors. */
export interface Doors {
  readonly plain: DoorRules;
  readonly websocket: DoorRules;
  readonly leafnode: DoorRules;
  /** Whether there is anybody with a key. */
  readonly hasNkeys: boolean;
}

/**
 * Reads the rules of each door. WebSocket and leaf nodes have those of plain connections where they have none of their
 * own.
 *
 * @param guestName - Name of the user that is made up for those without credentials where one is needed.
 * @throws `ENGINE_OPTION_INVALID`
 */
export function makeDoors(
  options: SecurityOptions,
  passwords: Passwords,
  guestName: string,
): Doors {
  const users = makeUsers(options, passwords);
  const guest = needsGuest(options, users) ? guestName : "";
  if (guest !== "") {
    users.add(globalAccountName, [{ user: guest, password: guest }], undefined);
  }
  const plain = makePlainDoor(options, users, passwords, guest);
  return {
    plain,
    websocket: makeWebSocketDoor(options, plain, passwords),
    leafnode: makeLeafnodeDoor(options, plain, passwords),
    hasNkeys: users.byNkey.size > 0,
  };
}

/** The rules of one of the doors. */
export function doorOf(doors: Doors, type: ConnectionType): DoorRules {
  if (type === "WEBSOCKET") return doors.websocket;
  return type === "LEAFNODE" || type === "LEAFNODE_WS" ? doors.leafnode : doors.plain;
}

function makeUsers(options: SecurityOptions, passwords: Passwords): UserTable {
  const { auth, accounts } = options;
  const users = new UserTable(passwords);
  if (auth.mode === "users") {
    // nats-server does not ask this of users in a list; who writes it wants it.
    const own = auth.proxyRequired
      ? auth.users.map((user) => ({ ...user, proxyRequired: true }))
      : auth.users;
    users.add(globalAccountName, own, auth.defaultPermissions);
  }
  const names = new Set<string>();
  for (const { name, users: ofAccount = [], defaultPermissions } of accounts) {
    if (name === "") throw engineError("ENGINE_OPTION_INVALID", "an account has no name");
    if (names.has(name)) {
      throw engineError("ENGINE_OPTION_INVALID", `Duplicate account "${name}" detected`);
    }
    names.add(name);
    users.add(name, ofAccount, defaultPermissions);
  }
  return users;
}

/**
 * With users of the system account and no others, clients without credentials are still let in to `$G`, as they were
 * before the administrators got names.
 */
function needsGuest(options: SecurityOptions, users: UserTable): boolean {
  const { auth, accounts, systemAccount } = options;
  const known = [systemAccount, globalAccountName];
  return (
    auth.mode === "none" &&
    !auth.noAuthUser &&
    !users.isEmpty &&
    accounts.every(({ name }) => known.includes(name)) &&
    accounts.some(({ name }) => name === systemAccount)
  );
}

function makePlainDoor(
  options: SecurityOptions,
  users: UserTable,
  passwords: Passwords,
  guest: string,
): DoorRules {
  const { auth, tls } = options;
  const named = auth.mode === "none" || auth.mode === "users" ? (auth.noAuthUser ?? "") : "";
  checkNoAuthUser(named, users);
  const hasToken = auth.mode === "token";
  const isAuthRequired = hasToken || !users.isEmpty;
  return {
    policy: {
      isAuthRequired,
      isAuthAnnounced: isAuthRequired && named === "",
      isConnectOptional: isAuthRequired && users.byName.has(named || guest),
    },
    users,
    certificates: tls?.mapsUsers ? new CertificateUsers(users.byName) : undefined,
    noAuthUser: named || guest,
    token: hasToken ? passwords.add(auth.token) : undefined,
    single: undefined,
    isProxyRequired: "proxyRequired" in auth && (auth.proxyRequired ?? false),
  };
}

function makeWebSocketDoor(
  { websocket }: SecurityOptions,
  plain: DoorRules,
  passwords: Passwords,
): DoorRules {
  const certificates = websocket?.tls?.mapsUsers
    ? new CertificateUsers(plain.users.byName)
    : undefined;
  const { user = "", password = "", token = "", noAuthUser = "" } = websocket ?? {};
  if (user === "" && token === "" && noAuthUser === "") return { ...plain, certificates };
  checkNoAuthUser(noAuthUser, plain.users);
  const named = noAuthUser || plain.noAuthUser;
  const policy: DoorPolicy = {
    isAuthRequired: true,
    isAuthAnnounced: true,
    isConnectOptional: plain.users.byName.has(named),
  };
  return {
    ...plain,
    policy,
    certificates,
    noAuthUser,
    token: token === "" ? undefined : passwords.add(token),
    single: user === "" ? undefined : { user, password: passwords.add(password) },
  };
}

function makeLeafnodeDoor(
  { leafnodes }: SecurityOptions,
  plain: DoorRules,
  passwords: Passwords,
): DoorRules {
  const own = leafnodes?.users;
  const users = own === undefined ? plain.users : new UserTable(passwords);
  for (const user of own ?? []) users.add(user.account ?? globalAccountName, [user], undefined);
  const certificates = leafnodes?.tls?.mapsUsers ? new CertificateUsers(users.byName) : undefined;
  if (own === undefined) return { ...plain, certificates };
  return {
    policy: { isAuthRequired: true, isAuthAnnounced: true, isConnectOptional: false },
    users,
    certificates,
    noAuthUser: "",
    token: undefined,
    single: undefined,
    isProxyRequired: false,
  };
}

function checkNoAuthUser(name: string, users: UserTable): void {
  if (name === "" || users.has(name)) return;
  throw engineError(
    "ENGINE_OPTION_INVALID",
    users.isEmpty
      ? `no_auth_user: "${name}" present, but users/nkeys are not defined`
      : `no_auth_user: "${name}" not present as user or nkey in authorization block or account configuration`,
  );
}
