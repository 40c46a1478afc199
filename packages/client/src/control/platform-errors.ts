import { type ErrorTraits, errorFactory, type OxbowError } from "@oxbow/base";

export type PlatformErrorCode =
  /** A name or setting that a station can't have. */
  | "STATION_INVALID"
  | "STATION_NOT_FOUND"
  /** There is a station of the name, with other settings. */
  | "STATION_EXISTS"
  /** A change that would lose messages, or that JetStream can't make. */
  | "STATION_FIXED"
  /** The station has had no such message. */
  | "MESSAGE_NOT_FOUND"
  /** The server has not what the settings ask for, such as nodes for replicas, or room. */
  | "STATION_UNAVAILABLE"
  /** A name or setting that a group can't have. */
  | "GROUP_INVALID"
  | "GROUP_NOT_FOUND"
  /** There is a group of the name, with other settings, or a consumer that a plain client made. */
  | "GROUP_EXISTS"
  /** A change that JetStream can't make to the group. */
  | "GROUP_FIXED"
  /** The server has no room for it, is too old, or the station is not whole. */
  | "GROUP_UNAVAILABLE"
  /** A filter, a change or a target that dead letters can't have. */
  | "DEAD_LETTER_INVALID"
  | "DEAD_LETTER_NOT_FOUND"
  /** The server has no room for dead letters, or is too old. */
  | "DEAD_LETTER_UNAVAILABLE"
  | "RESEND_NOT_FOUND"
  /** A name, a setting or a text that a schema can't have; of what can't be compiled, the gate says so. */
  | "SCHEMA_INVALID"
  /** Beyond a bound of the registry, or of the gate. */
  | "SCHEMA_TOO_LARGE"
  /** A schema refers to one that is not there. */
  | "SCHEMA_REFERENCE_MISSING"
  | "SCHEMA_NOT_FOUND"
  /** There is a schema of the name, which is another one. */
  | "SCHEMA_EXISTS"
  /** A version that breaks what the compatibility mode of its schema promises. */
  | "SCHEMA_INCOMPATIBLE"
  /** What is to be deleted is active, referred to, or attached to a station. */
  | "SCHEMA_IN_USE"
  /** Others kept changing what was to be changed. */
  | "SCHEMA_BUSY"
  /** What is kept was written by a later version, or is damaged. */
  | "SCHEMA_UNREADABLE"
  /** The server can't keep it, such as for want of room. */
  | "SCHEMA_UNAVAILABLE"
  /** A name or setting that a tenant can't have. */
  | "TENANT_INVALID"
  | "TENANT_NOT_FOUND"
  /** There is a tenant of the name, with other settings. */
  | "TENANT_EXISTS"
  /** What is to be deleted has users. */
  | "TENANT_IN_USE"
  /** A name, setting or password that a user can't have. */
  | "USER_INVALID"
  | "USER_NOT_FOUND"
  /** There is a user of the name, with other settings. */
  | "USER_EXISTS"
  /** What was said to be one's present password is not. */
  | "PASSWORD_WRONG"
  /** Who asks has no password, or none that can be changed here. */
  | "PASSWORD_NONE"
  /** Beyond a bound of tenants, users or keys. */
  | "USER_TOO_MANY"
  /** Others kept changing tenants and users. */
  | "USER_BUSY"
  /** What is kept of tenants and users was written by a later version, or is damaged. */
  | "USER_UNREADABLE"
  /** The server can't keep it, or is none that takes tenants and users from the platform. */
  | "USER_UNAVAILABLE"
  /** A part of the past that is not there to be asked for. */
  | "HISTORY_INVALID"
  /** A name or setting that a channel or a rule of notifications can't have. */
  | "NOTIFICATION_INVALID"
  | "NOTIFICATION_NOT_FOUND"
  /** There is a channel or a rule of the name, with other settings. */
  | "NOTIFICATION_EXISTS"
  /** A channel that rules use is to be deleted. */
  | "NOTIFICATION_IN_USE"
  /** Beyond a bound of channels or rules. */
  | "NOTIFICATION_TOO_MANY"
  /** Others kept changing channels and rules. */
  | "NOTIFICATION_BUSY"
  /** What is kept of channels and rules was written by a later version, or is damaged. */
  | "NOTIFICATION_UNREADABLE"
  /** The server can't keep channels, rules or notifications. */
  | "NOTIFICATION_UNAVAILABLE"
  /** A test notification did not arrive; the text says why. */
  | "NOTIFICATION_NOT_SENT"
  /** A name or setting that an ingest URL can't have. */
  | "INGEST_INVALID"
  | "INGEST_NOT_FOUND"
  /** There is an ingest URL of the name, with other settings. */
  | "INGEST_EXISTS"
  /** Beyond a bound of ingest URLs. */
  | "INGEST_TOO_MANY"
  /** Others kept changing ingest URLs. */
  | "INGEST_BUSY"
  /** What is kept of ingest URLs was written by a later version, or is damaged. */
  | "INGEST_UNREADABLE"
  /** The server can't keep ingest URLs. */
  | "INGEST_UNAVAILABLE"
  /** Who asks may not do that. */
  | "ACCESS_DENIED"
  /** A question about records that can't be asked. */
  | "AUDIT_INVALID"
  /** The record of a change can't be kept, and so the change is not made. */
  | "AUDIT_UNAVAILABLE";

/** What each of them is. */
export const platformErrors: Readonly<Record<PlatformErrorCode, ErrorTraits>> = {
  STATION_INVALID: { kind: "invalid-argument", retryable: false },
  STATION_NOT_FOUND: { kind: "not-found", retryable: false },
  STATION_EXISTS: { kind: "already-exists", retryable: false },
  STATION_FIXED: { kind: "conflict", retryable: false },
  STATION_UNAVAILABLE: { kind: "exhausted", retryable: true },
  GROUP_INVALID: { kind: "invalid-argument", retryable: false },
  MESSAGE_NOT_FOUND: { kind: "not-found", retryable: false },
  GROUP_NOT_FOUND: { kind: "not-found", retryable: false },
  GROUP_EXISTS: { kind: "already-exists", retryable: false },
  GROUP_FIXED: { kind: "conflict", retryable: false },
  GROUP_UNAVAILABLE: { kind: "exhausted", retryable: true },
  DEAD_LETTER_INVALID: { kind: "invalid-argument", retryable: false },
  DEAD_LETTER_NOT_FOUND: { kind: "not-found", retryable: false },
  DEAD_LETTER_UNAVAILABLE: { kind: "exhausted", retryable: true },
  RESEND_NOT_FOUND: { kind: "not-found", retryable: false },
  SCHEMA_INVALID: { kind: "invalid-argument", retryable: false },
  SCHEMA_TOO_LARGE: { kind: "exhausted", retryable: false },
  SCHEMA_REFERENCE_MISSING: { kind: "not-found", retryable: false },
  SCHEMA_NOT_FOUND: { kind: "not-found", retryable: false },
  SCHEMA_EXISTS: { kind: "already-exists", retryable: false },
  SCHEMA_INCOMPATIBLE: { kind: "conflict", retryable: false },
  SCHEMA_IN_USE: { kind: "conflict", retryable: false },
  SCHEMA_BUSY: { kind: "conflict", retryable: true },
  SCHEMA_UNREADABLE: { kind: "corrupt", retryable: false },
  SCHEMA_UNAVAILABLE: { kind: "exhausted", retryable: true },
  TENANT_INVALID: { kind: "invalid-argument", retryable: false },
  TENANT_NOT_FOUND: { kind: "not-found", retryable: false },
  TENANT_EXISTS: { kind: "already-exists", retryable: false },
  TENANT_IN_USE: { kind: "conflict", retryable: false },
  USER_INVALID: { kind: "invalid-argument", retryable: false },
  USER_NOT_FOUND: { kind: "not-found", retryable: false },
  USER_EXISTS: { kind: "already-exists", retryable: false },
  PASSWORD_WRONG: { kind: "permission-denied", retryable: false },
  PASSWORD_NONE: { kind: "conflict", retryable: false },
  USER_TOO_MANY: { kind: "exhausted", retryable: false },
  USER_BUSY: { kind: "conflict", retryable: true },
  USER_UNREADABLE: { kind: "corrupt", retryable: false },
  USER_UNAVAILABLE: { kind: "unavailable", retryable: true },
  HISTORY_INVALID: { kind: "invalid-argument", retryable: false },
  NOTIFICATION_INVALID: { kind: "invalid-argument", retryable: false },
  NOTIFICATION_NOT_FOUND: { kind: "not-found", retryable: false },
  NOTIFICATION_EXISTS: { kind: "already-exists", retryable: false },
  NOTIFICATION_IN_USE: { kind: "conflict", retryable: false },
  NOTIFICATION_TOO_MANY: { kind: "exhausted", retryable: false },
  NOTIFICATION_BUSY: { kind: "conflict", retryable: true },
  NOTIFICATION_UNREADABLE: { kind: "corrupt", retryable: false },
  NOTIFICATION_UNAVAILABLE: { kind: "unavailable", retryable: true },
  INGEST_INVALID: { kind: "invalid-argument", retryable: false },
  INGEST_NOT_FOUND: { kind: "not-found", retryable: false },
  INGEST_EXISTS: { kind: "already-exists", retryable: false },
  INGEST_TOO_MANY: { kind: "exhausted", retryable: false },
  INGEST_BUSY: { kind: "conflict", retryable: true },
  INGEST_UNREADABLE: { kind: "corrupt", retryable: false },
  INGEST_UNAVAILABLE: { kind: "unavailable", retryable: true },
  NOTIFICATION_NOT_SENT: { kind: "unavailable", retryable: true },
  ACCESS_DENIED: { kind: "permission-denied", retryable: false },
  AUDIT_INVALID: { kind: "invalid-argument", retryable: false },
  AUDIT_UNAVAILABLE: { kind: "unavailable", retryable: true },
};

/** Makes an error of the platform. Its text says what is wrong, and what to do. */
export const platformError: (
  code: PlatformErrorCode,
  message: string,
  options?: ErrorOptions,
) => OxbowError<PlatformErrorCode> = errorFactory(platformErrors);
