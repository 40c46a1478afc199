import { Readable } from "node:stream";
import { jetstream } from "@nats-io/jetstream";
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { z } from "zod";
import { callerOf } from "../access/request-caller.ts";
import { apiPath } from "../api/api-path.ts";
import { anyBytes } from "../api/open-api.ts";
import { deleted, pageOf, text } from "../api/shapes/common.ts";
import { problems } from "../api/shapes/problem.ts";
import { conditionOf, revisionTag } from "../conditions.ts";
import { httpError } from "../errors.ts";
import { storeFailure } from "../jetstream-failures.ts";
import { limitField, limitOf } from "../page-of-all.ts";
import { asForeignBytes } from "../raw-body.ts";
import { boundedBytes } from "./bounded-bytes.ts";
import { objectLimits } from "./limits.ts";
import { objectBody } from "./object-body.ts";
import { objectPage } from "./object-page.ts";
import { objectBytes } from "./object-reading.ts";
import { bodyOf, contentTypeOf, objectRecord, timeOf } from "./object-record.ts";
import { ObjectWriter } from "./object-writer.ts";
import { Stores } from "./stores.ts";

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
      const { connection } = callerOf(request);
      await new Stores(connection).open(bucket);
      return bodyOf(await objectRecord(jetstream(connection), bucket, name));
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
      const { connection } = callerOf(request);
      await new Stores(connection).open(bucket);
      try {
        return { isDeleted: await new ObjectWriter(connection, bucket).delete(name) };
      } catch (error) {
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
      isUpload: true,
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
      const { description = "" } = request.query as { readonly description?: string };
      const condition = conditionOf(request.headers);
      const { connection } = callerOf(request);
      await new Stores(connection).open(bucket);
      const body = (request.body as Readable | undefined) ?? Readable.from([]);
      const contentType = request.headers["content-type"];
      try {
        const stored = await new ObjectWriter(connection, bucket).put(
          { name, description, contentType },
          boundedBytes(body, objectLimits.objectBytesMax),
          condition,
        );
        return await reply.header("ETag", revisionTag(stored.revision)).send(stored);
      } catch (error) {
        if (request.raw.errored !== null) {
          const message = "the object has stopped coming before it was whole, and is not stored";
          throw httpError("HTTP_REQUEST_INVALID", message, { cause: error });
        }
        throw storeFailure(`object store ${bucket}`, error);
      }
    },
  });
}

async function sendObject(request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
  const { bucket, name } = placeOf(request);
  const { client: reader, connection } = callerOf(request);
  const stores = new Stores(connection);
  const client = jetstream(connection);
  await stores.open(bucket);
  let place = bucket;
  let record = await objectRecord(client, bucket, name);
  const { link } = record.document.options;
  if (link !== undefined) {
    if (link.name === undefined || link.name === "") {
      const message = `${name} stands for the whole store ${link.bucket}: ask for its objects`;
      throw httpError("HTTP_REQUEST_INVALID", message);
    }
    place = link.bucket;
    await stores.open(place);
    record = await objectRecord(client, place, link.name);
  }
  const tag = revisionTag(record.revision);
  reply.header("ETag", tag).header("Last-Modified", timeOf(record).toUTCString());
  if (request.headers["if-none-match"] === tag) return reply.code(304).send();
  asForeignBytes(reply, contentTypeOf(record));
  reply.header("Content-Length", record.document.size);
  reply.header("Content-Disposition", `attachment; filename*=UTF-8''${encoded(name)}`);
  return reply.send(Readable.from(objectBytes(reader, place, record), { objectMode: false }));
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
