import { type ErrorTraits, errorFactory, type OxbowError } from "@oxbow/base";

export type ClientErrorCode =
  /** An option that can't be: the text says which, and what can. */
  | "OPTIONS_INVALID"
  /** No server answered, or none let the client in. */
  | "CONNECT_FAILED"
  /** The client was closed, by the application or because the server won't have it any more. */
  | "CONNECTION_CLOSED"
  /** The user may not do it. */
  | "PERMISSION_DENIED"
  /** A value that the schema or codec of the station can't have, or bytes that are none of them. */
  | "MESSAGE_INVALID"
  /** The station refused the message. */
  | "MESSAGE_REFUSED"
  | "MESSAGE_TOO_LARGE"
  /** What was expected of the station (its last message) is not so. */
  | "MESSAGE_CONFLICT"
  /** More is waiting to be acknowledged than the client keeps. */
  | "BUFFER_FULL"
  /** The server did not answer in time: whether it did what was asked is not known. */
  | "REQUEST_TIMEOUT"
  /** The station is at its limits and refuses new messages, or the server has no room. */
  | "STATION_FULL"
  /** The message is no longer the consumer's: it was settled, or given to another member. */
  | "MESSAGE_SETTLED";

/** What each of them is. */
export const clientErrors: Readonly<Record<ClientErrorCode, ErrorTraits>> = {
  OPTIONS_INVALID: { kind: "invalid-argument", retryable: false },
  CONNECT_FAILED: { kind: "unavailable", retryable: true },
  CONNECTION_CLOSED: { kind: "closed", retryable: false },
  PERMISSION_DENIED: { kind: "permission-denied", retryable: false },
  MESSAGE_INVALID: { kind: "invalid-argument", retryable: false },
  MESSAGE_REFUSED: { kind: "invalid-argument", retryable: false },
  MESSAGE_TOO_LARGE: { kind: "exhausted", retryable: false },
  MESSAGE_CONFLICT: { kind: "conflict", retryable: false },
  BUFFER_FULL: { kind: "exhausted", retryable: true },
  REQUEST_TIMEOUT: { kind: "timeout", retryable: true },
  STATION_FULL: { kind: "exhausted", retryable: true },
  MESSAGE_SETTLED: { kind: "conflict", retryable: false },
};

/** Makes an error of the client. Its text says what is wrong, and what to do. */
export const clientError: (
  code: ClientErrorCode,
  message: string,
  options?: ErrorOptions,
) => OxbowError<ClientErrorCode> = errorFactory(clientErrors);
