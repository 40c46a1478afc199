/** The command line can't be understood. */
export class UsageError extends Error {
  override readonly name = "UsageError";
}

/** What a flag takes. */
export type FlagKind = "boolean" | "integer" | "text";

/** A flag that was given, in the form Go's programs know: its name without dashes. */
export type GivenFlag = { readonly name: string } & (
  | { readonly kind: "boolean"; readonly value: boolean }
  | { readonly kind: "integer"; readonly value: number }
  | { readonly kind: "text"; readonly value: string }
);

const booleans: Readonly<Record<string, boolean>> = {
  "1": true,
  t: true,
  T: true,
  true: true,
  TRUE: true,
  True: true,
  "0": false,
  f: false,
  F: false,
  false: false,
  FALSE: false,
  False: false,
};

/**
 * Splits a command line the way Go's flag package does: one or two dashes, `-flag value` or `-flag=value`, a boolean
 * only with `=`, and everything from the first word that is no flag, or after `--`, left over.
 *
 * @throws UsageError with the texts of that package.
 */
export function splitFlags(
  argv: readonly string[],
  kinds: Readonly<Record<string, FlagKind>>,
): { readonly flags: readonly GivenFlag[]; readonly rest: readonly string[] } {
  const flags: GivenFlag[] = [];
  for (let index = 0; index < argv.length; index++) {
    const argument = argv[index] ?? "";
    if (argument.length < 2 || !argument.startsWith("-")) return { flags, rest: argv.slice(index) };
    if (argument === "--") return { flags, rest: argv.slice(index + 1) };
    const text = argument.slice(argument.startsWith("--") ? 2 : 1);
    if (text === "" || text.startsWith("-") || text.startsWith("=")) {
      throw new UsageError(`bad flag syntax: ${argument}`);
    }
    const equals = text.indexOf("=");
    const name = equals === -1 ? text : text.slice(0, equals);
    const kind = Object.hasOwn(kinds, name) ? kinds[name] : undefined;
    if (kind === undefined) throw new UsageError(`flag provided but not defined: -${name}`);
    let value = equals === -1 ? undefined : text.slice(equals + 1);
    if (value === undefined && kind !== "boolean") {
      index += 1;
      value = argv[index];
      if (value === undefined) throw new UsageError(`flag needs an argument: -${name}`);
    }
    flags.push(readFlag(name, kind, value ?? "true"));
  }
  return { flags, rest: [] };
}

function readFlag(name: string, kind: FlagKind, text: string): GivenFlag {
  switch (kind) {
    case "boolean": {
      const value = Object.hasOwn(booleans, text) ? booleans[text] : undefined;
      if (value !== undefined) return { name, kind, value };
      throw new UsageError(
        `invalid boolean value ${JSON.stringify(text)} for -${name}: parse error`,
      );
    }
    case "integer": {
      const value = /^[+-]?(0x[\da-f]+|0o?[0-7]+|0b[01]+|\d+)$/i.test(text)
        ? parseInteger(text)
        : Number.NaN;
      if (Number.isSafeInteger(value)) return { name, kind, value };
      throw new UsageError(`invalid value ${JSON.stringify(text)} for flag -${name}: parse error`);
    }
    case "text":
      return { name, kind, value: text };
  }
}

/** As Go reads integers whose base stands in their prefix; a leading 0 alone means octal. */
function parseInteger(text: string): number {
  const sign = text.startsWith("-") ? -1 : 1;
  const digits = text.replace(/^[+-]/, "");
  return sign * Number(/^0\d/.test(digits) ? `0o${digits}` : digits);
}
