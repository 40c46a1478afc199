import type { NatsConnection } from "@nats-io/nats-core";
import type { Tenant, TenantChanges, TenantQuotas, TenantRequest } from "oxbow/control";
import { platformError } from "oxbow/internal";
import { z } from "zod";
import { type DirectoryOptions, DirectoryStore, refuseDeleted } from "../users/directory-store.ts";
import {
  beingDeleted,
  defaultTenant,
  directoryVersion,
  readTenantDocument,
  type TenantDocument,
  tenantKeys,
} from "../users/documents.ts";
import { directoryLimits } from "../users/limits.ts";
import { read, tenantName } from "../users/requests.ts";

export interface TenantsOptions extends DirectoryOptions {
  /** Removes all that a tenant has stored, before it is deleted. Without it, no tenant can be deleted here. */
  readonly empty?: (tenant: string) => Promise<void>;
}

const quota = z.int().min(1).nullable();
const request = z
  .strictObject({
    description: z.string().max(directoryLimits.descriptionCharsMax),
    streamsMax: quota,
    consumersMax: quota,
    storageBytesMax: quota,
    memoryBytesMax: quota,
    connectionsMax: quota,
    messagesPerSecondMax: quota,
  })
  .partial();
const unfinished = "its deletion is not finished";

/** What may be asked for, for documents. */
export const tenantRequestShape: z.ZodType = request;

const none: TenantQuotas = {
  streamsMax: null,
  consumersMax: null,
  storageBytesMax: null,
  memoryBytesMax: null,
  connectionsMax: null,
  messagesPerSecondMax: null,
};

/**
 * The tenants of a server: accounts, beside the one that is there always and is called `default`. They are kept as users
 * are, see {@link Users}, and the same errors come.
 */
export class Tenants {
  readonly #store: DirectoryStore;
  readonly #empty: ((tenant: string) => Promise<void>) | undefined;

  private constructor(store: DirectoryStore, empty?: (tenant: string) => Promise<void>) {
    this.#store = store;
    this.#empty = empty;
  }

  /**
   * @param connection - Stays the caller's. It is one to the account of the server.
   * @throws OxbowError `USER_UNAVAILABLE`
   */
  static async open(connection: NatsConnection, options: TenantsOptions = {}): Promise<Tenants> {
    return new Tenants(await DirectoryStore.open(connection, options), options.empty);
  }

  /**
   * Makes a tenant. One that is there with the same settings is left as it is.
   *
   * @throws OxbowError `TENANT_INVALID`, `TENANT_EXISTS`, `TENANT_IN_USE`, `USER_TOO_MANY`
   */
  async create(givenName: string, wanted: TenantRequest = {}): Promise<Tenant> {
    const name = tenantName(givenName);
    const settings = { description: "", ...none, ...read(request, wanted, "TENANT_INVALID") };
    return this.#store.change(async (change) => {
      const existing = await this.#store.findTenant(name);
      refuseDeleted(name, existing);
      if (name === defaultTenant || existing !== undefined) {
        const found = tenantOf(name, existing);
        const isSame = Object.entries(settings).every(
          ([key, value]) => found[key as keyof Tenant] === value,
        );
        if (isSame) return found;
        const message = `there is a tenant ${name} with other settings: edit it, or choose another name`;
        throw platformError("TENANT_EXISTS", message);
      }
      const { tenantsMax } = directoryLimits;
      if ((await this.#store.bucket.liveKeys(`${tenantKeys}>`)).length >= tenantsMax) {
        const message = `there are ${tenantsMax} tenants, which is the most: delete one first`;
        throw platformError("USER_TOO_MANY", message);
      }
      const document = documentOf(settings);
      await change.write(`${tenantKeys}${name}`, JSON.stringify(document));
      return tenantOf(name, document);
    });
  }

  /** All tenants by name, `default` first. */
  async list(): Promise<Tenant[]> {
    const entries = await this.#store.bucket.readAll(tenantKeys);
    const all = entries.map(({ key, text }) =>
      tenantOf(key.slice(tenantKeys.length), readTenantDocument(key, text)),
    );
    const first = all.find(({ name }) => name === defaultTenant) ?? tenantOf(defaultTenant);
    return [first, ...all.filter(({ name }) => name !== defaultTenant)];
  }

  /** The tenant, or `undefined` if there is none of the name. @throws OxbowError `TENANT_INVALID` */
  async find(givenName: string): Promise<Tenant | undefined> {
    const name = tenantName(givenName);
    const document = await this.#store.findTenant(name);
    if (document === undefined && name !== defaultTenant) return undefined;
    return tenantOf(name, document);
  }

  /** @throws OxbowError `TENANT_NOT_FOUND`, `TENANT_INVALID` */
  async get(givenName: string): Promise<Tenant> {
    const tenant = await this.find(givenName);
    if (tenant !== undefined) return tenant;
    throw missing(tenantName(givenName));
  }

  /**
   * Changes quotas while the tenant is in use. What it has beyond them stays; connections beyond are closed.
   *
   * @throws OxbowError `TENANT_NOT_FOUND`, `TENANT_INVALID`, `TENANT_IN_USE`
   */
  async edit(givenName: string, changes: TenantChanges): Promise<Tenant> {
    const name = tenantName(givenName);
    const wanted = read(request, changes, "TENANT_INVALID");
    return this.#store.change(async (change) => {
      const before = await this.#store.findTenant(name);
      if (before === undefined && name !== defaultTenant) throw missing(name);
      refuseDeleted(name, before);
      const document = { ...(before ?? documentOf({ description: "", ...none })), ...wanted };
      await change.write(`${tenantKeys}${name}`, JSON.stringify(document));
      return tenantOf(name, document as TenantDocument);
    });
  }

  /**
   * Deletes a tenant that has no users any more, with all that it has stored. That it is being deleted is said first:
   * what is interrupted shows as a problem of the tenant, which takes nobody in, and is finished by doing it again.
   *
   * @returns Whether it was there.
   * @throws OxbowError `TENANT_IN_USE`, `TENANT_INVALID`, `USER_UNAVAILABLE`
   */
  async delete(givenName: string): Promise<boolean> {
    const name = tenantName(givenName);
    if (name === defaultTenant) {
      throw platformError("TENANT_INVALID", `the tenant ${name} is there always`);
    }
    const key = `${tenantKeys}${name}`;
    if ((await this.#store.bucket.read(key)) === undefined) return false;
    await this.#refuseUsers(name);
    if (this.#empty === undefined) {
      const message = "tenants are deleted by the server that they are of: ask it";
      throw platformError("USER_UNAVAILABLE", message);
    }
    await this.#store.change(async (change) => {
      const entry = await this.#store.bucket.read(key);
      await this.#refuseUsers(name);
      const document = entry && readableDocument(key, entry.text);
      if (document === undefined || document.isBeingDeleted === true) return;
      await change.write(key, JSON.stringify(beingDeleted(document)));
    });
    // Before it is gone: a tenant that is given the name later must find nothing.
    await this.#empty(name);
    return this.#store.change(async (change) => {
      if ((await this.#store.bucket.read(key)) === undefined) return false;
      await this.#refuseUsers(name);
      await change.remove(key);
      return true;
    });
  }

  async #refuseUsers(name: string): Promise<void> {
    const count = await this.#store.countUsers(name);
    if (count === 0) return;
    const message = `tenant ${name} has ${count} user${count === 1 ? "" : "s"}: delete ${count === 1 ? "it" : "them"} first`;
    throw platformError("TENANT_IN_USE", message);
  }
}

/** One that can't be read lets nobody in, and is deleted as well. */
function readableDocument(key: string, text: string): TenantDocument | undefined {
  try {
    return readTenantDocument(key, text);
  } catch {
    return undefined;
  }
}

function documentOf(settings: Required<TenantRequest>): TenantDocument {
  return { version: directoryVersion, ...settings, createdAt: new Date().toISOString() };
}

function tenantOf(name: string, document?: TenantDocument): Tenant {
  if (document === undefined) {
    return { name, description: "", ...none, createdAt: null, problems: [] };
  }
  const { version: _, isBeingDeleted = false, ...rest } = document;
  return { name, ...rest, problems: isBeingDeleted ? [unfinished] : [] };
}

function missing(name: string): Error {
  return platformError("TENANT_NOT_FOUND", `there is no tenant ${name}: create it first`);
}
