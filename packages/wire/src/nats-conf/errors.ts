import { type ErrorTraits, errorFactory, type OxbowError } from "@oxbow/base";
import type { ConfPosition } from "./value.ts";

/** Why a configuration text was refused. */
export type ConfErrorCode =
  | "CONF_SYNTAX"
  | "CONF_VARIABLE_UNKNOWN"
  | "CONF_VARIABLE_CYCLE"
  | "CONF_INCLUDE_FAILED"
  | "CONF_TOO_DEEP";

const refused: ErrorTraits = { kind: "invalid-argument", retryable: false };

const makeError = errorFactory<ConfErrorCode>({
  CONF_SYNTAX: refused,
  CONF_VARIABLE_UNKNOWN: refused,
  CONF_VARIABLE_CYCLE: refused,
  CONF_INCLUDE_FAILED: refused,
  CONF_TOO_DEEP: { kind: "exhausted", retryable: false },
});

/** An error whose message starts with where it is, in the form editors and terminals can follow. */
export function confError(
  code: ConfErrorCode,
  position: ConfPosition,
  text: string,
  options?: ErrorOptions,
): OxbowError<ConfErrorCode> {
  return makeError(code, `${formatConfPosition(position)}: ${text}`, options);
}

/** `file:line:column`. */
export function formatConfPosition(position: ConfPosition): string {
  return `${position.file}:${position.line}:${position.column}`;
}
