import { type ErrorTraits, errorFactory, type OxbowError } from "@oxbow/base";

/** What can go wrong with a log store. */
export type LogErrorCode =
  | "LOG_CLOSED"
  | "LOG_FAILED"
  | "LOG_NOT_FOUND"
  | "RECORD_TOO_LARGE"
  | "STORE_LOCKED"
  | "STORE_FORMAT"
  | "STORE_CORRUPT"
  | "STORE_KEY";

const table: Readonly<Record<LogErrorCode, ErrorTraits>> = {
  LOG_CLOSED: { kind: "closed", retryable: false },
  LOG_FAILED: { kind: "unavailable", retryable: false },
  LOG_NOT_FOUND: { kind: "not-found", retryable: false },
  RECORD_TOO_LARGE: { kind: "invalid-argument", retryable: false },
  STORE_LOCKED: { kind: "conflict", retryable: true },
  STORE_FORMAT: { kind: "invalid-argument", retryable: false },
  STORE_CORRUPT: { kind: "corrupt", retryable: false },
  STORE_KEY: { kind: "permission-denied", retryable: false },
};

/** Builds an error of this package. */
export const logError: (
  code: LogErrorCode,
  message: string,
  options?: ErrorOptions,
) => OxbowError<LogErrorCode> = errorFactory(table);
