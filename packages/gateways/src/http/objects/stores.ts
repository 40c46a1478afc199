import { type JetStreamClient, jetstream } from "@nats-io/jetstream";
import type { NatsConnection } from "@nats-io/nats-core";
import { type ObjectStore, Objm } from "@nats-io/obj";
import { z } from "zod";
import type { StoreBody, StoreRequest } from "../contract/index.ts";
import { checkSame, deleteStream, storeFailure } from "../jetstream-failures.ts";
import { checkName } from "../kv/buckets.ts";
import { storeOf } from "./object-body.ts";

export const storeRequest: z.ZodType<StoreRequest | null | undefined> = z
  .strictObject({
    description: z.string().max(4_096).optional(),
    maxAgeMs: z.int().min(0).optional().describe("How long objects are kept; 0 for ever."),
    maxBytes: z.int().min(0).optional().describe("Of all objects; 0 for no limit."),
    storage: z.enum(["file", "memory"]).optional(),
  })
  .nullish();

const nanosecondsPerMs = 1_000_000;

/** The stores of objects of whoever has the connection. */
export class Stores {
  readonly #jetstream: JetStreamClient;
  readonly #manager: Objm;

  constructor(connection: NatsConnection) {
    this.#jetstream = jetstream(connection, { checkAPI: false });
    this.#manager = new Objm(this.#jetstream);
  }

  /** All of them, by name. */
  async list(): Promise<StoreBody[]> {
    const found: StoreBody[] = [];
    for await (const status of this.#manager.list()) found.push(storeOf(status));
    return found.sort((a, b) => (a.name < b.name ? -1 : 1));
  }

  /** @throws OxbowError `BUCKET_EXISTS`, `HTTP_REQUEST_INVALID` */
  async make(name: string, request: StoreRequest): Promise<StoreBody> {
    checkName(name);
    const { description, maxAgeMs, maxBytes, storage } = request;
    try {
      const store = await this.#manager.create(name, {
        ...(description !== undefined && { description }),
        ...(maxAgeMs !== undefined && { ttl: maxAgeMs * nanosecondsPerMs }),
        ...(maxBytes !== undefined && maxBytes > 0 && { max_bytes: maxBytes }),
        ...(storage !== undefined && { storage }),
      });
      const made = storeOf(await store.status());
      checkSame(`object store ${name}`, request, made);
      return made;
    } catch (error) {
      throw storeFailure(`object store ${name}`, error);
    }
  }

  /** @throws OxbowError `BUCKET_NOT_FOUND` */
  async open(name: string): Promise<ObjectStore> {
    checkName(name);
    try {
      return await this.#manager.open(name, true);
    } catch (error) {
      throw storeFailure(`object store ${name}`, error);
    }
  }

  /** @throws OxbowError `BUCKET_NOT_FOUND` */
  async status(name: string): Promise<StoreBody> {
    const store = await this.open(name);
    return storeOf(await store.status());
  }

  /** @returns Whether there was one. */
  async delete(name: string): Promise<boolean> {
    checkName(name);
    return deleteStream(this.#jetstream, `object store ${name}`, `OBJ_${name}`);
  }
}
