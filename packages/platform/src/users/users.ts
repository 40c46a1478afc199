import type { NatsConnection } from "@nats-io/nats-core";
import type {
  AccessKeyRequest,
  AccessKeyWithSecret,
  PasswordChange,
  Role,
  User,
  UserChanges,
  UserRequest,
  UserWithPassword,
} from "oxbow/control";
import { platformError } from "oxbow/internal";
import type { BucketChange } from "../schemas/bucket.ts";
import type { Access } from "./access.ts";
import { checkChosenPassword } from "./chosen-password.ts";
import { type DirectoryOptions, DirectoryStore } from "./directory-store.ts";
import {
  defaultTenant,
  directoryVersion,
  ownerOf,
  readUserDocument,
  type UserDocument,
  userKey,
  userKeys,
} from "./documents.ts";
import { directoryLimits } from "./limits.ts";
import { checkNextPassword, wrongPassword } from "./next-password.ts";
import {
  readKeyRequest,
  readPassword,
  readUserChanges,
  readUserRequest,
  tenantName,
  userName,
} from "./requests.ts";
import { hashPassword, isHashOf, newAccessKey, randomPassword } from "./secrets.ts";
import { accessOf, userOf } from "./user.ts";

export interface UsersOptions extends DirectoryOptions {
  /** Whose users; by default those of `default`. */
  readonly tenant?: string;
}

/**
 * Asked before a user is changed, while nothing else can be; what it throws keeps the change from being made.
 *
 * @param before - What the user may do; `undefined` if there is none of the name.
 * @param after - What it is to be allowed; `undefined` if it is deleted.
 */
export type UserGuard = (before: Access | undefined, after: Access | undefined) => Promise<void>;

/** Of a user whose document nobody can read nobody knows what it may do. */
const everything: Access = { role: "owner", read: ["*"], write: ["*"] };

/**
 * The users of a tenant. All of it is kept in the KV bucket `oxbow_accounts` (FORMAT.md) of the account of the server:
 * nothing here is remembered, and any number of these can work side by side. Oxbow's server does what the bucket says,
 * at once: who is taken out is disconnected.
 *
 * Besides what they name, all methods throw `USER_UNREADABLE` where the bucket holds what this program can't read, and
 * those that change something `USER_BUSY` and `USER_UNAVAILABLE`.
 */
export class Users {
  readonly tenant: string;
  readonly #store: DirectoryStore;
  readonly #guard: UserGuard;

  private constructor(
    store: DirectoryStore,
    tenant: string,
    guard: UserGuard = () => Promise.resolve(),
  ) {
    this.#store = store;
    this.tenant = tenant;
    this.#guard = guard;
  }

  /**
   * @param connection - Stays the caller's. It is one to the account of the server, whatever the tenant is.
   * @throws OxbowError `USER_UNAVAILABLE`, `TENANT_INVALID`
   */
  static async open(connection: NatsConnection, options: UsersOptions = {}): Promise<Users> {
    const tenant = tenantName(options.tenant ?? defaultTenant);
    return new Users(await DirectoryStore.open(connection, options), tenant);
  }

  /**
   * The users of a tenant on the same store, for somebody who may not change all of them.
   *
   * @throws OxbowError `TENANT_INVALID`
   */
  guarded(guard: UserGuard, tenant: string = this.tenant): Users {
    return new Users(this.#store, tenantName(tenant), guard);
  }

  /**
   * Makes a user, with a random password unless it says otherwise.
   *
   * @throws OxbowError `USER_INVALID`, `USER_EXISTS`, `USER_TOO_MANY`, `TENANT_NOT_FOUND`
   */
  async create(givenName: string, request: UserRequest = {}): Promise<UserWithPassword> {
    const name = userName(givenName);
    const { role = null, password: given, ...rest } = readUserRequest(request);
    if (typeof given === "string") await checkChosenPassword(given, [name, this.tenant]);
    const password = given === undefined ? randomPassword() : given;
    const hash = password === null ? null : await hashPassword(password);
    const all: readonly string[] = role === null ? [] : ["*"];
    const document: UserDocument = {
      version: directoryVersion,
      description: rest.description ?? "",
      role,
      read: [...(rest.read ?? all)],
      write: [...(rest.write ?? all)],
      password: hash,
      keys: [],
      isDisabled: rest.isDisabled ?? false,
      ...(rest.mayExport === false && { mayExport: false }),
      expiresAt: rest.expiresAt ?? null,
      createdAt: new Date().toISOString(),
    };
    return this.#store.change(async (change) => {
      await this.#store.requireTenant(this.tenant);
      await this.#guard(undefined, accessOf(document));
      if ((await this.#store.findUser(this.tenant, name)) !== undefined) {
        const message = `there is a user ${name}: edit it, or choose another name`;
        throw platformError("USER_EXISTS", message);
      }
      await this.#refuseTooMany();
      await this.#write(change, name, document);
      const user = userOf(this.tenant, name, document);
      return { user, password: given === undefined ? password : null };
    });
  }

  /** All users of the tenant, by name. */
  async list(): Promise<User[]> {
    const entries = await this.#store.bucket.readAll(`${userKeys}${this.tenant}.`);
    return entries.map(({ key, text }) =>
      userOf(this.tenant, ownerOf(key).name, readUserDocument(key, text)),
    );
  }

  /** The user, or `undefined` if there is none of the name. @throws OxbowError `USER_INVALID` */
  async find(givenName: string): Promise<User | undefined> {
    const name = userName(givenName);
    const document = await this.#store.findUser(this.tenant, name);
    return document && userOf(this.tenant, name, document);
  }

  /** @throws OxbowError `USER_NOT_FOUND`, `USER_INVALID` */
  async get(givenName: string): Promise<User> {
    const user = await this.find(givenName);
    if (user !== undefined) return user;
    throw missing(userName(givenName));
  }

  /**
   * Changes what a user may do, and whether it may come in at all. Who is connected keeps its connection as far as it
   * still may.
   *
   * @throws OxbowError `USER_NOT_FOUND`, `USER_INVALID`
   */
  async edit(givenName: string, changes: UserChanges): Promise<User> {
    const { read, write, ...rest } = readUserChanges(changes);
    return this.#edit(givenName, (document) => ({
      ...document,
      ...rest,
      ...(read !== undefined && { read: [...read] }),
      ...(write !== undefined && { write: [...write] }),
    }));
  }

  /**
   * Gives a user another password. Who is connected with the one before is disconnected.
   *
   * @param password - A random one if it is left out; `null` for none.
   * @throws OxbowError `USER_NOT_FOUND`, `USER_INVALID`
   */
  async setPassword(givenName: string, password?: string | null): Promise<UserWithPassword> {
    const chosen = password === undefined ? randomPassword() : password;
    if (password !== undefined && password !== null) {
      await checkChosenPassword(readPassword(password), [givenName, this.tenant]);
    }
    const hash = chosen === null ? null : await hashPassword(chosen);
    const user = await this.#edit(givenName, (document) => ({ ...document, password: hash }));
    return { user, password: password === undefined ? chosen : null };
  }

  /**
   * Gives a user who knows its password another one. Who is connected with the one before is disconnected.
   *
   * @throws OxbowError `USER_NOT_FOUND`, `USER_INVALID`, `PASSWORD_WRONG`, `PASSWORD_NONE`
   */
  async changePassword(givenName: string, { current, password }: PasswordChange): Promise<User> {
    const name = userName(givenName);
    const found = await this.#store.findUser(this.tenant, name);
    if (found === undefined) throw missing(name);
    const { password: before } = found;
    if (before === null) {
      const message = `user ${name} has no password: it comes in with access keys. An admin can give it one`;
      throw platformError("PASSWORD_NONE", message);
    }
    await checkNextPassword({ current, password }, [name, this.tenant], (text) =>
      isHashOf(before, text),
    );
    const hash = await hashPassword(password);
    return this.#edit(name, (document) => {
      // Somebody else has given it another one meanwhile, which was not asked for.
      if (document.password !== before) throw wrongPassword();
      return { ...document, password: hash };
    });
  }

  /**
   * Whether a password is the one that a user has; for who may give it another one, to which it is no secret.
   *
   * @throws OxbowError `USER_NOT_FOUND`, `USER_INVALID`
   */
  async hasPassword(givenName: string, password: string): Promise<boolean> {
    const name = userName(givenName);
    const document = await this.#store.findUser(this.tenant, name);
    if (document === undefined) throw missing(name);
    await this.#guard(accessOf(document), accessOf(document));
    return document.password !== null && isHashOf(document.password, password);
  }

  /** @throws OxbowError `USER_NOT_FOUND`, `USER_INVALID`, `USER_TOO_MANY` */
  async addKey(givenName: string, request: AccessKeyRequest = {}): Promise<AccessKeyWithSecret> {
    const { description = "", expiresAt = null } = readKeyRequest(request);
    const { id, key, digest } = newAccessKey();
    const accessKey = { id, description, createdAt: new Date().toISOString(), expiresAt };
    await this.#edit(givenName, (document) => {
      const keys = document.keys.filter((each) => !isOver(each.expiresAt));
      if (keys.length >= directoryLimits.keysMax) {
        const message = `user ${givenName} has ${keys.length} access keys, which is the most: remove one first`;
        throw platformError("USER_TOO_MANY", message);
      }
      return { ...document, keys: [...keys, { ...accessKey, digest }] };
    });
    return { accessKey, secret: key };
  }

  /**
   * Takes an access key back. Who is connected with it is disconnected.
   *
   * @returns Whether it was there.
   * @throws OxbowError `USER_NOT_FOUND`, `USER_INVALID`
   */
  async removeKey(givenName: string, id: string): Promise<boolean> {
    let isThere = false;
    await this.#edit(givenName, (document) => {
      isThere = document.keys.some((key) => key.id === id);
      return { ...document, keys: document.keys.filter((key) => key.id !== id) };
    });
    return isThere;
  }

  /**
   * Takes a user out, and disconnects it.
   *
   * @returns Whether it was there.
   * @throws OxbowError `USER_INVALID`
   */
  async delete(givenName: string): Promise<boolean> {
    const name = userName(givenName);
    const key = userKey(this.tenant, name);
    return this.#store.change(async (change) => {
      // Also one whose document nobody can read.
      if ((await this.#store.bucket.read(key)) === undefined) return false;
      const found = await this.#store.findUser(this.tenant, name).catch(() => everything);
      await this.#guard(found && accessOf(found), undefined);
      await change.remove(key);
      return true;
    });
  }

  /** The role of a user; `undefined` if there is none of the name. */
  async roleOf(givenName: string): Promise<Role | null | undefined> {
    return (await this.find(givenName))?.role;
  }

  async #edit(givenName: string, edit: (document: UserDocument) => UserDocument): Promise<User> {
    const name = userName(givenName);
    return this.#store.change(async (change) => {
      const before = await this.#store.findUser(this.tenant, name);
      if (before === undefined) throw missing(name);
      const document = edit(before);
      await this.#guard(accessOf(before), accessOf(document));
      const isSame = JSON.stringify(document) === JSON.stringify(before);
      if (!isSame) await this.#write(change, name, document);
      return userOf(this.tenant, name, document);
    });
  }

  #write(change: BucketChange, name: string, document: UserDocument): Promise<void> {
    return change.write(userKey(this.tenant, name), JSON.stringify(document));
  }

  async #refuseTooMany(): Promise<void> {
    const { usersMax } = directoryLimits;
    if ((await this.#store.countUsers()) < usersMax) return;
    const message = `there are ${usersMax} users, which is the most: delete one first`;
    throw platformError("USER_TOO_MANY", message);
  }
}

function isOver(expiresAt: string | null): boolean {
  return expiresAt !== null && Date.parse(expiresAt) <= Date.now();
}

function missing(name: string): Error {
  return platformError("USER_NOT_FOUND", `there is no user ${name}: create it first`);
}
