import { Readable } from "node:stream";
import { headers } from "@nats-io/nats-core";
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { z } from "zod";
import { callerOf } from "../access/request-caller.ts";
import { apiPath } from "../api/api-path.ts";
import { anyBytes } from "../api/open-api.ts";
import { deleted, pageOf, text } from "../api/shapes/common.ts";
import { problems } from "../api/shapes/problem.ts";
import { conditionOf, revisionMismatch, revisionTag } from "../conditions.ts";
import { httpError } from "../errors.ts";
import { isWrongRevision, storeFailure } from "../jetstream-failures.ts";
import { limitField, limitOf } from "../page-of-all.ts";
import { asForeignBytes } from "../raw-body.ts";
import { bounded } from "./bounded-stream.ts";
import { objectLimits } from "./limits.ts";
import { contentTypeOf, objectBody, objectOf } from "./object-body.ts";
import { objectPage } from "./object-page.ts";
import { objectBytes } from "./object-reading.ts";
import { objectInfo, Stores } from "./stores.ts";

const path = `${apiPath}/objects/:bucket/objects`;
const bucketPlace = z.object({ bucket: z.string().min(1).max(255) });
const objectPlace = bucketPlace.extend({ name: z.string().min(1).max(512) });

const listQuery = z.strictObject({
  after: text("Where the page before ended: its `next`."),
  limit: limitField,
  search: text("Only those with this in their name."),
});

/** Objects of any size, as streams of bytes. */
export function registerObjects(app: FastifyInstance): void {
  app.get(path, {
    schema: {
      ...{ operationId: "object.list", tags: ["object"] },
      summary: "Lists the objects of a store, by name.",
      params: bucketPlace,
      querystring: listQuery,
      response: { 200: pageOf("Object", objectBody), ...problems },
    },
    handler: async (request) => {
      const { bucket } = placeOf(request);
      const { after = "", search = "", ...rest } = request.query as z.infer<typeof listQuery>;
      const { connection } = callerOf(request);
      await new Stores(connection).open(bucket);
      return objectPage(connection, bucket, { after, search, limit: limitOf(rest) });
    },
  });
  app.get(`${path}/:name/info`, {
    schema: {
      ...{ operationId: "object.info", tags: ["object"] },
      summary: "Tells what is known of an object beside its bytes.",
      params: objectPlace,
      response: { 200: objectBody, ...problems },
    },
    handler: async (request) => {
      const { bucket, name } = placeOf(request);
      const store = await new Stores(callerOf(request).connection).open(bucket);
      return objectOf(await objectInfo(store, bucket, name));
    },
  });
  app.get(`${path}/:name`, {
    exposeHeadRoute: false,
    schema: {
      ...{ operationId: "object.get", tags: ["object"] },
      summary: "Gives the bytes of an object, as a stream: its revision is the ETag.",
      params: objectPlace,
      produces: ["application/octet-stream"],
      response: problems,
    } as object,
    handler: sendObject,
  });
  app.delete(`${path}/:name`, {
    schema: {
      ...{ operationId: "object.delete", tags: ["object"] },
      summary: "Deletes an object.",
      params: objectPlace,
      response: { 200: deleted, ...problems },
    },
    handler: async (request) => {
      const { bucket, name } = placeOf(request);
      const store = await new Stores(callerOf(request).connection).open(bucket);
      try {
        await objectInfo(store, bucket, name);
        await store.delete(name);
        return { isDeleted: true };
      } catch (error) {
        if ((error as { code?: unknown }).code === "OBJECT_NOT_FOUND") return { isDeleted: false };
        throw storeFailure(`object store ${bucket}`, error);
      }
    },
  });
  void app.register(async (bodies) => registerPut(bodies));
}

function registerPut(app: FastifyInstance): void {
  app.removeAllContentTypeParsers();
  app.addContentTypeParser("*", (_request, payload, done) => done(null, payload));
  app.put(`${path}/:name`, {
    bodyLimit: objectLimits.objectBytesMax,
    // To be asked again with an Idempotency-Key it would have to be held; asking again does no harm.
    config: {
      ...anyBytes,
      isKeyOfMessage: true,
      documentedKey:
        "Not needed, and without effect: the same bytes stored again do no harm. Use `If-Match` or `If-None-Match`.",
    } as object,
    schema: {
      ...{ operationId: "object.put", tags: ["object"] },
      summary: "Stores an object: the body, as it comes.",
      description:
        "With `If-Match` only if it has that revision, with `If-None-Match: *` only if there is none: else 412. Its `Content-Type` is kept.",
      params: objectPlace,
      querystring: z.strictObject({ description: z.string().max(4_096).optional() }),
      response: { 200: objectBody, ...problems },
    },
    handler: async (request, reply) => {
      const { bucket, name } = placeOf(request);
      const { description } = request.query as { readonly description?: string };
      const condition = conditionOf(request.headers);
      const store = await new Stores(callerOf(request).connection).open(bucket);
      const kept = headers();
      const type = request.headers["content-type"];
      if (type !== undefined) kept.set("Content-Type", type);
      const revision = condition === "none" ? 0 : condition?.revision;
      const body = (request.body as Readable | undefined) ?? Readable.from([]);
      try {
        const info = await store.put(
          { name, headers: kept, ...(description !== undefined && { description }) },
          bounded(body, objectLimits.objectBytesMax),
          revision === undefined ? {} : { previousRevision: revision },
        );
        return await reply.header("ETag", revisionTag(info.revision)).send(objectOf(info));
      } catch (error) {
        if (isWrongRevision(error)) {
          return revisionMismatch(`object ${name} of ${bucket}`, { cause: error });
        }
        throw storeFailure(`object store ${bucket}`, error);
      }
    },
  });
}

async function sendObject(request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
  const { bucket, name } = placeOf(request);
  const { client, connection } = callerOf(request);
  const stores = new Stores(connection);
  let place = bucket;
  let info = await objectInfo(await stores.open(bucket), bucket, name);
  const link = info.options?.link;
  if (link !== undefined) {
    if (link.name === undefined || link.name === "") {
      const message = `${name} stands for the whole store ${link.bucket}: ask for its objects`;
      throw httpError("HTTP_REQUEST_INVALID", message);
    }
    place = link.bucket;
    info = await objectInfo(await stores.open(place), place, link.name);
  }
  const tag = revisionTag(info.revision);
  reply.header("ETag", tag).header("Last-Modified", new Date(info.mtime).toUTCString());
  if (request.headers["if-none-match"] === tag) return reply.code(304).send();
  asForeignBytes(reply, contentTypeOf(info));
  reply.header("Content-Length", info.size);
  reply.header("Content-Disposition", `attachment; filename*=UTF-8''${encoded(name)}`);
  return reply.send(Readable.from(objectBytes(client, place, info), { objectMode: false }));
}

/** As a parameter of a header (RFC 8187). */
function encoded(name: string): string {
  return encodeURIComponent(name).replaceAll(
    /['()*]/g,
    (each) => `%${each.charCodeAt(0).toString(16)}`,
  );
}

function placeOf({ params }: FastifyRequest): z.infer<typeof objectPlace> {
  return params as z.infer<typeof objectPlace>;
}
