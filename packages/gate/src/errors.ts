import { type ErrorTraits, errorFactory, type OxbowError } from "@oxbow/base";

export type GateErrorCode =
  /** A schema that can't be read, or says what no message can be checked against. */
  | "SCHEMA_INVALID"
  /** A schema beyond a bound of {@link schemaLimits}. */
  | "SCHEMA_TOO_LARGE"
  /** A schema names another one that is not among its references. */
  | "SCHEMA_REFERENCE_MISSING"
  /** A message that does not fit the schema by which it is to be read. */
  | "MESSAGE_INVALID";

const traits: Readonly<Record<GateErrorCode, ErrorTraits>> = {
  SCHEMA_INVALID: { kind: "invalid-argument", retryable: false },
  SCHEMA_TOO_LARGE: { kind: "exhausted", retryable: false },
  SCHEMA_REFERENCE_MISSING: { kind: "not-found", retryable: false },
  MESSAGE_INVALID: { kind: "invalid-argument", retryable: false },
};

/** Makes an error of the gate. Its text says what is wrong, and where it can, what to do. */
export const gateError: (
  code: GateErrorCode,
  message: string,
  options?: ErrorOptions,
) => OxbowError<GateErrorCode> = errorFactory(traits);
