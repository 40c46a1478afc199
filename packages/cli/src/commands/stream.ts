import { Argument, Command } from "commander";
import { filterSubject, resourceName, wholeNumber } from "../arguments.ts";
import { type ClientOptions, withClientOptions } from "../client/options.ts";
import { exampleText } from "../examples.ts";
import { CommandFailure, UsageError } from "../failures.ts";
import { withJetStream } from "../jetstream/manager.ts";
import { messageJson, messageText, renderStream, renderStreams } from "../jetstream/render.ts";
import {
  type StreamSettings,
  streamConfig,
  withCreationSettings,
  withStreamSettings,
} from "../jetstream/stream-settings.ts";
import { plural, print, printJson } from "../output/print.ts";

interface StreamOptions extends ClientOptions {
  readonly json?: boolean;
}

/** `oxbow stream …`. */
export function createCommand(): Command {
  return new Command("stream")
    .description("Streams store what is published to their subjects.")
    .helpCommand(false)
    .addCommand(createStream())
    .addCommand(updateStream())
    .addCommand(infoStream())
    .addCommand(listStreams())
    .addCommand(purgeStream())
    .addCommand(deleteStream())
    .addCommand(getMessage())
    .addCommand(viewStream())
    .addCommand(deleteMessage())
    .addHelpText(
      "after",
      exampleText([
        "oxbow stream create ORDERS --subjects 'orders.>'",
        "oxbow stream info ORDERS",
        "oxbow stream view ORDERS --from 100 --count 10",
      ]),
    );
}

function subcommand(name: string, description: string, examples: readonly string[]): Command {
  return withClientOptions(
    new Command(name)
      .description(description)
      .option("--json", "print JSON")
      .addHelpText("after", exampleText(examples)),
  );
}

function streamArgument(): Argument {
  return new Argument("<stream>", "name of the stream").argParser(resourceName);
}

function createStream(): Command {
  const command = subcommand("create", "Create a stream.", [
    "oxbow stream create ORDERS --subjects 'orders.>'",
    "oxbow stream create EVENTS --subjects events,events.* --max-age 7d --max-bytes 10GiB",
  ]).addArgument(streamArgument());
  return withCreationSettings(withStreamSettings(command)).action(
    (name: string, options: StreamOptions & StreamSettings) =>
      withJetStream(options, "oxbow stream create", { stream: name }, async (manager) => {
        const config = { storage: "file" as const, ...streamConfig(options), name };
        // Without subjects a stream stores the subject of its own name, as the server would have it.
        const info = await manager.streams.add({ subjects: [name], ...config });
        if (options.json === true) printJson(info);
        else print(`created ${renderStream(info)}`);
      }),
  );
}

function updateStream(): Command {
  const command = subcommand("update", "Change the settings of a stream; the others stay.", [
    "oxbow stream update ORDERS --max-age 30d",
  ]).addArgument(streamArgument());
  return withStreamSettings(command).action(
    (name: string, options: StreamOptions & StreamSettings) => {
      const changes = streamConfig(options);
      if (Object.keys(changes).length === 0) {
        throw new UsageError(
          "oxbow stream update: nothing to change: write for example --max-age 30d",
        );
      }
      return withJetStream(options, "oxbow stream update", { stream: name }, async (manager) => {
        const info = await manager.streams.update(name, changes);
        if (options.json === true) printJson(info);
        else print(`updated ${renderStream(info)}`);
      });
    },
  );
}

function infoStream(): Command {
  return subcommand("info", "Show the settings and the state of a stream.", [
    "oxbow stream info ORDERS",
    "oxbow stream info ORDERS --json | jq .state.messages",
  ])
    .addArgument(streamArgument())
    .action((name: string, options: StreamOptions) =>
      withJetStream(options, "oxbow stream info", { stream: name }, async (manager) => {
        const info = await manager.streams.info(name);
        if (options.json === true) printJson(info);
        else print(renderStream(info));
      }),
    );
}

function listStreams(): Command {
  return subcommand("list", "List the streams, or those that store a subject.", [
    "oxbow stream list",
    "oxbow stream list --subject orders.new",
  ])
    .option("--subject <subject>", "only streams that store it", filterSubject)
    .action((options: StreamOptions & { readonly subject?: string }) =>
      withJetStream(options, "oxbow stream list", {}, async (manager) => {
        const streams = await Array.fromAsync(manager.streams.list(options.subject ?? ""));
        if (options.json === true) printJson(streams);
        else print(renderStreams(streams));
      }),
    );
}

interface PurgeOptions extends StreamOptions {
  readonly subject?: string;
  readonly seq?: number;
  readonly keep?: number;
}

function purgeStream(): Command {
  return subcommand("purge", "Remove messages, and keep the stream.", [
    "oxbow stream purge ORDERS",
    "oxbow stream purge ORDERS --subject orders.old --keep 10",
    "oxbow stream purge ORDERS --seq 5000",
  ])
    .addArgument(streamArgument())
    .option("--subject <subject>", "only messages of this subject", filterSubject)
    .option("--seq <sequence>", "only messages before this one", wholeNumber(1))
    .option("--keep <count>", "all but the last so many", wholeNumber(0))
    .action((name: string, options: PurgeOptions) => {
      const { subject, seq, keep } = options;
      if (seq !== undefined && keep !== undefined) {
        throw new UsageError("oxbow stream purge: --seq and --keep exclude one another: write one");
      }
      const filter = subject === undefined ? {} : { filter: subject };
      const bound = seq !== undefined ? { seq } : keep !== undefined ? { keep } : {};
      const request = { ...filter, ...bound };
      return withJetStream(options, "oxbow stream purge", { stream: name }, async (manager) => {
        const all = Object.keys(request).length === 0;
        const { purged } = await manager.streams.purge(
          name,
          all ? undefined : (request as { seq: number }),
        );
        if (options.json === true) printJson({ stream: name, purged });
        else print(`removed ${plural(purged, "message")} from ${name}`);
      });
    });
}

function deleteStream(): Command {
  return subcommand("delete", "Delete a stream, its messages and its consumers.", [
    "oxbow stream delete ORDERS",
  ])
    .addArgument(streamArgument())
    .action((name: string, options: StreamOptions) =>
      withJetStream(options, "oxbow stream delete", { stream: name }, async (manager) => {
        await manager.streams.delete(name);
        if (options.json === true) printJson({ stream: name, deleted: true });
        else print(`deleted ${name}`);
      }),
    );
}

function getMessage(): Command {
  return subcommand("get", "Print one message: by its sequence, or the last of a subject.", [
    "oxbow stream get ORDERS 17",
    "oxbow stream get ORDERS --last orders.new --json",
  ])
    .addArgument(streamArgument())
    .addArgument(new Argument("[sequence]", "sequence of the message").argParser(wholeNumber(1)))
    .option("--last <subject>", "the last message of this subject", filterSubject)
    .action(
      (
        name: string,
        seq: number | undefined,
        options: StreamOptions & { readonly last?: string },
      ) => {
        const { last } = options;
        if ((seq === undefined) === (last === undefined)) {
          throw new UsageError(
            "oxbow stream get: write a sequence or --last <subject>, one of the two",
          );
        }
        const query = seq === undefined ? { last_by_subj: last ?? "" } : { seq };
        return withJetStream(options, "oxbow stream get", { stream: name }, async (manager) => {
          const message = await manager.streams.getMessage(name, query);
          if (message === null) {
            const what = seq === undefined ? `of ${last}` : `with sequence ${seq}`;
            throw new CommandFailure(
              `${name} has no message ${what}: see oxbow stream info ${name}`,
            );
          }
          if (options.json === true) printJson(messageJson(message));
          else process.stdout.write(messageText(message));
        });
      },
    );
}

interface ViewOptions extends StreamOptions {
  readonly from: number;
  readonly count: number;
  readonly subject?: string;
}

function viewStream(): Command {
  return subcommand("view", "Print messages one after another, without consuming them.", [
    "oxbow stream view ORDERS",
    "oxbow stream view ORDERS --from 100 --count 5 --subject orders.new",
  ])
    .addArgument(streamArgument())
    .option("--from <sequence>", "first sequence", wholeNumber(1), 1)
    .option("--count <number>", "how many", wholeNumber(1), 10)
    .option("--subject <subject>", "only messages of this subject", filterSubject)
    .action((name: string, options: ViewOptions) =>
      withJetStream(options, "oxbow stream view", { stream: name }, async (manager) => {
        let { from } = options;
        for (let shown = 0; shown < options.count; shown += 1) {
          const query = { seq: from, next_by_subj: options.subject ?? ">" };
          const message = await manager.streams.getMessage(name, query);
          if (message === null) {
            if (shown === 0 && options.json !== true) print(`${name} has no such messages`);
            return;
          }
          if (options.json === true) printJson(messageJson(message));
          else process.stdout.write(messageText(message));
          from = message.seq + 1;
        }
      }),
    );
}

function deleteMessage(): Command {
  return subcommand("delete-message", "Delete one message and overwrite it on disk.", [
    "oxbow stream delete-message ORDERS 17",
  ])
    .addArgument(streamArgument())
    .addArgument(new Argument("<sequence>", "sequence of the message").argParser(wholeNumber(1)))
    .option("--no-erase", "only mark it as deleted")
    .action((name: string, seq: number, options: StreamOptions & { readonly erase: boolean }) =>
      withJetStream(options, "oxbow stream delete-message", { stream: name }, async (manager) => {
        await manager.streams.deleteMessage(name, seq, options.erase);
        if (options.json === true) printJson({ stream: name, seq, deleted: true });
        else print(`deleted message ${seq} of ${name}`);
      }),
    );
}
