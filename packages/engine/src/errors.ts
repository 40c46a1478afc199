import { type ErrorTraits, errorFactory, type OxbowError } from "@oxbow/base";

/** What can go wrong when an engine is opened or used as a library. */
export type EngineErrorCode = "ENGINE_OPTION_INVALID" | "SUBJECT_TRANSFORM_INVALID";

const traits: Readonly<Record<EngineErrorCode, ErrorTraits>> = {
  ENGINE_OPTION_INVALID: { kind: "invalid-argument", retryable: false },
  SUBJECT_TRANSFORM_INVALID: { kind: "invalid-argument", retryable: false },
};

/** Makes an error of this package. */
export const engineError: (
  code: EngineErrorCode,
  message: string,
  options?: ErrorOptions,
) => OxbowError<EngineErrorCode> = errorFactory(traits);
