import { STATUS_CODES } from "node:http";
import type { ErrorKind, OxbowError } from "@oxbow/base";
import type { PlacedProblem, Problem } from "../contract/index.ts";

/** What kinds of errors are over HTTP, unless the code says otherwise. */
const statusOfKind: Readonly<Record<ErrorKind, number>> = {
  "invalid-argument": 400,
  "permission-denied": 403,
  "not-found": 404,
  "already-exists": 409,
  conflict: 409,
  // What there is no room for: not the server's failure, and not to be asked for again as it is.
  exhausted: 409,
  closed: 503,
  unavailable: 503,
  timeout: 504,
  corrupt: 500,
  internal: 500,
};

const statusOfCode: Readonly<Record<string, number>> = {
  API_BUSY: 429,
  API_REQUEST_TOO_LARGE: 413,
  SCHEMA_TOO_LARGE: 413,
  MESSAGE_TOO_LARGE: 413,
  MESSAGE_INVALID: 422,
  MESSAGE_REFUSED: 422,
  STATION_FULL: 507,
  BUCKET_FULL: 507,
  VALUE_TOO_LARGE: 413,
  REVISION_MISMATCH: 412,
  SEARCH_BUSY: 429,
  LOGIN_REQUIRED: 401,
  LOGIN_FAILED: 401,
  LOGIN_PAUSED: 429,
  HTTP_MEDIA_TYPE: 415,
  HTTP_METHOD: 405,
  IDEMPOTENCY_KEY_REUSED: 422,
};

/** The status that an error is answered with. */
export function statusOf({ code, kind }: Pick<OxbowError, "code" | "kind">): number {
  return statusOfCode[code] ?? statusOfKind[kind];
}

/** An error as an answer carries it. */
export function problemOf(error: OxbowError, errors?: readonly PlacedProblem[]): Problem {
  const status = statusOf(error);
  return {
    type: "about:blank",
    title: STATUS_CODES[status] ?? "Error",
    status,
    detail: error.message,
    code: error.code,
    retryable: error.retryable,
    ...(errors !== undefined && errors.length > 0 && { errors }),
  };
}
