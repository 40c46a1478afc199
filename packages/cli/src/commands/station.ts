import { Argument, Command } from "commander";
import { wholeNumber } from "../arguments.ts";
import { exampleText } from "../examples.ts";
import { UsageError } from "../failures.ts";
import { plural, print, printJson } from "../output/print.ts";
import { withControl } from "../platform/control.ts";
import { renderStation, renderStations } from "../platform/render.ts";
import { renderMembers } from "../platform/render-presence.ts";
import { defaultsOfStations } from "../platform/station-defaults-command.ts";
import {
  type StationOptions,
  stationRequest,
  withFixedOptions,
  withStationOptions,
} from "../platform/station-options.ts";
import { type PlatformOptions, stationArgument, subcommand, tell } from "../platform/subcommand.ts";

/** `oxbow station …`. */
export function createCommand(): Command {
  return new Command("station")
    .description("Stations keep what producers send, for every group that consumes it.")
    .helpCommand(false)
    .addCommand(createStation())
    .addCommand(listStations())
    .addCommand(describeStation())
    .addCommand(editStation())
    .addCommand(purgeStation())
    .addCommand(removeMessage())
    .addCommand(deleteStation())
    .addCommand(defaultsOfStations())
    .addHelpText(
      "after",
      exampleText([
        "oxbow station create orders",
        "oxbow station create orders --partitions 8 --max-age 30d",
        "oxbow station describe orders",
        "oxbow station edit orders --max-bytes 10GiB",
      ]),
    );
}

function createStation(): Command {
  const command = subcommand("create", "Create a station, or make it whole.", [
    "oxbow station create orders",
    "oxbow station create events --partitions 8 --keep-per-key 1 --max-age forever",
  ]).addArgument(stationArgument());
  return withFixedOptions(withStationOptions(command)).action(
    (station: string, options: PlatformOptions & StationOptions) =>
      withControl(options, "oxbow station create", async (control) => {
        const made = await control.call("station.create", { station }, stationRequest(options));
        tell(options, made, (each) => `created ${renderStation(each)}`);
      }),
  );
}

function listStations(): Command {
  return subcommand("list", "List the stations.", [
    "oxbow station list",
    "oxbow station list --tag billing",
  ])
    .option("--tag <word>", "only those with this tag")
    .action((options: PlatformOptions & { tag?: string }) =>
      withControl(options, "oxbow station list", async (control) => {
        const filter = options.tag === undefined ? {} : { tag: options.tag };
        const stations = await Array.fromAsync(control.list("station.list", filter));
        tell(options, stations, renderStations);
      }),
    );
}

function describeStation(): Command {
  return subcommand("describe", "Show the settings and the state of a station, and its groups.", [
    "oxbow station describe orders",
    "oxbow station describe orders --json | jq .messages",
  ])
    .addArgument(stationArgument())
    .action((name: string, options: PlatformOptions) =>
      withControl(options, "oxbow station describe", async (control) => {
        const station = await control.call("station.get", { station: name }, {});
        const { attachment } = await control.call("attachment.get", { station: station.name }, {});
        const of = { station: station.name };
        const groups = await Array.fromAsync(control.list("group.list", of));
        const members = await Array.fromAsync(control.list("consumer.list", of));
        if (options.json === true) printJson({ ...station, schema: attachment, groups, members });
        else print(renderStation(station, attachment) + renderMembers(groups, members));
      }),
    );
}

function editStation(): Command {
  const command = subcommand("edit", "Change settings of a station while it is in use.", [
    "oxbow station edit orders --max-age 30d",
    "oxbow station edit orders --max-bytes none --discard new",
  ]).addArgument(stationArgument());
  return withFixedOptions(withStationOptions(command)).action(
    (station: string, options: PlatformOptions & StationOptions) => {
      const changes = stationRequest(options);
      if (Object.keys(changes).length === 0) {
        throw new UsageError(
          "oxbow station edit: nothing to change: write for example --max-age 30d",
        );
      }
      return withControl(options, "oxbow station edit", async (control) => {
        const edited = await control.call("station.edit", { station }, changes);
        tell(options, edited, (each) => `changed ${renderStation(each)}`);
      });
    },
  );
}

function purgeStation(): Command {
  return subcommand("purge", "Remove messages for ever, and keep the station.", [
    "oxbow station purge orders",
    "oxbow station purge orders --key eu.4711",
    "oxbow station purge orders --partition 3",
    "oxbow station purge orders --dead-letters",
  ])
    .addArgument(stationArgument())
    .option("--partition <number>", "only of this partition", wholeNumber(1))
    .option("--key <key>", "only of this key; with .> behind it also those below")
    .option("--dead-letters", "remove its dead letters, and none of its own messages")
    .action((station: string, options: PurgeOptions) => {
      const { partition, key, deadLetters = false } = options;
      if (deadLetters) return purgeDeadLetters(station, options);
      const request = {
        ...(partition !== undefined && { partition }),
        ...(key !== undefined && { key }),
      };
      return withControl(options, "oxbow station purge", async (control) => {
        const purged = await control.call("station.purge", { station }, request);
        const text = `removed ${plural(purged.purged, "message")} from ${station}`;
        tell(options, purged, () => text);
      });
    });
}

interface PurgeOptions extends PlatformOptions {
  readonly partition?: number;
  readonly key?: string;
  readonly deadLetters?: boolean;
}

function purgeDeadLetters(station: string, options: PurgeOptions): Promise<void> {
  if (options.partition !== undefined || options.key !== undefined) {
    throw new UsageError(
      "oxbow station purge: --dead-letters are those of the whole station: choose some with oxbow dead-letter drop",
    );
  }
  return withControl(options, "oxbow station purge", async (control) => {
    const answer = await control.call("deadLetter.drop", { station }, { filter: {} });
    const text = `removed ${plural(answer.dropped, "dead letter")} of ${station}`;
    tell(options, answer, () => text);
  });
}

function removeMessage(): Command {
  return subcommand("remove", "Remove messages for ever, and overwrite them on disk.", [
    "oxbow station remove orders 17",
    "oxbow station remove orders 17 19 23 --partition 3",
  ])
    .addArgument(stationArgument())
    .addArgument(
      new Argument("<sequences...>", "of the messages").argParser(
        (text: string, before: readonly number[] = []) => [...before, wholeNumber(1)(text)],
      ),
    )
    .option("--partition <number>", "that they are in", wholeNumber(1), 1)
    .action(
      (
        station: string,
        sequences: readonly number[],
        options: PlatformOptions & { partition: number },
      ) =>
        withControl(options, "oxbow station remove", async (control) => {
          const { partition } = options;
          const messages = sequences.map((sequence) => ({ partition, sequence }));
          const answer = await control.call("station.removeMessages", { station }, { messages });
          const { removed } = answer;
          const missing = messages.length - removed;
          const more = missing === 0 ? "" : `, ${plural(missing, "message")} of these not there`;
          tell(options, answer, () => `removed ${plural(removed, "message")}${more}`);
        }),
    );
}

function deleteStation(): Command {
  return subcommand("delete", "Delete a station with its messages and groups.", [
    "oxbow station delete orders",
  ])
    .addArgument(stationArgument())
    .action((station: string, options: PlatformOptions) =>
      withControl(options, "oxbow station delete", async (control) => {
        const deleted = await control.call("station.delete", { station }, {});
        tell(options, deleted, ({ isDeleted }) =>
          isDeleted ? `deleted ${station}` : `there was no station ${station}`,
        );
      }),
    );
}
