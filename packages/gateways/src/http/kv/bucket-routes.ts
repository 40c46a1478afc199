import type { FastifyInstance, FastifyRequest } from "fastify";
import type { Deleted } from "oxbow/control";
import { z } from "zod";
import { callerOf } from "../access/request-caller.ts";
import { apiPath } from "../api/api-path.ts";
import { deleted, pageOf, text } from "../api/shapes/common.ts";
import { problems } from "../api/shapes/problem.ts";
import type { BucketRequest } from "../contract/index.ts";
import { limitField, pageOfAll } from "../page-of-all.ts";
import { Buckets, bucketBody, bucketRequest } from "./buckets.ts";

const path = `${apiPath}/kv`;
const place = z.object({ bucket: z.string().min(1).max(255) });

/** Buckets of keys and values. */
export function registerBuckets(app: FastifyInstance): void {
  app.get(path, {
    schema: {
      ...{ operationId: "kv.list", tags: ["kv"] },
      summary: "Lists buckets of keys and values.",
      querystring: z.strictObject({
        after: text("Where the page before ended: its `next`."),
        limit: limitField,
        search: text("Only those with this in their name."),
      }),
      response: { 200: pageOf("Bucket", bucketBody), ...problems },
    },
    handler: async (request) => {
      const all = await new Buckets(callerOf(request).connection).list();
      return pageOfAll(all, request.query as object);
    },
  });
  app.put(`${path}/:bucket`, {
    schema: {
      ...{ operationId: "kv.create", tags: ["kv"] },
      summary: "Makes a bucket, unless there is one with these settings.",
      params: place,
      body: bucketRequest,
      response: { 200: bucketBody, ...problems },
    },
    handler: (request) =>
      new Buckets(callerOf(request).connection).make(
        nameOf(request),
        (request.body as BucketRequest | null | undefined) ?? {},
      ),
  });
  app.get(`${path}/:bucket`, {
    schema: {
      ...{ operationId: "kv.get", tags: ["kv"] },
      summary: "Tells how a bucket is set up, and what is in it.",
      params: place,
      response: { 200: bucketBody, ...problems },
    },
    handler: (request) => new Buckets(callerOf(request).connection).status(nameOf(request)),
  });
  app.delete(`${path}/:bucket`, {
    schema: {
      ...{ operationId: "kv.delete", tags: ["kv"] },
      summary: "Deletes a bucket with all that is in it.",
      params: place,
      response: { 200: deleted, ...problems },
    },
    handler: async (request): Promise<Deleted> => ({
      isDeleted: await new Buckets(callerOf(request).connection).delete(nameOf(request)),
    }),
  });
}

function nameOf({ params }: FastifyRequest): string {
  return (params as { readonly bucket: string }).bucket;
}
