import type { FastifyInstance } from "fastify";
import { registerBucketsOf } from "../buckets-routes.ts";
import { storeBody } from "./object-body.ts";
import { Stores, storeRequest } from "./stores.ts";

/** Stores of objects. */
export function registerStores(app: FastifyInstance): void {
  registerBucketsOf(app, {
    ...{ path: "/objects", operation: "objectStore", tag: "object", name: "ObjectStore" },
    summaries: {
      list: "Lists stores of objects.",
      create: "Makes a store of objects, unless there is one with these settings.",
      get: "Tells what a store of objects is like.",
      delete: "Deletes a store with all of its objects.",
    },
    request: storeRequest,
    plain: {},
    body: storeBody,
    open: (connection) => new Stores(connection),
  });
}
