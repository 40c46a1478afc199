import { type JetStreamClient, jetstream } from "@nats-io/jetstream";
import { type KV, Kvm, type KvOptions, type KvStatus } from "@nats-io/kv";
import type { NatsConnection } from "@nats-io/nats-core";
import { z } from "zod";
import { count } from "../api/shapes/common.ts";
import { named } from "../api/shapes/named.ts";
import type { BucketBody, BucketRequest } from "../contract/index.ts";
import { httpError } from "../errors.ts";
import { checkSame, deleteStream, storeFailure } from "../jetstream-failures.ts";

const nameMax = 255;
const historyMax = 64;

/** What can be asked of a new bucket. */
export const bucketRequest: z.ZodType<BucketRequest | null | undefined> = z
  .strictObject({
    description: z.string().max(4_096).optional(),
    history: z.int().min(1).max(historyMax).optional().describe("Values kept of a key; 1."),
    maxAgeMs: z.int().min(0).optional().describe("How long values are kept; 0 for ever."),
    maxBytes: z.int().min(0).optional().describe("Of all values; 0 for no limit."),
    maxValueBytes: z.int().min(0).optional().describe("Of a value; 0 for no limit."),
    storage: z.enum(["file", "memory"]).optional(),
  })
  .nullish();

export const bucketBody: z.ZodType<BucketBody> = named(
  "Bucket",
  z.object({
    name: z.string(),
    description: z.string(),
    values: count.describe("Earlier ones and marks of what was deleted included."),
    bytes: count,
    history: count.describe("Values kept of a key."),
    maxAgeMs: count.describe("How long values are kept; 0 for ever."),
    maxBytes: count.describe("0 for no limit."),
    maxValueBytes: count.describe("0 for no limit."),
    storage: z.enum(["file", "memory"]),
  }),
);

function bucketOf(status: KvStatus): BucketBody {
  const limit = (value: number): number => Math.max(0, value);
  return {
    name: status.bucket,
    description: status.description ?? "",
    values: status.values,
    bytes: status.size,
    history: status.history,
    maxAgeMs: status.ttl,
    maxBytes: limit(status.max_bytes),
    maxValueBytes: limit(status.maxValueSize),
    storage: status.storage,
  };
}

/** The buckets of whoever has the connection. */
export class Buckets {
  readonly #manager: Kvm;

  readonly #jetstream: JetStreamClient;

  constructor(connection: NatsConnection) {
    this.#jetstream = jetstream(connection, { checkAPI: false });
    this.#manager = new Kvm(this.#jetstream);
  }

  /** All of them, by name. */
  async list(): Promise<BucketBody[]> {
    const found: BucketBody[] = [];
    for await (const status of this.#manager.list()) found.push(bucketOf(status));
    return found.sort((a, b) => (a.name < b.name ? -1 : 1));
  }

  /** @throws OxbowError `BUCKET_EXISTS`, `HTTP_REQUEST_INVALID` */
  async make(name: string, request: BucketRequest): Promise<BucketBody> {
    checkName(name);
    const { description, history, maxAgeMs, maxBytes, maxValueBytes, storage } = request;
    const options: Partial<KvOptions> = {
      ...(description !== undefined && { description }),
      ...(history !== undefined && { history }),
      ...(maxAgeMs !== undefined && { ttl: maxAgeMs }),
      ...(maxBytes !== undefined && maxBytes > 0 && { max_bytes: maxBytes }),
      ...(maxValueBytes !== undefined && maxValueBytes > 0 && { maxValueSize: maxValueBytes }),
      ...(storage !== undefined && { storage }),
    };
    try {
      const made = bucketOf(await (await this.#manager.create(name, options)).status());
      checkSame(`bucket ${name}`, request, made);
      return made;
    } catch (error) {
      throw storeFailure(`bucket ${name}`, error);
    }
  }

  /** @throws OxbowError `BUCKET_NOT_FOUND` */
  async open(name: string): Promise<KV> {
    checkName(name);
    try {
      const manager = await this.#jetstream.jetstreamManager();
      const { config } = await manager.streams.info(`KV_${name}`);
      return await this.#manager.open(name, { allow_direct: config.allow_direct ?? false });
    } catch (error) {
      throw storeFailure(`bucket ${name}`, error);
    }
  }

  /** @throws OxbowError `BUCKET_NOT_FOUND` */
  async status(name: string): Promise<BucketBody> {
    const bucket = await this.open(name);
    return bucketOf(await bucket.status());
  }

  /** @returns Whether there was one. */
  async delete(name: string): Promise<boolean> {
    checkName(name);
    return deleteStream(this.#jetstream, `bucket ${name}`, `KV_${name}`);
  }
}

/** @throws OxbowError `HTTP_REQUEST_INVALID` */
export function checkName(name: string): void {
  if (/^[-\w]+$/.test(name) && name.length <= nameMax) return;
  const text = `${JSON.stringify(name.slice(0, 40))} is no name of a bucket: use letters, digits, _ and -, at most ${nameMax}`;
  throw httpError("HTTP_REQUEST_INVALID", text);
}
