/** Why a message does not fit its schema. */
export interface Violation {
  /** Where in the message, as a JSON pointer (RFC 6901); empty for the message as a whole. */
  readonly path: string;
  /** Which rule of the schema it broke: a keyword of JSON Schema, the name of a type, or `encoding`, `depth`, `work`. */
  readonly rule: string;
  /** What is wrong, in a phrase to follow the path: "must be integer". */
  readonly message: string;
}

const pathCharsMax = 512;
const messageCharsMax = 512;

/** Makes a violation whose texts, which may come from the message, are bounded. */
export function violation(path: string, rule: string, message: string): Violation {
  return { path: cut(path, pathCharsMax), rule, message: cut(message, messageCharsMax) };
}

/** The violation in one line: `/items/0/price: must be number (type)`. */
export function describeViolation({ path, rule, message }: Violation): string {
  return `${path === "" ? "the message" : path}: ${message} (${rule})`;
}

function cut(text: string, charsMax: number): string {
  return text.length <= charsMax ? text : `${text.slice(0, charsMax - 1)}…`;
}
