import { type GivenFlag, splitFlags, UsageError } from "./flag-values.ts";
import { flagKinds } from "./flags.ts";

/** What a command line asks for. */
export interface CommandLine {
  readonly action: "serve" | "check" | "version" | "help" | "help-tls" | "signal";
  readonly configFile: string | undefined;
  /** `reload`, `stop=1234` …; with the action `signal`. */
  readonly signal: string | undefined;
  /** All flags that were given, for `applyFlags`. */
  readonly flags: readonly GivenFlag[];
}

/**
 * Reads the command line of nats-server.
 *
 * @throws UsageError where a flag is unknown or has no fit value; {@link UnknownCommandError} for words that are none.
 */
export function parseCommandLine(argv: readonly string[]): CommandLine {
  const { flags, rest } = splitFlags(argv, flagKinds);
  const text = (...names: string[]): string | undefined => {
    const value = flags.findLast(({ name }) => names.includes(name))?.value;
    return typeof value === "string" && value !== "" ? value : undefined;
  };
  const isOn = (...names: string[]): boolean =>
    flags.findLast(({ name }) => names.includes(name))?.value === true;
  const signal = text("sl", "signal");
  const configFile = text("c", "config");
  const base = { configFile, signal, flags };
  if (isOn("v", "version")) return { ...base, action: "version" };
  if (isOn("h", "help")) return { ...base, action: "help" };
  if (isOn("help_tls")) return { ...base, action: "help-tls" };
  for (const word of rest) {
    if (word.toLowerCase() === "version") return { ...base, action: "version" };
    if (word.toLowerCase() === "help") return { ...base, action: "help" };
    throw new UnknownCommandError(`unrecognized command: ${JSON.stringify(word)}`);
  }
  if (signal !== undefined) return { ...base, action: "signal" };
  if (isOn("t")) {
    if (configFile === undefined) {
      throw new UnknownCommandError(
        "must specify [-c, --config] option to check configuration file syntax",
      );
    }
    return { ...base, action: "check" };
  }
  return { ...base, action: "serve" };
}

/** The flags are right, and what they ask for together is not. */
export class UnknownCommandError extends Error {
  override readonly name = "UnknownCommandError";
}

export { UsageError };
