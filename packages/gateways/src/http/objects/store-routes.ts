import type { FastifyInstance, FastifyRequest } from "fastify";
import type { Deleted } from "oxbow/control";
import { z } from "zod";
import { callerOf } from "../access/request-caller.ts";
import { apiPath } from "../api/api-path.ts";
import { deleted, pageOf, text } from "../api/shapes/common.ts";
import { problems } from "../api/shapes/problem.ts";
import type { StoreRequest } from "../contract/index.ts";
import { limitField, pageOfAll } from "../page-of-all.ts";
import { storeBody } from "./object-body.ts";
import { Stores, storeRequest } from "./stores.ts";

const path = `${apiPath}/objects`;
const place = z.object({ bucket: z.string().min(1).max(255) });

/** Stores of objects. */
export function registerStores(app: FastifyInstance): void {
  app.get(path, {
    schema: {
      ...{ operationId: "objectStore.list", tags: ["object"] },
      summary: "Lists stores of objects.",
      querystring: z.strictObject({
        after: text("Where the page before ended: its `next`."),
        limit: limitField,
        search: text("Only those with this in their name."),
      }),
      response: { 200: pageOf("ObjectStore", storeBody), ...problems },
    },
    handler: async (request) => {
      const all = await storesOf(request).list();
      return pageOfAll(all, request.query as object);
    },
  });
  app.put(`${path}/:bucket`, {
    schema: {
      ...{ operationId: "objectStore.create", tags: ["object"] },
      summary: "Makes a store of objects, unless there is one with these settings.",
      params: place,
      body: storeRequest,
      response: { 200: storeBody, ...problems },
    },
    handler: (request) =>
      storesOf(request).make(
        nameOf(request),
        (request.body as StoreRequest | null | undefined) ?? {},
      ),
  });
  app.get(`${path}/:bucket`, {
    schema: {
      ...{ operationId: "objectStore.get", tags: ["object"] },
      summary: "Tells what a store of objects is like.",
      params: place,
      response: { 200: storeBody, ...problems },
    },
    handler: (request) => storesOf(request).status(nameOf(request)),
  });
  app.delete(`${path}/:bucket`, {
    schema: {
      ...{ operationId: "objectStore.delete", tags: ["object"] },
      summary: "Deletes a store with all of its objects.",
      params: place,
      response: { 200: deleted, ...problems },
    },
    handler: async (request): Promise<Deleted> => ({
      isDeleted: await storesOf(request).delete(nameOf(request)),
    }),
  });
}

function storesOf(request: FastifyRequest): Stores {
  return new Stores(callerOf(request).connection);
}

function nameOf({ params }: FastifyRequest): string {
  return (params as { readonly bucket: string }).bucket;
}
