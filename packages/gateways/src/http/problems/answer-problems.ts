import type { Logger, OxbowError } from "@oxbow/base";
import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { httpError } from "../errors.ts";
import { explained } from "./explained.ts";
import { pathOf } from "./path-of.ts";
import { type PlacedProblem, problemOf } from "./problem.ts";

/** Media type of a problem, as of RFC 9457. */
export const problemType = "application/problem+json; charset=utf-8";

/**
 * Has whatever is thrown answered as a problem, and what is found nowhere as well.
 *
 * @param page - Answers somebody who goes to a path outside of the API with a browser.
 */
export function answerProblems(
  app: FastifyInstance,
  logger: Logger,
  page?: (reply: FastifyReply) => FastifyReply,
): void {
  app.setErrorHandler((thrown: FastifyError, request, reply) => {
    const { error, fields } = explained(thrown);
    if (error.kind === "internal") {
      const { method, url } = request;
      logger.error({ method, path: pathOf(url), error: thrown.stack }, "an HTTP request failed");
    }
    return sendProblem(reply, error, fields);
  });
  app.setNotFoundHandler((request, reply) => {
    const isPage = request.method === "GET" && !/^\/api(?:\/|$)/.test(pathOf(request.url));
    if (page !== undefined && isPage) return page(reply);
    return sendProblem(reply, notFound(app, request));
  });
}

/** Answers with a problem. */
export function sendProblem(
  reply: FastifyReply,
  error: OxbowError,
  fields?: readonly PlacedProblem[],
): FastifyReply {
  const problem = problemOf(error, fields);
  if (problem.status === 401) void reply.header("WWW-Authenticate", 'Bearer realm="oxbow"');
  if (problem.status === 429) void reply.header("Retry-After", "1");
  return reply.code(problem.status).type(problemType).send(JSON.stringify(problem));
}

function notFound(app: FastifyInstance, { method, url }: FastifyRequest): OxbowError {
  const path = pathOf(url);
  const others = (["GET", "PUT", "POST", "PATCH", "DELETE"] as const).filter(
    (each) => each !== method && app.findRoute({ method: each, url: path }) !== null,
  );
  if (others.length > 0) {
    return httpError(
      "HTTP_METHOD",
      `${path} is not asked for by ${method}: use ${others.join(", ")}`,
    );
  }
  return httpError(
    "PATH_NOT_FOUND",
    `there is nothing at ${path}: /api/openapi.json lists what there is`,
  );
}
