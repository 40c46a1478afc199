import { text as readText } from "node:stream/consumers";
import type { JetStreamClient, PubAck } from "@nats-io/jetstream";
import type { MsgHdrs, NatsConnection } from "@nats-io/transport-node";
import { Argument, Command } from "commander";
import { keyValues, publishSubject, wholeNumber } from "../arguments.ts";
import { withConnection } from "../client/connect.ts";
import { type ClientOptions, withClientOptions } from "../client/options.ts";
import { exampleText } from "../examples.ts";
import { CommandFailure, UsageError } from "../failures.ts";
import { plural, print, printJson } from "../output/print.ts";

interface PubOptions extends ClientOptions {
  readonly count: number;
  readonly header?: readonly (readonly [string, string])[];
  readonly reply?: string;
  readonly jetstream?: boolean;
  readonly lines?: boolean;
  readonly json?: boolean;
}

/** Stored messages that may wait for their acknowledgement at a time. */
const ACKS_OUT_MAX = 1000;

/** `oxbow pub`. */
export function createCommand(): Command {
  const command = new Command("pub")
    .description("Publish a message, given as an argument or on standard input.")
    .addArgument(new Argument("<subject>", "subject to publish to").argParser(publishSubject))
    .argument("[payload]", "the message; without it, what comes on standard input")
    .option("--count <number>", "how many times to publish it", wholeNumber(1), 1)
    .option("--header <key:value>", "header to send along, may be repeated", keyValues(":"))
    .option("--reply <subject>", "subject for answers", publishSubject)
    .option("--jetstream", "wait until a stream has stored each message, and print where")
    .option("--lines", "publish each line of standard input as a message of its own")
    .option("--json", "print the outcome as JSON");
  return withClientOptions(command)
    .addHelpText(
      "after",
      exampleText([
        "oxbow pub orders.new '{\"id\":1}'",
        "oxbow pub orders.new '{\"id\":1}' --jetstream --header Nats-Msg-Id:order-1",
        "cat events.ndjson | oxbow pub events --lines --jetstream",
      ]),
    )
    .action(runPub);
}

async function runPub(
  subject: string,
  payload: string | undefined,
  options: PubOptions,
): Promise<void> {
  const payloads = await readPayloads(payload, options.lines === true, subject);
  await withConnection(options, "oxbow pub", async (connection) => {
    const { headers: createHeaders } = await import("@nats-io/transport-node");
    let headers: MsgHdrs | undefined;
    for (const [key, value] of options.header ?? []) {
      headers ??= createHeaders();
      headers.append(key, value);
    }
    const message = { subject, payloads, headers, options };
    if (options.jetstream === true) await publishStored(connection, message);
    else await publishPlain(connection, message);
  });
}

interface OutgoingMessages {
  readonly subject: string;
  readonly payloads: readonly string[];
  readonly headers: MsgHdrs | undefined;
  readonly options: PubOptions;
}

async function readPayloads(
  payload: string | undefined,
  isByLine: boolean,
  subject: string,
): Promise<readonly string[]> {
  if (payload !== undefined) {
    if (isByLine)
      throw new UsageError("oxbow pub: --lines reads standard input: leave the payload out");
    return [payload];
  }
  if (process.stdin.isTTY === true) {
    throw new UsageError(
      `oxbow pub: no message: write oxbow pub ${subject} MESSAGE, or pipe one in`,
    );
  }
  const text = await readText(process.stdin);
  if (!isByLine) return [text];
  return text.split("\n").filter((line) => line !== "");
}

async function publishPlain(connection: NatsConnection, message: OutgoingMessages): Promise<void> {
  const { subject, payloads, headers, options } = message;
  let count = 0;
  let bytes = 0;
  for (let round = 0; round < options.count; round += 1) {
    for (const payload of payloads) {
      connection.publish(subject, payload, {
        ...(headers === undefined ? {} : { headers }),
        ...(options.reply === undefined ? {} : { reply: options.reply }),
      });
      count += 1;
      bytes += Buffer.byteLength(payload);
      // The client buffers without a bound, so it is given time to send.
      if (count % ACKS_OUT_MAX === 0) await connection.flush();
    }
  }
  await connection.flush();
  if (options.json === true) printJson({ subject, count, bytes });
  else print(`published ${plural(count, "message")} (${plural(bytes, "byte")}) to ${subject}`);
}

async function publishStored(connection: NatsConnection, message: OutgoingMessages): Promise<void> {
  const { jetstream } = await import("@nats-io/jetstream");
  const client = jetstream(connection, { timeout: message.options.timeout ?? 5000 });
  const acks = new AckSummary();
  let batch: Promise<PubAck>[] = [];
  for (let round = 0; round < message.options.count; round += 1) {
    for (const payload of message.payloads) {
      batch.push(publishOne(client, message, payload));
      if (batch.length < ACKS_OUT_MAX) continue;
      acks.add(await Promise.all(batch));
      batch = [];
    }
  }
  acks.add(await Promise.all(batch));
  acks.print(message.options.json === true);
}

async function publishOne(
  client: JetStreamClient,
  { subject, headers }: OutgoingMessages,
  payload: string,
): Promise<PubAck> {
  try {
    return await client.publish(subject, payload, headers === undefined ? {} : { headers });
  } catch (error) {
    if (!(error instanceof Error) || !isNoStream(error)) throw error;
    const create = `oxbow stream create NAME --subjects ${subject}`;
    throw new CommandFailure(`no stream takes ${subject}: create one with "${create}"`, {
      cause: error,
    });
  }
}

/** Nobody answered the publish itself, so no stream has the subject. */
function isNoStream(error: Error): boolean {
  const { name, cause } = error;
  return (
    name === "NoRespondersError" ||
    (cause instanceof Error && isNoStream(cause)) ||
    /no responders/i.test(error.message)
  );
}

class AckSummary {
  #first: PubAck | undefined;
  #last: PubAck | undefined;
  #count = 0;
  #duplicates = 0;

  add(acks: readonly PubAck[]): void {
    for (const ack of acks) {
      this.#first ??= ack;
      this.#last = ack;
      this.#count += 1;
      if (ack.duplicate) this.#duplicates += 1;
    }
  }

  print(isJson: boolean): void {
    const first = this.#first;
    const last = this.#last;
    if (first === undefined || last === undefined) {
      if (isJson) printJson({ count: 0, duplicates: 0 });
      else print("nothing to publish: standard input was empty");
      return;
    }
    const { stream, seq } = last;
    if (isJson) {
      printJson({
        stream,
        seq,
        firstSeq: first.seq,
        count: this.#count,
        duplicates: this.#duplicates,
      });
      return;
    }
    const where = this.#count === 1 ? `as ${seq}` : `as ${first.seq} to ${seq}`;
    const duplicates = this.#duplicates === 0 ? "" : `, ${this.#duplicates} of them there before`;
    print(`stored ${plural(this.#count, "message")} in ${stream} ${where}${duplicates}`);
  }
}
