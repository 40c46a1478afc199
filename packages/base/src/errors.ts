/**
 * What an error asks of whoever meets it. Edges map a kind to their protocol (HTTP status, JetStream code,
 * Kafka error); a switch over it is exhaustive.
 */
export type ErrorKind =
  | "invalid-argument"
  | "not-found"
  | "already-exists"
  | "conflict"
  | "permission-denied"
  | "exhausted"
  | "unavailable"
  | "timeout"
  | "closed"
  | "corrupt"
  | "internal";

/** What a package declares of one of its error codes. */
export interface ErrorTraits {
  readonly kind: ErrorKind;
  /** Whether the same call may succeed later without anything being changed by the caller. */
  readonly retryable: boolean;
}

/**
 * The one error class of the project. A package keeps its codes in one table, a
 * `Record<Code, ErrorTraits>`, and builds its errors from it, so that code, kind and retryability never drift apart.
 * Match on `code`, never on the text.
 */
export class OxbowError<Code extends string = string> extends Error {
  override readonly name = "OxbowError";
  readonly code: Code;
  readonly kind: ErrorKind;
  readonly retryable: boolean;

  constructor(code: Code, traits: ErrorTraits, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
    this.kind = traits.kind;
    this.retryable = traits.retryable;
  }
}

/** Makes the error factory of a package from its code table. */
export function errorFactory<Code extends string>(
  table: Readonly<Record<Code, ErrorTraits>>,
): (code: Code, message: string, options?: ErrorOptions) => OxbowError<Code> {
  return (code, message, options) => new OxbowError(code, table[code], message, options);
}

/** A class of errors. */
export type ErrorClass<Kind extends Error = Error> = abstract new (...args: never[]) => Kind;

/** The error of one of these classes that something was thrown as, or for: itself, or the nearest of its causes. */
export function causeOf<Kind extends Error>(
  error: unknown,
  ...kinds: readonly ErrorClass<Kind>[]
): Kind | undefined {
  for (let each = error; each instanceof Error; each = each.cause) {
    for (const kind of kinds) if (each instanceof kind) return each;
  }
  return undefined;
}
