import { type ErrorTraits, errorFactory, type OxbowError } from "@oxbow/base";

/** What can go wrong at the HTTP door itself. */
export type HttpErrorCode =
  /** Who asks has to say who it is. */
  | "LOGIN_REQUIRED"
  /** There is no such user, or that is not its password or key; or it may not come in any more. */
  | "LOGIN_FAILED"
  /** Too many logins have failed at this address: wait. */
  | "LOGIN_PAUSED"
  /** A web page of somebody else asks. */
  | "ORIGIN_DENIED"
  /** A host that the server does not go by. */
  | "HOST_DENIED"
  /** No ingest URL, or none any more. */
  | "INGEST_URL_UNKNOWN"
  /** A webhook that is not of its sender, or not of now. */
  | "INGEST_DENIED"
  | "INGEST_PAUSED"
  /** There is nothing at this path. */
  | "PATH_NOT_FOUND"
  /** There is, but not for this method. */
  | "HTTP_METHOD"
  | "HTTP_MEDIA_TYPE"
  | "HTTP_REQUEST_INVALID"
  /** What messages are searched by is no expression; `errors` says where. */
  | "EXPRESSION_INVALID"
  /** As many searches are under way as there may be: try again. */
  | "SEARCH_BUSY"
  /** What `Idempotency-Key` says is no key. */
  | "IDEMPOTENCY_KEY_INVALID"
  /** The first request with this key has not been answered yet. */
  | "IDEMPOTENCY_KEY_BUSY"
  /** Another request had this key. */
  | "IDEMPOTENCY_KEY_REUSED";

const traits: Readonly<Record<HttpErrorCode, ErrorTraits>> = {
  LOGIN_REQUIRED: { kind: "permission-denied", retryable: false },
  LOGIN_FAILED: { kind: "permission-denied", retryable: false },
  LOGIN_PAUSED: { kind: "exhausted", retryable: true },
  ORIGIN_DENIED: { kind: "permission-denied", retryable: false },
  HOST_DENIED: { kind: "permission-denied", retryable: false },
  INGEST_URL_UNKNOWN: { kind: "not-found", retryable: false },
  INGEST_DENIED: { kind: "permission-denied", retryable: false },
  INGEST_PAUSED: { kind: "unavailable", retryable: true },
  PATH_NOT_FOUND: { kind: "not-found", retryable: false },
  HTTP_METHOD: { kind: "invalid-argument", retryable: false },
  HTTP_MEDIA_TYPE: { kind: "invalid-argument", retryable: false },
  HTTP_REQUEST_INVALID: { kind: "invalid-argument", retryable: false },
  EXPRESSION_INVALID: { kind: "invalid-argument", retryable: false },
  SEARCH_BUSY: { kind: "exhausted", retryable: true },
  IDEMPOTENCY_KEY_INVALID: { kind: "invalid-argument", retryable: false },
  IDEMPOTENCY_KEY_BUSY: { kind: "conflict", retryable: true },
  IDEMPOTENCY_KEY_REUSED: { kind: "invalid-argument", retryable: false },
};

/** Makes an error of the HTTP door. Its text says what is wrong, and what to do. */
export const httpError: (
  code: HttpErrorCode,
  message: string,
  options?: ErrorOptions,
) => OxbowError<HttpErrorCode> = errorFactory(traits);
