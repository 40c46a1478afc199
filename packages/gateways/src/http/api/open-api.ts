import swagger from "@fastify/swagger";
import type { FastifyInstance, RouteOptions } from "fastify";
import { jsonSchemaTransform, jsonSchemaTransformObject } from "fastify-type-provider-zod";
import { z } from "zod";
import type { SendPage } from "../console/register-console.ts";
import type { KeyConfig } from "../idempotency/register-idempotency.ts";
import { apiPath } from "./api-path.ts";
import { finishedDocument } from "./finished-document.ts";

/** Where the document of the API is. */
export const openApiPath = "/api/openapi.json";
/** Where it is shown to people, by a page of the console. */
const docsPath = "/api/docs";

/**
 * Serves the document of all routes that are added from here on, as of OpenAPI 3.1. Nobody has to log in to read it: there is
 * nothing in it that is of this server.
 *
 * @param version - Of the program.
 * @param page - Answers with the page that shows it, where there is one.
 */
export async function registerOpenApi(
  app: FastifyInstance,
  version: string,
  page: SendPage | undefined,
): Promise<void> {
  await app.register(swagger, {
    openapi: {
      openapi: "3.1.0",
      info: {
        title: "Oxbow",
        version,
        description:
          "Stations, consumer groups, schemas, dead letters, tenants and users of an Oxbow server.",
        license: { name: "Apache-2.0", identifier: "Apache-2.0" },
      },
      servers: [{ url: "/" }],
      components: {
        securitySchemes: {
          accessKey: { type: "http", scheme: "bearer", description: "An access key of a user." },
          password: { type: "http", scheme: "basic" },
          session: {
            type: "apiKey",
            in: "cookie",
            name: "__Host-oxbow",
            description: "Of a browser that has logged in with `session.begin`.",
          },
        },
      },
      security: [{ accessKey: [] }, { password: [] }, { session: [] }, {}],
    },
    transform: documented,
    transformObject: jsonSchemaTransformObject,
  });
  let document: string | undefined;
  const hidden = { schema: { hide: true } as object };
  if (page !== undefined) app.get(docsPath, hidden, (_request, reply) => page(reply));
  app.get(openApiPath, hidden, (_request, reply) => {
    document ??= JSON.stringify(finishedDocument(app.swagger()));
    return reply.type("application/json; charset=utf-8").send(document);
  });
}

/** What stands of a body in the document where the route itself takes any bytes. */
interface BodyConfig extends KeyConfig {
  readonly documentedBody?: { readonly shape: unknown; readonly types: readonly string[] };
  /** What the document says of `Idempotency-Key`, where it is not what it is anywhere else. */
  readonly documentedKey?: string;
}

/** Of a route that takes any bytes: what the document says of its body. */
export const anyBytes: BodyConfig = {
  documentedBody: {
    shape: z.string().meta({ format: "binary" }),
    types: ["application/octet-stream"],
  },
};

/** The shapes of a route as the document has them. */
const documented: typeof jsonSchemaTransform = (given) => {
  const { documentedBody, documentedKey } = ((given.route as RouteOptions | undefined)?.config ??
    {}) as BodyConfig;
  const method = String((given.route as RouteOptions | undefined)?.method);
  const { shape: body, types: consumes } = documentedBody ?? {};
  const schema = {
    ...given.schema,
    ...(documentedBody !== undefined && { body, consumes }),
    ...(isKept({ method, url: given.url }) && {
      headers: documentedKey === undefined ? keyOfRequest : keyOf(documentedKey),
    }),
  };
  return jsonSchemaTransform({ ...given, schema: schema as never });
};

function keyOf(description: string): z.ZodType {
  return z.object({ "idempotency-key": z.string().max(257).optional().describe(description) });
}

const keyOfRequest = keyOf(
  "Asked again with the same one within an hour, what was answered is answered again, and nothing is done twice.",
);

/** Whether answers of a route are kept for those who ask again. */
function isKept({ method, url }: { readonly method: string; readonly url: string }): boolean {
  return (
    method !== "GET" &&
    url.startsWith(`${apiPath}/`) &&
    !/^\/session/.test(url.slice(apiPath.length))
  );
}
