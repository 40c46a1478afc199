import type {
  BucketBody,
  KeyBody,
  KvHistory,
  KvRevision,
  MessageBody,
  ObjectBody,
  StoreBody,
} from "@oxbow/gateways/http/contract";
import {
  infiniteQueryOptions,
  keepPreviousData,
  type QueryClient,
  queryOptions,
} from "@tanstack/react-query";
import { ask, path } from "./ask.ts";
import { problemOf, unreachable } from "./problem.ts";
import { list } from "./questions.ts";
import { readPart } from "./read-part.ts";
import type { Page } from "./types.ts";

/** A value as it is now. */
export interface Value
  extends Pick<MessageBody, "time" | "payload" | "encoding" | "size" | "isCut"> {
  readonly revision: number;
}

const everyMs = 5_000;
const pageMax = 100;
/** Bytes of a value that are read to be shown; all of it is there to be saved. */
const shownBytesMax = 1024 * 1024;

export const bucketsQuestion = queryOptions({
  queryKey: ["kv"],
  queryFn: () => list<BucketBody>("/kv"),
  refetchInterval: everyMs,
});

export const storesQuestion = queryOptions({
  queryKey: ["objects"],
  queryFn: () => list<StoreBody>("/objects"),
  refetchInterval: everyMs,
});

export function bucketQuestion(bucket: string) {
  return queryOptions({
    queryKey: ["kv", bucket, "bucket"],
    queryFn: () => ask<BucketBody>("GET", path`/kv/${bucket}`),
    refetchInterval: everyMs,
  });
}

/** @param sought - Part of a key, or a pattern with `*` and `>`. */
export function keysQuestion(bucket: string, sought: string) {
  const how = /[*>]/.test(sought) ? "filter" : "search";
  return infiniteQueryOptions({
    queryKey: ["kv", bucket, "keys", sought],
    queryFn: ({ pageParam }) =>
      ask<Page<KeyBody>>("GET", path`/kv/${bucket}/keys`, {
        query: { limit: pageMax, after: pageParam, ...(sought !== "" && { [how]: sought }) },
      }),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: ({ next }) => next ?? undefined,
    placeholderData: keepPreviousData,
  });
}

export function valuePath(bucket: string, key: string): string {
  return `/api/v1${path`/kv/${bucket}/keys/${key}`}`;
}

/** The value of a key; `null` if it has none. */
export function valueQuestion(bucket: string, key: string) {
  return queryOptions({
    queryKey: ["kv", bucket, "value", key],
    queryFn: () => readValue(bucket, key),
  });
}

/** The values of a key that are kept, the last first. */
export function historyQuestion(bucket: string, key: string) {
  return queryOptions({
    queryKey: ["kv", bucket, "history", key],
    queryFn: async () => {
      const where = path`/kv/${bucket}/keys/${key}/history`;
      const { items } = await ask<KvHistory>("GET", where);
      return items.toReversed();
    },
  });
}

export function storeQuestion(bucket: string) {
  return queryOptions({
    queryKey: ["objects", bucket, "store"],
    queryFn: () => ask<StoreBody>("GET", path`/objects/${bucket}`),
    refetchInterval: everyMs,
  });
}

export function objectsQuestion(bucket: string, sought: string) {
  return infiniteQueryOptions({
    queryKey: ["objects", bucket, "list", sought],
    queryFn: ({ pageParam }) =>
      ask<Page<ObjectBody>>("GET", path`/objects/${bucket}/objects`, {
        query: { limit: pageMax, after: pageParam, ...(sought !== "" && { search: sought }) },
      }),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: ({ next }) => next ?? undefined,
    placeholderData: keepPreviousData,
  });
}

export function objectQuestion(bucket: string, name: string) {
  return queryOptions({
    queryKey: ["objects", bucket, "object", name],
    queryFn: () => ask<ObjectBody>("GET", path`/objects/${bucket}/objects/${name}/info`),
  });
}

export function objectPath(bucket: string, name: string): string {
  return `/api/v1${path`/objects/${bucket}/objects/${name}`}`;
}

/** An object by its name, if there is one. It is no error if there is none. */
export async function objectIfAny(bucket: string, name: string): Promise<ObjectBody | undefined> {
  const where = path`/objects/${bucket}/objects`;
  const found = await list<ObjectBody>(where, { search: name });
  return found.find((object) => object.name === name);
}

/** Has all that is shown of a bucket or store asked for again. */
export function askAgain(queries: QueryClient, kind: "kv" | "objects"): Promise<void> {
  return queries.invalidateQueries({ queryKey: [kind] });
}

/**
 * Gives a key a value.
 *
 * @param expected - The revision that it has to have; `null` if it may have no value.
 * @returns The new revision.
 * @throws ProblemError `REVISION_MISMATCH`
 */
export async function putValue(
  bucket: string,
  key: string,
  value: string | Blob,
  expected: number | null,
): Promise<number> {
  const response = await fetch(valuePath(bucket, key), {
    method: "PUT",
    body: value,
    headers: {
      "Content-Type": "application/octet-stream",
      ...(expected === null ? { "If-None-Match": "*" } : { "If-Match": `"${expected}"` }),
    },
  }).catch(unreachable);
  if (!response.ok) throw await problemOf(response);
  return ((await response.json()) as KvRevision).revision;
}

/** @throws ProblemError `REVISION_MISMATCH` */
export async function deleteValue(
  bucket: string,
  key: string,
  isPurge: boolean,
  expected: number | undefined,
): Promise<void> {
  const response = await fetch(`${valuePath(bucket, key)}${isPurge ? "?purge=true" : ""}`, {
    method: "DELETE",
    ...(expected !== undefined && { headers: { "If-Match": `"${expected}"` } }),
  }).catch(unreachable);
  if (!response.ok) throw await problemOf(response);
}

/** Reads no more than is shown, however large the value is. @returns `null` if the key has none. */
export async function readValue(bucket: string, key: string): Promise<Value | null> {
  const response = await fetch(valuePath(bucket, key)).catch(unreachable);
  if (!response.ok) {
    const problem = await problemOf(response);
    if (problem.code === "KEY_NOT_FOUND") return null;
    throw problem;
  }
  const { bytes, isCut } = await readPart(response, shownBytesMax);
  return {
    revision: Number(/\d+/.exec(response.headers.get("ETag") ?? "")?.[0] ?? 0),
    time: new Date(response.headers.get("Last-Modified") ?? 0).toISOString(),
    size: isCut ? Number(response.headers.get("Content-Length") ?? bytes.length) : bytes.length,
    isCut,
    ...payloadOf(bytes, response.headers.get("Content-Type") ?? ""),
  };
}

/** The server has said whether it is text. */
function payloadOf(bytes: Uint8Array, type: string): Pick<Value, "payload" | "encoding"> {
  if (type.startsWith("text/")) {
    return {
      payload: new TextDecoder("utf-8", { ignoreBOM: true }).decode(bytes),
      encoding: "text",
    };
  }
  const chars = Array.from(bytes, (byte) => String.fromCharCode(byte));
  return { payload: btoa(chars.join("")), encoding: "base64" };
}
