import type { Msg, NatsConnection } from "@nats-io/transport-node";
import { Argument, Command } from "commander";
import { filterSubject, wholeNumber } from "../arguments.ts";
import { withConnection } from "../client/connect.ts";
import { type ClientOptions, withClientOptions } from "../client/options.ts";
import { headersJson, headersText, payloadJson } from "../client/payload.ts";
import { exampleText } from "../examples.ts";
import { note, printJson } from "../output/print.ts";

interface SubOptions extends ClientOptions {
  readonly queue?: string;
  readonly count?: number;
  readonly headers?: boolean;
  readonly raw?: boolean;
  readonly json?: boolean;
}

/** `oxbow sub`. */
export function createCommand(): Command {
  const command = new Command("sub")
    .description("Print messages as they are published, until Ctrl-C.")
    .addArgument(
      new Argument("<subject>", "subject, with * and > if you like").argParser(filterSubject),
    )
    .option("--queue <name>", "share the messages with others of the same queue", filterSubject)
    .option("--count <number>", "end after this many messages", wholeNumber(1))
    .option("--headers", "print headers too")
    .option("--raw", "print payloads alone, one a line")
    .option("--json", "print one JSON document a message");
  return withClientOptions(command)
    .addHelpText(
      "after",
      exampleText([
        "oxbow sub 'orders.>'",
        "oxbow sub orders.new --queue billing --count 10",
        "oxbow sub 'events.*' --json | jq .data",
      ]),
    )
    .action(runSub);
}

async function runSub(subject: string, options: SubOptions): Promise<void> {
  await withConnection(options, "oxbow sub", async (connection) => {
    const subscription = connection.subscribe(subject, {
      ...(options.queue === undefined ? {} : { queue: options.queue }),
      ...(options.count === undefined ? {} : { max: options.count }),
    });
    // Once the server has answered, the subscription is in place: whoever reads the note can rely on it.
    await connection.flush();
    note(`listening on ${subject}`);
    const stop = (): void => subscription.unsubscribe();
    process.once("SIGINT", stop);
    process.once("SIGTERM", stop);
    await printAll(connection, subscription, options);
  });
}

async function printAll(
  connection: NatsConnection,
  messages: AsyncIterable<Msg>,
  options: SubOptions,
): Promise<void> {
  for await (const message of messages) {
    if (options.json === true) printJson(messageJson(message));
    else process.stdout.write(messageText(message, options));
  }
  await connection.flush();
}

function messageJson(message: Msg): unknown {
  const { subject, reply } = message;
  return {
    subject,
    ...(reply === undefined || reply === "" ? {} : { reply }),
    ...headersJson(message.headers),
    ...payloadJson(message.data),
  };
}

function messageText(message: Msg, options: SubOptions): Uint8Array {
  const head = options.raw === true ? "" : `${message.subject}  `;
  const headers = options.headers === true ? headersText(message.headers) : "";
  return Buffer.concat([Buffer.from(headers + head), message.data, Buffer.from("\n")]);
}
