import swagger from "@fastify/swagger";
import type { FastifyInstance, RouteOptions } from "fastify";
import { jsonSchemaTransform, jsonSchemaTransformObject } from "fastify-type-provider-zod";
import { z } from "zod";
import type { KeyConfig } from "../idempotency/register-idempotency.ts";
import { apiPath } from "./api-path.ts";

/** A document, as far as it matters here. */
interface Document {
  readonly components?: { readonly schemas?: Readonly<Record<string, unknown>> };
}

/** Where the document of the API is. */
export const openApiPath = "/api/openapi.json";

/**
 * Serves the document of all routes that are added from here on, as of OpenAPI 3.1.
 *
 * @param version - Of the program.
 */
export async function registerOpenApi(app: FastifyInstance, version: string): Promise<void> {
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
        },
      },
      security: [{ accessKey: [] }, { password: [] }, {}],
    },
    transform: documented,
    transformObject: jsonSchemaTransformObject,
  });
  let document: string | undefined;
  app.get(openApiPath, { schema: { hide: true } as never }, (_request, reply) => {
    document ??= JSON.stringify(withoutUnused(app.swagger() as Document));
    return reply.type("application/json; charset=utf-8").send(document);
  });
}

/** What stands of a body in the document where the route itself takes any bytes. */
export interface BodyConfig extends KeyConfig {
  readonly documentedBody?: { readonly shape: unknown; readonly types: readonly string[] };
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
  const { documentedBody, isKeyOfMessage = false } = ((given.route as RouteOptions | undefined)
    ?.config ?? {}) as BodyConfig;
  const method = String((given.route as RouteOptions | undefined)?.method);
  const { shape: body, types: consumes } = documentedBody ?? {};
  const schema = {
    ...given.schema,
    ...(documentedBody !== undefined && { body, consumes }),
    ...(isKept({ method, url: given.url }) && {
      headers: isKeyOfMessage ? keyOfMessage : keyOfRequest,
    }),
  };
  return jsonSchemaTransform({ ...given, schema: schema as never });
};

const keyOfMessage = z.object({
  "idempotency-key": z.string().optional().describe("The id of the message."),
});
const keyOfRequest = z.object({
  "idempotency-key": z
    .string()
    .max(257)
    .optional()
    .describe(
      "Asked again with the same one within an hour, what was answered is answered again, and nothing is done twice.",
    ),
});

/** Whether answers of a route are kept for those who ask again. */
function isKept({ method, url }: { readonly method: string; readonly url: string }): boolean {
  return (
    method !== "GET" &&
    url.startsWith(`${apiPath}/`) &&
    !/^\/session/.test(url.slice(apiPath.length))
  );
}

/** Each shape comes as it is asked for and as it is answered; those that nothing refers to are left out. */
function withoutUnused(document: Document): Document {
  const { schemas = {}, ...components } = document.components ?? {};
  const used = new Set<string>();
  const look = (text: string): void => {
    for (const [, name = ""] of text.matchAll(/"#\/components\/schemas\/([^"]+)"/g)) {
      if (used.has(name)) continue;
      used.add(name);
      look(JSON.stringify(schemas[name] ?? {}));
    }
  };
  look(JSON.stringify({ ...document, components }));
  const kept = Object.entries(schemas).filter(([name]) => used.has(name));
  return { ...document, components: { ...components, schemas: Object.fromEntries(kept) } };
}
