import type { Command } from "commander";
import type { Codec, ProduceOptions, ProduceReport } from "oxbow";
import { durationMs, oneOf, wholeNumber } from "../arguments.ts";
import { CommandFailure, oneLine, UsageError } from "../failures.ts";
import { note, plural, print, printJson } from "../output/print.ts";
import {
  type InputFormat,
  inputFormats,
  messageOf,
  type Outgoing,
  readMessages,
} from "../platform/produced.ts";
import { withStations } from "../platform/station-client.ts";
import { type PlatformOptions, stationArgument, subcommand } from "../platform/subcommand.ts";
import { headerTemplates, type Template, template } from "../platform/template.ts";

/** Failures that are told one by one. */
const failuresTold = 10;

interface ProduceCommandOptions extends PlatformOptions {
  readonly file?: readonly string[];
  readonly format: InputFormat;
  readonly key?: Template;
  readonly id?: Template;
  readonly header?: readonly (readonly [string, Template])[];
  readonly partition?: number;
  readonly delay?: number;
  readonly ttl?: number;
}

/** `oxbow produce`. */
export function createCommand(): Command {
  return subcommand("produce", "Put messages into a station, and wait until they are kept.", [
    "echo '{\"id\":1}' | oxbow produce orders",
    "oxbow produce orders '{\"id\":1}' --key eu.4711",
    "oxbow produce orders --file orders.ndjson --format ndjson --key '{country}.{customer.id}'",
    "oxbow produce flights --file flights.csv --format csv --id '{flight}-{date}'",
  ])
    .addArgument(stationArgument())
    .argument("[message]", "the message; without it, what comes on standard input or from files")
    .option("--file <file>", "read this file, may be repeated", (file, files: string[] = []) => [
      ...files,
      file,
    ])
    .option(
      "--format <format>",
      "lines: each line is a message; ndjson: the same, and JSON; csv: each row as JSON; whole: all of it",
      oneOf(inputFormats),
      "lines",
    )
    .option("--key <template>", "key of each message, such as eu.{customer}", template)
    .option("--id <template>", "id of each message: one that comes again is kept once", template)
    .option("--header <name:template>", "header of each message, may be repeated", headerTemplates)
    .option("--partition <number>", "put them into this partition", wholeNumber(1))
    .option("--delay <duration>", "have them delivered so much later", durationMs)
    .option("--ttl <duration>", "remove them after so long", durationMs)
    .action(runProduce);
}

const codec: Codec<Outgoing> = {
  encode: ({ bytes }) => bytes,
  decode: (data) => messageOf(Buffer.from(data).toString()),
};

async function runProduce(
  station: string,
  message: string | undefined,
  options: ProduceCommandOptions,
): Promise<void> {
  const messages = outgoing(station, message, options);
  await withStations(options, "oxbow produce", async (client) => {
    const report = await client
      .station(station, { codec })
      .produceMany(messages, { options: (each) => produceOptions(each, options) });
    tellReport(station, report, options.json === true);
  });
}

function outgoing(
  station: string,
  message: string | undefined,
  { file = [], format }: ProduceCommandOptions,
): Iterable<Outgoing> | AsyncIterable<Outgoing> {
  if (message !== undefined) {
    if (file.length === 0) return [messageOf(message)];
    throw new UsageError("oxbow produce: a message and --file exclude one another: write one");
  }
  if (file.length === 0 && process.stdin.isTTY === true) {
    throw new UsageError(
      `oxbow produce: no message: write oxbow produce ${station} MESSAGE, or pipe some in`,
    );
  }
  return readMessages(format, file);
}

function produceOptions(
  { number, fields }: Outgoing,
  { key, id, header = [], partition, delay, ttl }: ProduceCommandOptions,
): ProduceOptions {
  const headers: Record<string, string> = {};
  for (const [name, value] of header) headers[name] = value(fields, number);
  return {
    ...(key !== undefined && { key: key(fields, number) }),
    ...(id !== undefined && { messageId: id(fields, number) }),
    ...(header.length > 0 && { headers }),
    ...(partition !== undefined && { partition }),
    ...(delay !== undefined && { delayMs: delay }),
    ...(ttl !== undefined && { ttlMs: ttl }),
  };
}

function tellReport(station: string, report: ProduceReport<Outgoing>, isJson: boolean): void {
  const { taken, acknowledged, duplicates, failures } = report;
  for (const { value, error } of failures.slice(0, failuresTold)) {
    note(`message ${value.number}: ${oneLine(error.message)}`);
  }
  if (isJson) {
    const failed = failures.map(({ value, error }) => ({
      number: value.number,
      code: (error as { readonly code?: unknown }).code ?? null,
      message: error.message,
    }));
    printJson({ station, taken, acknowledged, duplicates, failed });
  } else if (acknowledged > 0 || failures.length === 0) {
    const before = duplicates === 0 ? "" : `, ${duplicates} of them there before`;
    print(`produced ${plural(acknowledged, "message")} to ${station}${before}`);
  }
  if (failures.length === 0) return;
  const more = failures.length > failuresTold ? `, the first ${failuresTold} are named above` : "";
  const text = `${plural(failures.length, "message")} of ${taken} could not be produced${more}`;
  throw new CommandFailure(text);
}
