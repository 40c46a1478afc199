import type { NatsConnection } from "@nats-io/nats-core";
import { platformError } from "oxbow/internal";
import { Bucket, type BucketChange } from "../schemas/bucket.ts";
import {
  defaultTenant,
  directoryPlace,
  readTenantDocument,
  readUserDocument,
  type TenantDocument,
  tenantKeys,
  type UserDocument,
  userKey,
  userKeys,
} from "./documents.ts";

/** How tenants and users are kept. */
export interface DirectoryOptions {
  /** Copies of the bucket in a cluster, 1 by default; only used if there is no bucket yet. */
  readonly replicas?: number;
  /** Resolves once the server does as the bucket says at a revision; without it nobody waits for that. */
  readonly applied?: (revision: number) => Promise<void>;
}

/** The documents about tenants and users, and how they are changed. */
export class DirectoryStore {
  readonly bucket: Bucket;
  readonly #applied: (revision: number) => Promise<void>;

  private constructor(bucket: Bucket, applied: (revision: number) => Promise<void>) {
    this.bucket = bucket;
    this.#applied = applied;
  }

  /** @throws OxbowError `USER_UNAVAILABLE` */
  static async open(
    connection: NatsConnection,
    { replicas = 1, applied = () => Promise.resolve() }: DirectoryOptions,
  ): Promise<DirectoryStore> {
    return new DirectoryStore(await Bucket.open(connection, replicas, directoryPlace), applied);
  }

  /**
   * Makes a change, and waits until the server does as it says.
   *
   * @throws OxbowError `USER_BUSY`, `USER_UNAVAILABLE`, and what `attempt` throws
   */
  async change<T>(attempt: (change: BucketChange) => Promise<T>): Promise<T> {
    let revision = 0;
    const result = await this.bucket.change(async (change) => {
      const outcome = await attempt(change);
      revision = change.revision;
      return outcome;
    });
    await this.#applied(revision);
    return result;
  }

  async findTenant(name: string): Promise<TenantDocument | undefined> {
    const key = `${tenantKeys}${name}`;
    const entry = await this.bucket.read(key);
    return entry && readTenantDocument(key, entry.text);
  }

  async findUser(tenant: string, name: string): Promise<UserDocument | undefined> {
    const key = userKey(tenant, name);
    const entry = await this.bucket.read(key);
    return entry && readUserDocument(key, entry.text);
  }

  /** @throws OxbowError `TENANT_NOT_FOUND`, `TENANT_IN_USE`; the default one is there always */
  async requireTenant(name: string): Promise<void> {
    if (name === defaultTenant) return;
    const tenant = await this.findTenant(name);
    refuseDeleted(name, tenant);
    if (tenant !== undefined) return;
    throw platformError("TENANT_NOT_FOUND", `there is no tenant ${name}: create it first`);
  }

  async countUsers(tenant?: string): Promise<number> {
    const start = tenant === undefined ? userKeys : `${userKeys}${tenant}.`;
    return (await this.bucket.liveKeys(`${start}>`)).length;
  }
}

/** @throws OxbowError `TENANT_IN_USE` for a tenant that somebody has begun to delete */
export function refuseDeleted(name: string, tenant: TenantDocument | undefined): void {
  if (tenant?.isBeingDeleted !== true) return;
  const message = `tenant ${name} is being deleted: delete it again if that has failed`;
  throw platformError("TENANT_IN_USE", message);
}
