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
  | "IDEMPOTENCY_KEY_REUSED"
  /** Nobody answers on the subject of a request. */
  | "NO_RESPONDERS"
  /** Nobody has answered in time. */
  | "ANSWER_TIMEOUT"
  /** There is no such bucket, or store of objects. */
  | "BUCKET_NOT_FOUND"
  /** There is one with other settings. */
  | "BUCKET_EXISTS"
  | "BUCKET_FULL"
  | "VALUE_TOO_LARGE"
  | "KEY_NOT_FOUND"
  | "OBJECT_NOT_FOUND"
  /** The bytes of an object are not those that were stored. */
  | "OBJECT_CORRUPT"
  /** What is to be changed does not have the revision that is expected. */
  | "REVISION_MISMATCH";

/** What each of them is. */
export const httpErrors: Readonly<Record<HttpErrorCode, ErrorTraits>> = {
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
  NO_RESPONDERS: { kind: "unavailable", retryable: true },
  ANSWER_TIMEOUT: { kind: "timeout", retryable: true },
  BUCKET_NOT_FOUND: { kind: "not-found", retryable: false },
  BUCKET_EXISTS: { kind: "already-exists", retryable: false },
  BUCKET_FULL: { kind: "exhausted", retryable: false },
  VALUE_TOO_LARGE: { kind: "invalid-argument", retryable: false },
  KEY_NOT_FOUND: { kind: "not-found", retryable: false },
  OBJECT_NOT_FOUND: { kind: "not-found", retryable: false },
  OBJECT_CORRUPT: { kind: "corrupt", retryable: false },
  REVISION_MISMATCH: { kind: "conflict", retryable: false },
};

/** Makes an error of the HTTP door. Its text says what is wrong, and what to do. */
export const httpError: (
  code: HttpErrorCode,
  message: string,
  options?: ErrorOptions,
) => OxbowError<HttpErrorCode> = errorFactory(httpErrors);
