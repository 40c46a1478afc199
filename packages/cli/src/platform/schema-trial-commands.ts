import type { Command } from "commander";
import {
  type PayloadEncoding,
  type SchemaFormat,
  type SchemaTrial,
  schemaFormats,
  type TryRequest,
} from "oxbow/control";
import { oneOf, wholeNumber } from "../arguments.ts";
import { CommandFailure } from "../failures.ts";
import { print, printJson } from "../output/print.ts";
import { withControl } from "./control.ts";
import { type InputFormat, inputFormats, readMessages } from "./produced.ts";
import { formatOfFile, type VersionOptions, versionRequest } from "./schema-files.ts";
import { type PlatformOptions, schemaArgument, subcommand } from "./subcommand.ts";

/** What a schema is made of at most, as of the platform. */
const samplesMax = 1_000;

interface InputOptions extends PlatformOptions {
  readonly input: InputFormat;
}

interface TryOptions extends InputOptions, VersionOptions {
  readonly version?: number;
  readonly format?: SchemaFormat;
  readonly encoding?: PayloadEncoding;
}

interface GenerateOptions extends InputOptions {
  readonly format: "json" | "avro";
  readonly name?: string;
}

/** `oxbow schema try`: whether messages fit a schema, or a text that may become one. */
export function trySchema(): Command {
  const command = subcommand("try", "Tell whether messages fit a schema. Nothing is kept.", [
    "oxbow schema try order message.json",
    "oxbow schema try order --input ndjson messages.ndjson",
    "oxbow schema try order --file order-2.json message.json",
    "oxbow schema try order --version 1 < message.json",
  ])
    .addArgument(schemaArgument())
    .argument("[files...]", "files with messages (default standard input)")
    .option("--file <file>", "try them against this text instead of the schema's")
    .option("--message <name>", "which message of a Protobuf file (default the first)")
    .option("--version <number>", "this version (default the active one)", wholeNumber(1))
    .option(
      "--format <format>",
      `of --file: ${schemaFormats.join(", ")} (default as its name says)`,
      oneOf(schemaFormats),
    )
    .option(
      "--encoding <encoding>",
      "how Avro messages are written: binary (default) or json",
      oneOf<PayloadEncoding>(["binary", "json"]),
    );
  return withInput(command).action((schema: string, files: string[], options: TryOptions) =>
    withControl(options, "oxbow schema try", async (control) => {
      const against = await textOf(options);
      const trials: (SchemaTrial & { readonly number: number })[] = [];
      for await (const { number, bytes } of readMessages(options.input, files)) {
        const payload = bytes.toString("base64");
        const request: TryRequest = { ...against, payload, encoding: "base64" };
        const trial = await control.call("schema.try", { schema }, request);
        trials.push({ number, ...trial });
        if (options.json !== true) print(`message ${number}: ${verdictOf(trial)}\n`);
        // It is the same for all of them.
        if (trial.problem !== null) break;
      }
      if (trials.length === 0) throw new CommandFailure("oxbow schema try: there is no message");
      if (options.json === true) printJson(trials);
      if (!trials.every(fits)) process.exitCode = 1;
    }),
  );
}

/** `oxbow schema generate`: a schema that messages fit, to begin from. */
export function generateSchema(): Command {
  const command = subcommand("generate", "Print a schema that JSON messages fit.", [
    "oxbow schema generate message.json > order.json",
    "oxbow schema generate --input ndjson --format avro --name Order messages.ndjson",
  ])
    .argument("[files...]", "files with messages (default standard input)")
    .option("--format <format>", "json or avro", oneOf(["json", "avro"]), "json")
    .option("--name <name>", "what an Avro record is called (default Message)");
  return withInput(command).action((files: string[], options: GenerateOptions) =>
    withControl(options, "oxbow schema generate", async (control) => {
      const samples: string[] = [];
      for await (const { bytes } of readMessages(options.input, files)) {
        samples.push(bytes.toString());
        if (samples.length >= samplesMax) break;
      }
      if (samples.length === 0) {
        throw new CommandFailure("oxbow schema generate: there is no message");
      }
      const { format, name } = options;
      const request = { format, samples, ...(name !== undefined && { name }) };
      const made = await control.call("schema.generate", {}, request);
      if (options.json === true) printJson(made);
      else print(made.text.endsWith("\n") ? made.text : `${made.text}\n`);
    }),
  );
}

function withInput(command: Command): Command {
  return command.option(
    "--input <format>",
    `what files hold: ${inputFormats.join(", ")}`,
    oneOf(inputFormats),
    "whole",
  );
}

/** What they are tried against, if it is not the active version. */
async function textOf(options: TryOptions): Promise<TryRequest> {
  const { file, version, format = formatOfFile(file), encoding } = options;
  const draft = file === undefined ? {} : await versionRequest("oxbow schema try", options);
  return {
    ...draft,
    ...(file !== undefined && format !== undefined && { format }),
    ...(version !== undefined && { version }),
    ...(encoding !== undefined && { payloadEncoding: encoding }),
  };
}

function fits({ problem, violation }: SchemaTrial): boolean {
  return problem === null && violation === null;
}

function verdictOf({ problem, violation }: SchemaTrial): string {
  if (problem !== null) {
    const { line, message } = problem;
    return `the text is no schema${line === null ? "" : `, line ${line}`}: ${message}`;
  }
  return violation === null ? "fits" : violation.description;
}
