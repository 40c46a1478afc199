import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { validatorCompiler } from "fastify-type-provider-zod";
import { type OperationName, operations, type RequestOf, type ResponseOf } from "oxbow/control";
import { z } from "zod";
import { callerOf } from "../access/request-caller.ts";
import { httpError } from "../errors.ts";
import { apiPath } from "./api-path.ts";
import { namesOf, type Route } from "./route.ts";
import { routes } from "./routes/index.ts";
import { problems } from "./shapes/problem.ts";

/** What is done besides asking the platform. */
export type Around<Name extends OperationName> = (
  request: FastifyRequest,
  reply: FastifyReply,
  ask: () => Promise<ResponseOf<Name>>,
) => Promise<ResponseOf<Name>>;

/** By the operation. */
type Arounds = { readonly [Name in OperationName]?: Around<Name> };

/** Has every operation of the platform asked for over HTTP, in the name of who asks. */
export function registerApi(app: FastifyInstance, arounds: Arounds): void {
  for (const [name, route] of Object.entries(routes)) {
    const around = arounds[name as OperationName] as Around<OperationName> | undefined;
    registerRoute(app, name as OperationName, route as Route<OperationName>, around);
  }
}

function registerRoute<Name extends OperationName>(
  app: FastifyInstance,
  name: Name,
  route: Route<Name>,
  around: Around<Name> = (_request, _reply, ask) => ask(),
): void {
  const { method, path, params, query, body, status = 200 } = route;
  const { names, summary } = operations[name];
  const pathFields = z.object({
    ...Object.fromEntries(names.map((kind) => [kind, z.string().min(1).max(512)])),
    ...params?.shape,
  });
  const hasPathFields = Object.keys(pathFields.shape).length > 0;
  app.route({
    method,
    url: `${apiPath}${path.replaceAll(/\{(\w+)\}/g, ":$1")}`,
    schema: {
      operationId: name,
      summary: `${summary.charAt(0).toUpperCase()}${summary.slice(1)}.`,
      tags: [name.slice(0, name.indexOf("."))],
      ...(hasPathFields && { params: pathFields }),
      ...(query !== undefined && { querystring: query }),
      ...(body !== undefined && { body }),
      response: { [status]: route.answer, ...problems },
    },
    // What a body may say, the platform knows, and tells in its own words.
    validatorCompiler: (part) =>
      part.httpPart === "body" ? (value: unknown) => ({ value }) : validatorCompiler(part as never),
    handler: async (request: FastifyRequest, reply: FastifyReply) => {
      const { control } = callerOf(request);
      const fields = fieldsOf(request, names);
      const asked = route.request?.(fields) ?? (fields as RequestOf<Name>);
      const answer = await around(request, reply, () =>
        control.call(name, namesOf<Name>(names, paramsOf(request)), asked),
      );
      return reply.code(status).send(answer);
    },
  });
}

/** Everything that is said beside the names, of the body, the query and the path. */
function fieldsOf(request: FastifyRequest, names: readonly string[]): Record<string, unknown> {
  const named = Object.entries(paramsOf(request)).filter(([field]) => !names.includes(field));
  const { body } = request;
  if (body !== undefined && body !== null && (typeof body !== "object" || Array.isArray(body))) {
    throw httpError("HTTP_REQUEST_INVALID", "the body is no JSON object: write one, such as {}");
  }
  const all = { ...body, ...(request.query as object), ...Object.fromEntries(named) };
  return Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined));
}

function paramsOf({ params }: FastifyRequest): Readonly<Record<string, unknown>> {
  return params as Readonly<Record<string, unknown>>;
}
