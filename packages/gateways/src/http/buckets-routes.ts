import type { NatsConnection } from "@nats-io/nats-core";
import type { FastifyInstance, FastifyRequest } from "fastify";
import type { Deleted } from "oxbow/control";
import { z } from "zod";
import { callerOf } from "./access/request-caller.ts";
import { apiPath } from "./api/api-path.ts";
import { deleted, pageOf, text } from "./api/shapes/common.ts";
import { problems } from "./api/shapes/problem.ts";
import { limitField, pageOfAll } from "./page-of-all.ts";

const place = z.object({ bucket: z.string().min(1).max(255) });

/** Buckets of one kind, of whoever has the connection. */
interface BucketsOf<Request, Body> {
  list(): Promise<Body[]>;
  make(name: string, request: Request): Promise<Body>;
  status(name: string): Promise<Body>;
  delete(name: string): Promise<boolean>;
}

/** What distinguishes buckets of one kind: of keys and values, or of objects. */
interface KindOfBuckets<Request, Body> {
  /** Below that of the API. */
  readonly path: string;
  /** What their operations begin with, as `kv.list`. */
  readonly operation: string;
  readonly tag: string;
  /** What one of them is called in the document. */
  readonly name: string;
  readonly summaries: Readonly<Record<"list" | "create" | "get" | "delete", string>>;
  readonly request: z.ZodType<Request | null | undefined>;
  /** What is taken where nothing is asked for. */
  readonly plain: Request;
  readonly body: z.ZodType<Body>;
  open(connection: NatsConnection): BucketsOf<Request, Body>;
}

/** Lists, makes, shows and deletes buckets. */
export function registerBucketsOf<Request, Body extends { readonly name: string }>(
  app: FastifyInstance,
  kind: KindOfBuckets<Request, Body>,
): void {
  const path = `${apiPath}${kind.path}`;
  const said = (verb: "list" | "create" | "get" | "delete") => ({
    operationId: `${kind.operation}.${verb}`,
    tags: [kind.tag],
    summary: kind.summaries[verb],
  });
  const bucketsOf = (request: FastifyRequest): BucketsOf<Request, Body> =>
    kind.open(callerOf(request).connection);
  app.get(path, {
    schema: {
      ...said("list"),
      querystring: z.strictObject({
        after: text("Where the page before ended: its `next`."),
        limit: limitField,
        search: text("Only those with this in their name."),
      }),
      response: { 200: pageOf(kind.name, kind.body), ...problems },
    },
    handler: async (request) => {
      const all = await bucketsOf(request).list();
      return pageOfAll(all, request.query as object);
    },
  });
  app.put(`${path}/:bucket`, {
    schema: {
      ...said("create"),
      params: place,
      body: kind.request,
      response: { 200: kind.body, ...problems },
    },
    handler: (request) =>
      bucketsOf(request).make(
        nameOf(request),
        (request.body as Request | null | undefined) ?? kind.plain,
      ),
  });
  app.get(`${path}/:bucket`, {
    schema: { ...said("get"), params: place, response: { 200: kind.body, ...problems } },
    handler: (request) => bucketsOf(request).status(nameOf(request)),
  });
  app.delete(`${path}/:bucket`, {
    schema: { ...said("delete"), params: place, response: { 200: deleted, ...problems } },
    handler: async (request): Promise<Deleted> => ({
      isDeleted: await bucketsOf(request).delete(nameOf(request)),
    }),
  });
}

function nameOf({ params }: FastifyRequest): string {
  return (params as { readonly bucket: string }).bucket;
}
