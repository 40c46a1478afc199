import { type ErrorKind, type ErrorTraits, errorFactory, OxbowError } from "@oxbow/base";

/** What can go wrong between a client and the platform, whatever is asked for. */
export type ApiErrorCode =
  /** The request is not as the contract has it; the text and `details` name each field. */
  | "API_REQUEST_INVALID"
  | "API_REQUEST_TOO_LARGE"
  /** The answer is larger than a message can be. */
  | "API_ANSWER_TOO_LARGE"
  /** Too much is asked for at a time. */
  | "API_BUSY"
  /** It took too long, and may still be carried out. */
  | "API_TIMEOUT"
  /** Nobody answers: there is no platform, or an older one, or no JetStream for it. */
  | "API_UNAVAILABLE"
  /** The server refuses what the platform asks of it. */
  | "API_REFUSED"
  /** An answer that is not as the contract has it. */
  | "API_ANSWER_INVALID"
  /** A bug of the platform. */
  | "API_INTERNAL";

/** What each of them is. */
export const apiErrors: Readonly<Record<ApiErrorCode, ErrorTraits>> = {
  API_REQUEST_INVALID: { kind: "invalid-argument", retryable: false },
  API_REQUEST_TOO_LARGE: { kind: "exhausted", retryable: false },
  API_ANSWER_TOO_LARGE: { kind: "exhausted", retryable: false },
  API_BUSY: { kind: "exhausted", retryable: true },
  API_TIMEOUT: { kind: "timeout", retryable: true },
  API_UNAVAILABLE: { kind: "unavailable", retryable: true },
  API_REFUSED: { kind: "conflict", retryable: false },
  API_ANSWER_INVALID: { kind: "internal", retryable: false },
  API_INTERNAL: { kind: "internal", retryable: false },
};

/** Makes an error of the contract. */
export const apiError: (
  code: ApiErrorCode,
  message: string,
  options?: ErrorOptions,
) => OxbowError<ApiErrorCode> = errorFactory(apiErrors);

/** What is wrong with one field of a request. */
export interface FieldProblem {
  /** The field, with dots between its parts; empty for the whole. */
  readonly path: string;
  readonly message: string;
}

/** An error as an answer carries it. */
export interface FailureBody {
  readonly code: string;
  readonly message: string;
  /** What kind of error it is, for who does not know the code. */
  readonly kind: ErrorKind;
  /** Whether the same request may succeed later. */
  readonly retryable: boolean;
  /** Of `API_REQUEST_INVALID`, each field that is wrong. */
  readonly details?: readonly FieldProblem[];
}

/** The answer to a request that failed. */
export interface Failure {
  readonly error: FailureBody;
}

/** An error as the answer to a request, without what only its log may know. */
export function failureOf(error: OxbowError, details?: readonly FieldProblem[]): Failure {
  const { code, message, kind, retryable } = error;
  return { error: { code, message, kind, retryable, ...(details !== undefined && { details }) } };
}

/** The error that an answer carries; `undefined` if it carries none. */
export function errorInAnswer(answer: unknown): OxbowError | undefined {
  const { error } = (answer ?? {}) as { readonly error?: Partial<FailureBody> };
  if (error === undefined) return undefined;
  const { code = "API_INTERNAL", message = "the platform failed", kind, retryable } = error;
  return new OxbowError(
    String(code),
    { kind: kind ?? "internal", retryable: retryable ?? false },
    String(message),
  );
}
