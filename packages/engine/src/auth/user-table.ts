import { engineError } from "../errors.ts";
import type { UserOptions } from "../options/accounts.ts";
import type { ConnectionType, Permissions } from "../options/permissions.ts";
import type { Identity } from "./identity.ts";
import { isNkey } from "./nkey.ts";
import type { Password, Passwords } from "./password.ts";
import { checkPermissions } from "./permissions/check-permissions.ts";

/** A user of the configuration. */
export interface KnownUser {
  readonly identity: Identity;
  readonly password: Password;
  /** False for one who is known by a key or a certificate only. */
  readonly hasPassword: boolean;
  readonly isProxyRequired: boolean;
  /** `undefined` is all. */
  readonly connectionTypes: ReadonlySet<ConnectionType> | undefined;
}

/** Whether a user may come in by a door. */
export function mayEnterBy(user: KnownUser, door: ConnectionType): boolean {
  return user.connectionTypes === undefined || user.connectionTypes.has(door);
}

/** The users of the configuration by name and by key. */
export class UserTable {
  readonly byName: Map<string, KnownUser> = new Map();
  readonly byNkey: Map<string, KnownUser> = new Map();
  readonly #passwords: Passwords;

  constructor(passwords: Passwords) {
    this.#passwords = passwords;
  }

  get isEmpty(): boolean {
    return this.byName.size === 0 && this.byNkey.size === 0;
  }

  has(nameOrNkey: string): boolean {
    return this.byName.has(nameOrNkey) || this.byNkey.has(nameOrNkey);
  }

  /**
   * Adds users of an account.
   *
   * @throws `ENGINE_OPTION_INVALID`: a name or key is there twice or malformed, or permissions are.
   */
  add(
    account: string,
    users: readonly UserOptions[],
    defaultPermissions: Permissions | undefined,
  ): void {
    checkPermissions(`users of account "${account}"`, defaultPermissions);
    for (const user of users) {
      const nkey = user.nkey ?? "";
      const owner = nkey === "" ? `user "${user.user}"` : `nkey "${nkey}"`;
      if (nkey === "" && user.user === "") {
        throw engineError("ENGINE_OPTION_INVALID", `a user of account "${account}" has no name`);
      }
      if (nkey !== "" && !isNkey("user", nkey)) {
        throw engineError("ENGINE_OPTION_INVALID", `not a valid public nkey for a user: "${nkey}"`);
      }
      const table = nkey === "" ? this.byName : this.byNkey;
      const name = nkey === "" ? user.user : nkey;
      if (table.has(name)) {
        throw engineError("ENGINE_OPTION_INVALID", `Duplicate ${owner} detected`);
      }
      checkPermissions(owner, user.permissions);
      table.set(name, {
        identity: { user: name, account, permissions: user.permissions ?? defaultPermissions },
        password: this.#passwords.add(user.password),
        hasPassword: user.password !== "",
        isProxyRequired: user.proxyRequired ?? false,
        connectionTypes: user.connectionTypes?.length ? new Set(user.connectionTypes) : undefined,
      });
    }
  }
}
