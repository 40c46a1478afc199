import { engineError } from "../errors.ts";

/**
 * What makes one token of a transform's destination. `wildcard` counts the `*` of the source from 1; 0 and below stand
 * for its first token, as in nats-server.
 */
export type TransformFunction =
  | { readonly t: "literal" }
  | { readonly t: "wildcard"; readonly wildcard: number }
  /** Without wildcards: of the whole subject. */
  | { readonly t: "partition"; readonly count: number; readonly wildcards: readonly number[] }
  | { readonly t: "random"; readonly count: number }
  | { readonly t: "split"; readonly wildcard: number; readonly delimiter: Buffer }
  | { readonly t: SizedFunction; readonly wildcard: number; readonly size: number };

/** Functions of a wildcard and a number of bytes. */
export type SizedFunction =
  | "splitFromLeft"
  | "splitFromRight"
  | "sliceFromLeft"
  | "sliceFromRight"
  | "left"
  | "right";

type FunctionName = Exclude<TransformFunction["t"], "literal">;

/** The heads of the functions, in the order nats-server looks for them. Blanks are those of Go's `\s`. */
const heads: readonly (readonly [FunctionName, RegExp])[] = [
  ["wildcard", /\{\{[\t\n\f\r ]*[wW]ildcard[\t\n\f\r ]*\(/],
  ["partition", /\{\{[\t\n\f\r ]*[pP]artition[\t\n\f\r ]*\(/],
  ["splitFromLeft", /\{\{[\t\n\f\r ]*[sS]plit[fF]rom[lL]eft[\t\n\f\r ]*\(/],
  ["splitFromRight", /\{\{[\t\n\f\r ]*[sS]plit[fF]rom[rR]ight[\t\n\f\r ]*\(/],
  ["sliceFromLeft", /\{\{[\t\n\f\r ]*[sS]lice[fF]rom[lL]eft[\t\n\f\r ]*\(/],
  ["sliceFromRight", /\{\{[\t\n\f\r ]*[sS]lice[fF]rom[rR]ight[\t\n\f\r ]*\(/],
  ["right", /\{\{[\t\n\f\r ]*[rR]ight[\t\n\f\r ]*\(/],
  ["left", /\{\{[\t\n\f\r ]*[lL]eft[\t\n\f\r ]*\(/],
  ["split", /\{\{[\t\n\f\r ]*[sS]plit[\t\n\f\r ]*\(/],
  ["random", /\{\{[\t\n\f\r ]*[rR]andom[\t\n\f\r ]*\(/],
];

const literal: TransformFunction = { t: "literal" };
const int32Max = 2 ** 31 - 1;

/**
 * What a destination token says: `$1`, `{{function(arguments)}}`, or itself.
 *
 * @throws `SUBJECT_TRANSFORM_INVALID`, with the text of nats-server, for a function that is unknown or has wrong arguments.
 */
export function parseTransformFunction(token: string): TransformFunction {
  if (token.length > 1 && token.startsWith("$")) {
    const wildcard = parseInteger(token.slice(1));
    // Other things begin with `$` too (`$JS`), so this is no error.
    return wildcard === undefined ? literal : { t: "wildcard", wildcard };
  }
  if (token.length <= 4 || !token.startsWith("{{") || !token.endsWith("}}")) return literal;
  for (const [name, head] of heads) {
    const args = argumentsOf(head, token);
    if (args !== undefined) return makeFunction(name, args, token);
  }
  throw transformError("unknown function", token);
}

/** Whether a token is a call of `wildcard` with one argument, or `$1` to `$9…`. */
export function isPlaceholder(token: string): boolean {
  if (/^\$[1-9]/.test(token)) return true;
  const args = argumentsOf((heads[0] as readonly [FunctionName, RegExp])[1], token);
  return args?.length === 1 && args[0] !== "";
}

/** An error about a destination, with the text of nats-server. */
export function transformError(problem: string, token: string): Error {
  const where = token === "" ? "" : ` in ${token}`;
  return engineError(
    "SUBJECT_TRANSFORM_INVALID",
    `invalid mapping destination: ${problem}${where}`,
  );
}

function makeFunction(
  name: FunctionName,
  args: readonly string[],
  token: string,
): TransformFunction {
  switch (name) {
    case "wildcard":
      if (args[0] === "" && args.length === 1) throw notEnough(token);
      if (args.length > 1) throw tooMany(token);
      return { t: "wildcard", wildcard: integerArgument(args[0], token) };
    case "partition":
      return {
        t: "partition",
        count: countArgument(args[0], token),
        wildcards: args.slice(1).map((arg) => integerArgument(arg, token)),
      };
    case "random":
      if (args.length !== 1) throw notEnough(token);
      return { t: "random", count: countArgument(args[0], token) };
    case "split":
      return makeSplit(args, token);
    default:
      return makeSized(name, args, token);
  }
}

function makeSplit(args: readonly string[], token: string): TransformFunction {
  if (args.length < 2) throw notEnough(token);
  if (args.length > 2) throw tooMany(token);
  const wildcard = integerArgument(args[0], token);
  const delimiter = args[1] as string;
  if (delimiter.includes(" ")) throw invalidArgument(token);
  return { t: "split", wildcard, delimiter: Buffer.from(delimiter) };
}

function makeSized(t: SizedFunction, args: readonly string[], token: string): TransformFunction {
  if (args.length < 2) throw notEnough(token);
  if (args.length > 2) throw tooMany(token);
  const wildcard = integerArgument(args[0], token);
  const size = integerArgument(args[1], token);
  if (size > int32Max || size < -int32Max - 1) throw invalidArgument(token);
  return { t, wildcard, size };
}

/** What is between the parentheses, split at commas; `undefined` if `token` is no call of that function. */
function argumentsOf(head: RegExp, token: string): string[] | undefined {
  const match = head.exec(token);
  if (match === null) return undefined;
  const start = match.index + match[0].length;
  // The last closing parenthesis that only blanks part from two closing braces.
  for (let at = token.lastIndexOf("}}"); at >= start; at = token.lastIndexOf("}}", at - 1)) {
    let end = at;
    while (end > start && isBlank(token.charCodeAt(end - 1))) end--;
    if (end > start && token[end - 1] === ")") {
      return token.slice(start, end - 1).split(/,[\t\n\f\r ]*/);
    }
  }
  return undefined;
}

function isBlank(code: number): boolean {
  return code === 0x20 || code === 0x09 || code === 0x0a || code === 0x0c || code === 0x0d;
}

/** A number as Go's `Atoi` reads it, of 64 bits. */
function parseInteger(text: string): number | undefined {
  if (!/^[+-]?[0-9]+$/.test(text)) return undefined;
  const value = Number(text);
  return Math.abs(value) < 2 ** 63 ? value : undefined;
}

function integerArgument(text: string | undefined, token: string): number {
  const value = parseInteger(trimSpaces(text ?? ""));
  if (value === undefined) throw invalidArgument(token);
  return value;
}

function countArgument(text: string | undefined, token: string): number {
  const value = integerArgument(text, token);
  if (value > int32Max) throw invalidArgument(token);
  return value;
}

/** Without the spaces at both ends; other blanks stay. */
function trimSpaces(text: string): string {
  let start = 0;
  let end = text.length;
  while (start < end && text[start] === " ") start++;
  while (end > start && text[end - 1] === " ") end--;
  return text.slice(start, end);
}

function notEnough(token: string): Error {
  return transformError("not enough arguments passed to the function", token);
}

function tooMany(token: string): Error {
  return transformError("too many arguments passed to the function", token);
}

function invalidArgument(token: string): Error {
  return transformError("function argument is invalid or in the wrong format", token);
}
