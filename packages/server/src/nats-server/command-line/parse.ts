/** The command line can't be understood. */
export class UsageError extends Error {
  override readonly name = "UsageError";
}

/** What a command line says. */
export interface CommandLine {
  readonly configFile: string | undefined;
}

/** Reads nats-server's flags: one or two dashes, `-flag value` or `-flag=value`. */
export function parseCommandLine(argv: readonly string[]): CommandLine {
  let configFile: string | undefined;
  for (let index = 0; index < argv.length; index++) {
    const argument = argv[index] ?? "";
    const match = /^--?(c|config)(?:=(.*))?$/s.exec(argument);
    if (match === null) throw new UsageError(`flag provided but not defined: ${argument}`);
    configFile = match[2] ?? argv[++index];
    if (configFile === undefined) throw new UsageError(`flag needs an argument: ${argument}`);
  }
  return { configFile };
}
