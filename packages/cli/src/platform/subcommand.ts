import { Argument, Command } from "commander";
import { type ClientOptions, withClientOptions } from "../client/options.ts";
import { exampleText } from "../examples.ts";
import { print, printJson } from "../output/print.ts";

/** What every command about the platform has. */
export interface PlatformOptions extends ClientOptions {
  readonly json?: boolean;
}

/** A command with the options of a client and `--json`. */
export function subcommand(
  name: string,
  description: string,
  examples: readonly string[],
): Command {
  return withClientOptions(
    new Command(name)
      .description(description)
      .option("--json", "print JSON")
      .addHelpText("after", exampleText(examples)),
  );
}

export function stationArgument(): Argument {
  return new Argument("<station>", "name of the station");
}

export function groupArgument(): Argument {
  return new Argument("<group>", "name of the group");
}

export function schemaArgument(): Argument {
  return new Argument("<schema>", "name of the schema");
}

/** Prints an outcome: as JSON for machines, else in words. */
export function tell<T>(options: PlatformOptions, value: T, inWords: (value: T) => string): void {
  if (options.json === true) printJson(value);
  else print(inWords(value));
}
