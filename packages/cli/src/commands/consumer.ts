import type { ConsumerConfig } from "@nats-io/jetstream";
import { Argument, Command } from "commander";
import {
  durationMs,
  filterSubjects,
  instant,
  keyValues,
  oneOf,
  resourceName,
  wholeNumber,
} from "../arguments.ts";
import { type ClientOptions, withClientOptions } from "../client/options.ts";
import { exampleText } from "../examples.ts";
import { UsageError } from "../failures.ts";
import { withJetStream } from "../jetstream/manager.ts";
import { messageJson, messageText, renderConsumer, renderConsumers } from "../jetstream/render.ts";
import { nanoseconds } from "../jetstream/stream-settings.ts";
import { note, print, printJson } from "../output/print.ts";

interface ConsumerOptions extends ClientOptions {
  readonly json?: boolean;
}

const deliverPolicies = [
  "all",
  "last",
  "new",
  "last_per_subject",
  "by_start_sequence",
  "by_start_time",
] as const;

/** `oxbow consumer …`. */
export function createCommand(): Command {
  return new Command("consumer")
    .description("Consumers remember what of a stream was delivered and acknowledged.")
    .helpCommand(false)
    .addCommand(createConsumer())
    .addCommand(infoConsumer())
    .addCommand(listConsumers())
    .addCommand(nextMessages())
    .addCommand(deleteConsumer())
    .addHelpText(
      "after",
      exampleText([
        "oxbow consumer create ORDERS billing --filter orders.new",
        "oxbow consumer next ORDERS billing --count 10",
        "oxbow consumer info ORDERS billing",
      ]),
    );
}

function subcommand(name: string, description: string, examples: readonly string[]): Command {
  return withClientOptions(
    new Command(name)
      .description(description)
      .addArgument(new Argument("<stream>", "name of the stream").argParser(resourceName))
      .option("--json", "print JSON")
      .addHelpText("after", exampleText(examples)),
  );
}

function consumerArgument(): Argument {
  return new Argument("<consumer>", "name of the consumer").argParser(resourceName);
}

interface CreateOptions extends ConsumerOptions {
  readonly filter?: readonly string[];
  readonly deliver?: (typeof deliverPolicies)[number];
  readonly startSeq?: number;
  readonly startTime?: string;
  readonly ack?: "explicit" | "all" | "none";
  readonly ackWait?: number;
  readonly maxDeliver?: number;
  readonly backoff?: readonly number[];
  readonly maxAckPending?: number;
  readonly maxWaiting?: number;
  readonly inactiveThreshold?: number;
  readonly ephemeral?: boolean;
  readonly description?: string;
  readonly metadata?: readonly (readonly [string, string])[];
}

function createConsumer(): Command {
  return subcommand("create", "Create a consumer that clients pull messages from.", [
    "oxbow consumer create ORDERS billing",
    "oxbow consumer create ORDERS audit --filter orders.new,orders.paid --deliver new --ack-wait 1m",
  ])
    .addArgument(consumerArgument())
    .option("--filter <list>", "only these subjects, between commas", filterSubjects)
    .option(
      "--deliver <policy>",
      `where to start: ${deliverPolicies.join(", ")}`,
      oneOf(deliverPolicies),
    )
    .option("--start-seq <sequence>", "first sequence, for by_start_sequence", wholeNumber(1))
    .option("--start-time <time>", "first time, for by_start_time", instant)
    .option("--ack <policy>", "explicit, all or none", oneOf(["explicit", "all", "none"]))
    .option("--ack-wait <duration>", "how long until a message comes again", durationMs)
    .option("--max-deliver <count>", "how often a message may come", wholeNumber(1))
    .option("--backoff <list>", "waits between deliveries, such as 1s,10s,1m", (text) =>
      text.split(",").map(durationMs),
    )
    .option("--max-ack-pending <count>", "most unacknowledged at a time", wholeNumber(1))
    .option("--max-waiting <count>", "most pulls that may wait", wholeNumber(1))
    .option("--inactive-threshold <duration>", "delete it after so long without use", durationMs)
    .option("--ephemeral", "do not keep it over restarts and idle times")
    .option("--description <text>", "what it is for")
    .option("--metadata <key=value>", "metadata, may be repeated", keyValues("="))
    .action((stream: string, consumer: string, options: CreateOptions) => {
      const config = consumerConfig(consumer, options);
      return withJetStream(options, "oxbow consumer create", { stream }, async (manager) => {
        const info = await manager.consumers.add(stream, config);
        if (options.json === true) printJson(info);
        else print(`created ${renderConsumer(info)}`);
      });
    });
}

function consumerConfig(name: string, options: CreateOptions): Partial<ConsumerConfig> {
  const { filter, deliver, startSeq, startTime } = options;
  const policy =
    deliver ??
    (startSeq !== undefined
      ? "by_start_sequence"
      : startTime !== undefined
        ? "by_start_time"
        : "all");
  if ((policy === "by_start_sequence") !== (startSeq !== undefined)) {
    throw new UsageError("oxbow consumer create: by_start_sequence and --start-seq go together");
  }
  if ((policy === "by_start_time") !== (startTime !== undefined)) {
    throw new UsageError("oxbow consumer create: by_start_time and --start-time go together");
  }
  const config: Partial<Record<keyof ConsumerConfig, unknown>> = {
    name,
    durable_name: options.ephemeral === true ? undefined : name,
    filter_subject: filter?.length === 1 ? filter[0] : undefined,
    filter_subjects: filter !== undefined && filter.length > 1 ? filter : undefined,
    deliver_policy: policy,
    opt_start_seq: startSeq,
    opt_start_time: startTime,
    ack_policy: options.ack ?? "explicit",
    ack_wait: nanoseconds(options.ackWait),
    max_deliver: options.maxDeliver,
    backoff: options.backoff?.map(nanoseconds),
    max_ack_pending: options.maxAckPending,
    max_waiting: options.maxWaiting,
    inactive_threshold: nanoseconds(options.inactiveThreshold),
    description: options.description,
    metadata: options.metadata === undefined ? undefined : Object.fromEntries(options.metadata),
  };
  const given = Object.entries(config).filter(([, value]) => value !== undefined);
  return Object.fromEntries(given) as Partial<ConsumerConfig>;
}

function infoConsumer(): Command {
  return subcommand("info", "Show the settings and the state of a consumer.", [
    "oxbow consumer info ORDERS billing",
  ])
    .addArgument(consumerArgument())
    .action((stream: string, consumer: string, options: ConsumerOptions) =>
      withJetStream(options, "oxbow consumer info", { stream, consumer }, async (manager) => {
        const info = await manager.consumers.info(stream, consumer);
        if (options.json === true) printJson(info);
        else print(renderConsumer(info));
      }),
    );
}

function listConsumers(): Command {
  return subcommand("list", "List the consumers of a stream.", [
    "oxbow consumer list ORDERS",
  ]).action((stream: string, options: ConsumerOptions) =>
    withJetStream(options, "oxbow consumer list", { stream }, async (manager) => {
      const consumers = await Array.fromAsync(manager.consumers.list(stream));
      if (options.json === true) printJson(consumers);
      else print(renderConsumers(stream, consumers));
    }),
  );
}

interface NextOptions extends ConsumerOptions {
  readonly count: number;
  readonly wait: number;
  readonly ack: boolean;
}

function nextMessages(): Command {
  return subcommand("next", "Take messages from a consumer, print and acknowledge them.", [
    "oxbow consumer next ORDERS billing",
    "oxbow consumer next ORDERS billing --count 10 --wait 10s --no-ack",
  ])
    .addArgument(consumerArgument())
    .option("--count <number>", "most messages to take", wholeNumber(1), 1)
    .option("--wait <duration>", "how long to wait for messages (at least 1s)", durationMs, 1000)
    .option("--no-ack", "leave them unacknowledged, to come again")
    .action((stream: string, consumer: string, options: NextOptions) =>
      withJetStream(options, "oxbow consumer next", { stream, consumer }, async (_, connection) => {
        const { jetstream } = await import("@nats-io/jetstream");
        const source = await jetstream(connection).consumers.get(stream, consumer);
        const expires = Math.max(1000, options.wait);
        let count = 0;
        for await (const message of await source.fetch({ max_messages: options.count, expires })) {
          if (options.json === true) printJson(messageJson(message));
          else process.stdout.write(messageText(message));
          // Printed first: what could not be shown must come again.
          if (options.ack) await message.ackAck();
          count += 1;
        }
        if (count === 0) note(`no messages on ${stream} / ${consumer} within ${expires}ms`);
      }),
    );
}

function deleteConsumer(): Command {
  return subcommand("delete", "Delete a consumer; the stream stays.", [
    "oxbow consumer delete ORDERS billing",
  ])
    .addArgument(consumerArgument())
    .action((stream: string, consumer: string, options: ConsumerOptions) =>
      withJetStream(options, "oxbow consumer delete", { stream, consumer }, async (manager) => {
        await manager.consumers.delete(stream, consumer);
        if (options.json === true) printJson({ stream, consumer, deleted: true });
        else print(`deleted ${consumer} of ${stream}`);
      }),
    );
}
