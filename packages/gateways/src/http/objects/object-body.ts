import type { ObjectStoreStatus } from "@nats-io/obj";
import { z } from "zod";
import { count, time } from "../api/shapes/common.ts";
import { named } from "../api/shapes/named.ts";
import type { ObjectBody, StoreBody } from "../contract/index.ts";

const nanosecondsPerMs = 1_000_000;

export const storeBody: z.ZodType<StoreBody> = named(
  "ObjectStore",
  z.object({
    name: z.string(),
    description: z.string(),
    bytes: count,
    isSealed: z.boolean().describe("Whether nothing in it can be changed any more."),
    maxAgeMs: count.describe("How long objects are kept; 0 for ever."),
    maxBytes: count.describe("0 for no limit."),
    storage: z.string(),
  }),
);

export function storeOf(status: ObjectStoreStatus): StoreBody {
  const { bucket: name, size: bytes, sealed: isSealed, storage, streamInfo } = status;
  return {
    name,
    description: status.description ?? "",
    bytes,
    isSealed,
    maxAgeMs: Number(status.ttl) / nanosecondsPerMs,
    maxBytes: Math.max(0, streamInfo.config.max_bytes),
    storage,
  };
}

export const objectBody: z.ZodType<ObjectBody> = named(
  "Object",
  z.object({
    name: z.string(),
    description: z.string(),
    bytes: count,
    time,
    contentType: z.string().nullable(),
    digest: z.string().describe("`SHA-256=` and base64url."),
    revision: count.describe("Its ETag."),
    link: z
      .object({ bucket: z.string(), name: z.string().nullable() })
      .nullable()
      .describe("What it stands for another name of."),
  }),
);
