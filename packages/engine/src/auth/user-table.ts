import { engineError } from "../errors.ts";
import type { AccessKeyOptions, UserOptions } from "../options/accounts.ts";
import type { ConnectionType, Permissions } from "../options/permissions.ts";
import { accessKeyId } from "./access-key.ts";
import type { Identity } from "./identity.ts";
import { isNkey } from "./nkey.ts";
import type { Password, Passwords } from "./password.ts";
import { checkPermissions } from "./permissions/check-permissions.ts";

/** A user of the configuration. */
export interface KnownUser {
  readonly identity: Identity;
  /** `undefined` for one who comes with an access key only. */
  readonly password: Password | undefined;
  /** False for one who is known by a key or a certificate only. */
  readonly hasPassword: boolean;
  readonly isProxyRequired: boolean;
  /** `undefined` is all. */
  readonly connectionTypes: ReadonlySet<ConnectionType> | undefined;
}

/** An access key of a user. */
export interface KnownAccessKey {
  readonly known: KnownUser;
  readonly digest: Buffer;
  readonly expiresAtMs: number | undefined;
}

/** Whether a user may come in by a door. */
export function mayEnterBy(user: KnownUser, door: ConnectionType): boolean {
  return user.connectionTypes === undefined || user.connectionTypes.has(door);
}

/** The users of the configuration by name and by key. */
export class UserTable {
  readonly byName: Map<string, KnownUser> = new Map();
  readonly byNkey: Map<string, KnownUser> = new Map();
  readonly byAccessKey: Map<string, KnownAccessKey> = new Map();
  readonly #passwords: Passwords;

  constructor(passwords: Passwords) {
    this.#passwords = passwords;
  }

  get isEmpty(): boolean {
    return this.byName.size === 0 && this.byNkey.size === 0;
  }

  /** The access key that `text` says it is, by its name; whether it is that one remains to be seen. */
  accessKeyOf(text: string): KnownAccessKey | undefined {
    if (this.byAccessKey.size === 0) return undefined;
    const id = accessKeyId(text);
    return id === undefined ? undefined : this.byAccessKey.get(id);
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
      const isKeyOnly = user.isKeyOnly ?? false;
      const known: KnownUser = {
        identity: {
          user: name,
          account,
          permissions: user.permissions ?? defaultPermissions,
          ...(user.expiresAtMs !== undefined && { expiresAtMs: user.expiresAtMs }),
        },
        password: isKeyOnly ? undefined : this.#passwords.add(user.password),
        hasPassword: isKeyOnly || user.password !== "",
        isProxyRequired: user.proxyRequired ?? false,
        connectionTypes: user.connectionTypes?.length ? new Set(user.connectionTypes) : undefined,
      };
      table.set(name, known);
      for (const key of user.accessKeys ?? []) this.#addAccessKey(owner, known, key);
    }
  }

  #addAccessKey(owner: string, known: KnownUser, key: AccessKeyOptions): void {
    const { id, digest, expiresAtMs } = key;
    const isWellFormed = /^[0-9a-f]{16}$/.test(id) && /^[0-9a-f]{64}$/.test(digest);
    if (!isWellFormed || this.byAccessKey.has(id)) {
      const what = isWellFormed ? "is there twice" : "needs 16 and 64 hexadecimal digits";
      throw engineError("ENGINE_OPTION_INVALID", `access key "${id}" of ${owner} ${what}`);
    }
    this.byAccessKey.set(id, { known, digest: Buffer.from(digest, "hex"), expiresAtMs });
  }
}
