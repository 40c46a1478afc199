import { isUtf8 } from "node:buffer";
import type { KV, KvEntry } from "@nats-io/kv";
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { z } from "zod";
import { callerOf } from "../access/request-caller.ts";
import { apiPath } from "../api/api-path.ts";
import { anyBytes } from "../api/open-api.ts";
import { count, deleted, flag, number, pageOf, text } from "../api/shapes/common.ts";
import { named } from "../api/shapes/named.ts";
import { problems } from "../api/shapes/problem.ts";
import { conditionOf, revisionMismatch, revisionTag } from "../conditions.ts";
import type { KvHistory, KvRevision } from "../contract/index.ts";
import { httpError } from "../errors.ts";
import { isWrongRevision, storeFailure } from "../jetstream-failures.ts";
import { limitField, limitOf } from "../page-of-all.ts";
import { asForeignBytes } from "../raw-body.ts";
import { bucketScan } from "./bucket-scan.ts";
import { Buckets } from "./buckets.ts";
import { entryBody, entryOf, keyBody } from "./entry-body.ts";
import { keyPage } from "./key-page.ts";
import { kvLimits } from "./limits.ts";

const path = `${apiPath}/kv/:bucket/keys`;
const bucketPlace = z.object({ bucket: z.string().min(1).max(255) });
const keyPlace = bucketPlace.extend({ key: z.string().min(1).max(512) });

const keyQuery = z.strictObject({
  after: text("Where the page before ended: its `next`."),
  limit: limitField,
  filter: text("Only keys that match, with `*` and `>`."),
  search: text("Only keys with this in them."),
});
const stored: z.ZodType<KvRevision> = named("KvRevision", z.object({ revision: count }));
const history: z.ZodType<KvHistory> = named("KvHistory", z.object({ items: z.array(entryBody) }));

/** Keys and their values, as bytes, with their revisions as entity tags. */
export function registerKeys(app: FastifyInstance): void {
  app.get(path, {
    schema: {
      ...{ operationId: "kv.keys", tags: ["kv"] },
      summary: "Lists the keys of a bucket that have a value, by name.",
      params: bucketPlace,
      querystring: keyQuery,
      response: { 200: pageOf("KvKey", keyBody), ...problems },
    },
    handler: async (request) => {
      const {
        after = "",
        filter = ">",
        search = "",
        ...rest
      } = request.query as z.infer<typeof keyQuery>;
      const { bucket } = request.params as z.infer<typeof bucketPlace>;
      checkFilter(filter);
      const { connection } = callerOf(request);
      await new Buckets(connection).open(bucket);
      return keyPage(connection, bucket, { after, filter, search, limit: limitOf(rest) });
    },
  });
  app.get(`${path}/:key`, {
    schema: {
      ...{ operationId: "kv.getValue", tags: ["kv"] },
      summary: "Gives the value of a key, as it is: its revision is the ETag.",
      description: "304 if it has the revision of `If-None-Match`.",
      params: keyPlace,
      querystring: z.strictObject({ revision: number("An earlier value, if it is kept.") }),
      produces: ["application/octet-stream"],
      response: problems,
    } as object,
    handler: async (request, reply) => {
      const { revision } = request.query as { readonly revision?: number };
      const { bucket, key } = placeOf(request);
      const entry = await found(await opened(request), key, revision);
      if (entry === undefined || entry.operation !== "PUT") throw missingKey(bucket, key, revision);
      return sendValue(request, reply, entry);
    },
  });
  app.get(`${path}/:key/history`, {
    schema: {
      ...{ operationId: "kv.history", tags: ["kv"] },
      summary: "Gives the values of a key that are kept, oldest first.",
      params: keyPlace,
      response: { 200: history, ...problems },
    },
    handler: async (request) => {
      const { bucket, key } = placeOf(request);
      await opened(request);
      const subject = `$KV.${bucket}.${key}`;
      const question = { stream: `KV_${bucket}`, subject, isLastOnly: false };
      const items = [];
      const { connection } = callerOf(request);
      for await (const message of bucketScan(connection, { ...question, isWithoutValues: false })) {
        const { seq: sequence, time, data, headers } = message;
        const operation = headers?.get("KV-Operation") || undefined;
        const reason = headers?.get("Nats-Marker-Reason") || undefined;
        items.push(entryOf(bucket, { key, sequence, time, data, operation, reason }));
      }
      return { items };
    },
  });
  app.delete(`${path}/:key`, {
    schema: {
      ...{ operationId: "kv.deleteValue", tags: ["kv"] },
      summary: "Deletes the value of a key; with `purge` also those that it had before.",
      description: "With `If-Match` only if it has that revision: else 412.",
      params: keyPlace,
      querystring: z.strictObject({ purge: flag("Also all earlier values.") }),
      response: { 200: deleted, ...problems },
    },
    handler: async (request) => {
      const { purge = false } = request.query as { readonly purge?: boolean };
      const { bucket, key } = placeOf(request);
      const condition = conditionOf(request.headers);
      if (condition === "none") {
        const message = "If-None-Match makes no sense for what is deleted: use If-Match";
        throw httpError("HTTP_REQUEST_INVALID", message);
      }
      const keys = await opened(request);
      const before = await found(keys, key, undefined);
      const isThere = before !== undefined && (purge || before.operation === "PUT");
      if (!isThere && condition === undefined) return { isDeleted: false };
      const options = condition === undefined ? {} : { previousSeq: condition.revision };
      await changed(bucket, key, () =>
        purge ? keys.purge(key, options) : keys.delete(key, options),
      );
      return { isDeleted: true };
    },
  });
  void app.register(async (bodies) => registerPut(bodies));
}

function registerPut(app: FastifyInstance): void {
  app.removeAllContentTypeParsers();
  app.addContentTypeParser("*", { parseAs: "buffer" }, (_request, body, done) => done(null, body));
  app.put(`${path}/:key`, {
    bodyLimit: kvLimits.valueBytesMax,
    config: anyBytes as object,
    schema: {
      ...{ operationId: "kv.putValue", tags: ["kv"] },
      summary: "Gives a key a value: the body, as it is.",
      description:
        "With `If-Match` only if it has that revision, with `If-None-Match: *` only if it has none: else 412.",
      params: keyPlace,
      response: { 200: stored, ...problems },
    },
    handler: async (request, reply) => {
      const { bucket, key } = placeOf(request);
      const condition = conditionOf(request.headers);
      const value = (request.body as Buffer | undefined) ?? Buffer.alloc(0);
      const keys = await opened(request);
      const revision = await changed(bucket, key, () => {
        if (condition === "none") return keys.create(key, value);
        if (condition !== undefined) return keys.update(key, value, condition.revision);
        return keys.put(key, value);
      });
      return reply.header("ETag", revisionTag(revision)).send({ revision });
    },
  });
}

function sendValue(request: FastifyRequest, reply: FastifyReply, entry: KvEntry): FastifyReply {
  const tag = revisionTag(entry.revision);
  reply.header("ETag", tag).header("Last-Modified", entry.created.toUTCString());
  if (request.headers["if-none-match"] === tag) return reply.code(304).send();
  const bytes = Buffer.from(entry.value);
  const type = isUtf8(bytes) ? "text/plain; charset=utf-8" : undefined;
  return asForeignBytes(reply, type).send(bytes);
}

/** Does what may be refused for what others have done. */
async function changed<Result>(
  bucket: string,
  key: string,
  act: () => Promise<Result>,
): Promise<Result> {
  try {
    return await act();
  } catch (error) {
    if (isWrongRevision(error)) {
      return revisionMismatch(`key ${key} of bucket ${bucket}`, { cause: error });
    }
    throw storeFailure(`bucket ${bucket}`, error);
  }
}

async function found(
  keys: KV,
  key: string,
  revision: number | undefined,
): Promise<KvEntry | undefined> {
  const entry = await keys.get(key, revision === undefined ? undefined : { revision });
  return entry ?? undefined;
}

async function opened(request: FastifyRequest): Promise<KV> {
  const { bucket, key } = placeOf(request);
  if (!/^[-/_=.a-zA-Z0-9]+$/.test(key) || /^\.|\.$|\.\./.test(key)) {
    const message = `${JSON.stringify(key.slice(0, 40))} is no key: use letters, digits and - / _ = with dots between them`;
    throw httpError("HTTP_REQUEST_INVALID", message);
  }
  return new Buckets(callerOf(request).connection).open(bucket);
}

function missingKey(bucket: string, key: string, revision: number | undefined): Error {
  const what = revision === undefined ? "has no value" : `has no revision ${revision} any more`;
  return httpError("KEY_NOT_FOUND", `key ${key} of bucket ${bucket} ${what}`);
}

/** @throws OxbowError `HTTP_REQUEST_INVALID` */
export function checkFilter(filter: string): void {
  if (/^(?:[^\s.>*]+|\*)(?:\.(?:[^\s.>*]+|\*))*(?:\.>)?$|^>$/.test(filter)) return;
  const message = `${JSON.stringify(filter.slice(0, 40))} is no filter of keys: tokens with dots between them, * for any of them, > for all behind`;
  throw httpError("HTTP_REQUEST_INVALID", message);
}

function placeOf({ params }: FastifyRequest): z.infer<typeof keyPlace> {
  return params as z.infer<typeof keyPlace>;
}
