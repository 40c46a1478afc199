import { apiError } from "./errors.ts";
import { type NamesOf, type OperationName, operations } from "./operations.ts";

/** What the subjects of all operations begin with. */
export const apiPrefix = "$OXBOW.API.";

/**
 * The token that stands for a name in a subject. A dot would end the token, so it is `#`; a `#`, which only names that
 * plain clients gave can have, is `##`. Those have no dots, and others no two together, so each token means one name.
 */
export function nameToken(name: string): string {
  return name.replaceAll("#", "##").replaceAll(".", "#");
}

/** The name that a token stands for. */
export function nameOfToken(token: string): string {
  return token.replaceAll(/##?/g, (mark) => (mark === "##" ? "#" : "."));
}

/**
 * Where an operation is asked for.
 *
 * @throws OxbowError `API_REQUEST_INVALID` for a name that no subject can have
 */
export function subjectOf<Name extends OperationName>(
  operation: Name,
  names: NamesOf<Name>,
): string {
  const entry = operations[operation];
  const tokens = entry.names.map((kind) => {
    const name = (names as Readonly<Record<string, string>>)[kind] ?? "";
    if (name !== "" && !/[\s*>]/.test(name)) return nameToken(name);
    const text = `${JSON.stringify(name)} is no name for a ${kind}: use letters, digits, "_", "-" and "."`;
    throw apiError("API_REQUEST_INVALID", text);
  });
  return [`${apiPrefix}${entry.subject}`, ...tokens].join(".");
}

/** What a service listens to for an operation: any names. */
export function subjectPattern(operation: OperationName): string {
  const { subject, names } = operations[operation];
  return [`${apiPrefix}${subject}`, ...names.map(() => "*")].join(".");
}

/** The names in the subject of a request for an operation, by what they name. */
export function namesInSubject<Name extends OperationName>(
  operation: Name,
  subject: string,
): NamesOf<Name> {
  const { names } = operations[operation];
  const tokens = subject.split(".").slice(-names.length);
  const pairs = names.map((kind, index) => [kind, nameOfToken(tokens[index] ?? "")] as const);
  return Object.fromEntries(pairs) as NamesOf<Name>;
}
