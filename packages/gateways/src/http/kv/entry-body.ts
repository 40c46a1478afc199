import { isUtf8 } from "node:buffer";
import { z } from "zod";
import { count, time } from "../api/shapes/common.ts";
import { named } from "../api/shapes/named.ts";
import type { EntryBody, KeyBody } from "../contract/index.ts";

export const entryBody: z.ZodType<EntryBody> = named(
  "KvEntry",
  z.object({
    bucket: z.string(),
    key: z.string(),
    revision: count,
    time,
    operation: z.enum(["put", "delete", "purge"]),
    payload: z.string().describe("Text, or base64 where the bytes are none."),
    encoding: z.enum(["text", "base64"]),
  }),
);

/** What an entry is made of. */
interface GivenEntry {
  readonly sequence: number;
  readonly time: Date;
  readonly data: Uint8Array;
  /** Of its subject, behind the bucket's. */
  readonly key: string;
  /** `KV-Operation`, if it has one. */
  readonly operation: string | undefined;
  /** `Nats-Marker-Reason`, if it has one. */
  readonly reason: string | undefined;
}

export function entryOf(bucket: string, given: GivenEntry): EntryBody {
  const { key, sequence, data } = given;
  const bytes = Buffer.from(data.buffer, data.byteOffset, data.byteLength);
  const encoding = isUtf8(bytes) ? "text" : "base64";
  return {
    bucket,
    key,
    revision: sequence,
    time: given.time.toISOString(),
    operation: operationOf(given),
    payload: bytes.toString(encoding === "text" ? "utf8" : "base64"),
    encoding,
  };
}

/** What the server itself marks as gone says why (ADR-48). */
function operationOf({ operation, reason }: GivenEntry): EntryBody["operation"] {
  if (operation === "DEL") return "delete";
  if (operation === "PURGE" || reason === "Purge" || reason === "MaxAge") return "purge";
  return reason === undefined ? "put" : "delete";
}

export const keyBody: z.ZodType<KeyBody> = named(
  "KvKey",
  z.object({ key: z.string(), revision: count, time, bytes: count.describe("Of its value.") }),
);
