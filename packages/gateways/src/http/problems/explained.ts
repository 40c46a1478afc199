import { errors } from "@nats-io/nats-core";
import { causeOf, OxbowError } from "@oxbow/base";
import type { FastifyError } from "fastify";
import { hasZodFastifySchemaValidationErrors } from "fastify-type-provider-zod";
import { apiError } from "oxbow/control";
import { platformError } from "oxbow/internal";
import { isUndecided } from "../access/callers.ts";
import type { PlacedProblem } from "../contract/index.ts";
import { httpError } from "../errors.ts";
import { ExpressionMistake } from "../messages/search/expression-mistake.ts";

/** What was thrown, as it is answered. */
interface Explained {
  readonly error: OxbowError;
  readonly fields?: readonly PlacedProblem[];
}

/** What is not known is a bug: its text is for the log. */
export function explained(thrown: Error): Explained {
  if (thrown instanceof OxbowError) return { error: thrown, ...placeIn(thrown) };
  if (hasZodFastifySchemaValidationErrors(thrown)) return invalidFields(thrown);
  const options = { cause: thrown };
  if (causeOf(thrown, errors.PermissionViolationError) !== undefined) {
    const text = "this user may not do that: an owner or admin can give it the right";
    return { error: platformError("ACCESS_DENIED", text, options) };
  }
  if (isUndecided(thrown)) {
    const text = "the server has too much to do to find out who you are: try again";
    return { error: apiError("API_UNAVAILABLE", text, options) };
  }
  if (causeOf(thrown, errors.TimeoutError) !== undefined) {
    const text = "the platform did not answer in time: try again";
    return { error: apiError("API_TIMEOUT", text, options) };
  }
  const { ClosedConnectionError, DrainingConnectionError } = errors;
  const isClosed =
    causeOf(thrown, ClosedConnectionError, DrainingConnectionError) !== undefined ||
    // What is asked for while the connection ends, the client of NATS tells by this text alone.
    causeOf(thrown, errors.RequestError)?.message === "connection closed";
  if (isClosed) {
    const text = "the connection to the broker has ended meanwhile: try again";
    return { error: apiError("API_UNAVAILABLE", text, options) };
  }
  const { statusCode = 500 } = thrown as Partial<FastifyError>;
  if (statusCode >= 400 && statusCode < 500) return { error: refused(statusCode, thrown) };
  const text = "the server failed; its log says why. Please report it";
  return { error: apiError("API_INTERNAL", text, options) };
}

function placeIn(error: OxbowError): { readonly fields?: readonly PlacedProblem[] } {
  const mistake = causeOf(error, ExpressionMistake);
  if (mistake === undefined) return {};
  const { message, offset } = mistake;
  return { fields: [{ path: "where", message, offset }] };
}

/** What Fastify itself has against a request. */
function refused(statusCode: number, thrown: Error): OxbowError {
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

function invalidFields(thrown: Partial<FastifyError>): Explained {
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
