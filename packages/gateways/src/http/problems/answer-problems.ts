import { errors } from "@nats-io/nats-core";
import { type Logger, OxbowError } from "@oxbow/base";
import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { hasZodFastifySchemaValidationErrors } from "fastify-type-provider-zod";
import { apiError, type FieldProblem } from "oxbow/control";
import { platformError } from "oxbow/internal";
import { httpError } from "../errors.ts";
import { problemOf } from "./problem.ts";

/** Media type of a problem, as of RFC 9457. */
export const problemType = "application/problem+json; charset=utf-8";

/** Has whatever is thrown answered as a problem, and what is found nowhere as well. */
export function answerProblems(app: FastifyInstance, logger: Logger): void {
  app.setErrorHandler((thrown: FastifyError, request, reply) => {
    const { error, fields } = explained(thrown);
    if (error.kind === "internal") {
      const { method, url } = request;
      logger.error({ method, path: pathOf(url), error: thrown.stack }, "an HTTP request failed");
    }
    return sendProblem(reply, error, fields);
  });
  app.setNotFoundHandler((request, reply) => sendProblem(reply, notFound(app, request)));
}

/** Answers with a problem. */
export function sendProblem(
  reply: FastifyReply,
  error: OxbowError,
  fields?: readonly FieldProblem[],
): FastifyReply {
  const problem = problemOf(error, fields);
  if (problem.status === 401) void reply.header("WWW-Authenticate", 'Bearer realm="oxbow"');
  if (problem.status === 429) void reply.header("Retry-After", "1");
  return reply.code(problem.status).type(problemType).send(JSON.stringify(problem));
}

interface Explained {
  readonly error: OxbowError;
  readonly fields?: readonly FieldProblem[];
}

/** What is not known is a bug: its text is for the log. */
function explained(thrown: FastifyError): Explained {
  if (thrown instanceof OxbowError) return { error: thrown };
  if (hasZodFastifySchemaValidationErrors(thrown)) return invalidFields(thrown);
  const options = { cause: thrown };
  if (isA(thrown, errors.PermissionViolationError)) {
    const text = "this user may not do that: an owner or admin can give it the right";
    return { error: platformError("ACCESS_DENIED", text, options) };
  }
  if (isA(thrown, errors.TimeoutError)) {
    const text = "the platform did not answer in time: try again";
    return { error: apiError("API_TIMEOUT", text, options) };
  }
  if (isA(thrown, errors.ClosedConnectionError) || isA(thrown, errors.DrainingConnectionError)) {
    const text = "the connection to the broker has ended meanwhile: try again";
    return { error: apiError("API_UNAVAILABLE", text, options) };
  }
  const { statusCode = 500 } = thrown;
  if (statusCode >= 400 && statusCode < 500) return { error: refused(statusCode, thrown) };
  const text = "the server failed; its log says why. Please report it";
  return { error: apiError("API_INTERNAL", text, options) };
}

/** What Fastify itself has against a request. */
function refused(statusCode: number, thrown: FastifyError): OxbowError {
  const options = { cause: thrown };
  switch (statusCode) {
    case 413:
      return apiError("API_REQUEST_TOO_LARGE", "the body is larger than is taken", options);
    case 415:
      return httpError("HTTP_MEDIA_TYPE", "write Content-Type: application/json", options);
    default:
      return httpError("HTTP_REQUEST_INVALID", thrown.message, options);
  }
}

function invalidFields(thrown: FastifyError): Explained {
  const { validation = [], validationContext = "request" } = thrown;
  const fields = validation.map(({ instancePath, message = "is not right" }) => ({
    path: instancePath.slice(1).replaceAll("/", "."),
    message,
  }));
  const problems = fields.map(({ path, message }) =>
    path === "" ? message : `${path}: ${message}`,
  );
  const where = placeOf[validationContext] ?? "request";
  const text = `the ${where} is not right: ${problems.join("; ")}`;
  return { error: apiError("API_REQUEST_INVALID", text), fields };
}

const placeOf: Readonly<Record<string, string>> = { querystring: "query", params: "path" };

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

function pathOf(url: string): string {
  return url.split("?", 1)[0] ?? url;
}

/** The client wraps what it throws for a request. */
function isA(error: unknown, kind: abstract new (...args: never[]) => Error): boolean {
  if (!(error instanceof Error)) return false;
  const { cause } = error;
  return error instanceof kind || isA(cause, kind);
}
