import type { FastifyInstance } from "fastify";
import { registerBucketsOf } from "../buckets-routes.ts";
import { Buckets, bucketBody, bucketRequest } from "./buckets.ts";

/** Buckets of keys and values. */
export function registerBuckets(app: FastifyInstance): void {
  registerBucketsOf(app, {
    ...{ path: "/kv", operation: "kv", tag: "kv", name: "Bucket" },
    summaries: {
      list: "Lists buckets of keys and values.",
      create: "Makes a bucket, unless there is one with these settings.",
      get: "Tells how a bucket is set up, and what is in it.",
      delete: "Deletes a bucket with all that is in it.",
    },
    request: bucketRequest,
    plain: {},
    body: bucketBody,
    open: (connection) => new Buckets(connection),
  });
}
