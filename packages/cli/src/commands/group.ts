import { Command } from "commander";
import type { Group, GroupStart, Place } from "oxbow";
import type { ControlClient, NamesOf } from "oxbow/control";
import { isPattern } from "oxbow/internal";
import { durationMs, instant, wholeNumber } from "../arguments.ts";
import { exampleText } from "../examples.ts";
import { CommandFailure, UsageError } from "../failures.ts";
import { print } from "../output/print.ts";
import { withControl } from "../platform/control.ts";
import { type GroupOptions, groupChanges, withGroupOptions } from "../platform/group-options.ts";
import { renderGroup, renderGroups, renderLag, renderRewound } from "../platform/render.ts";
import { renderConsumers } from "../platform/render-presence.ts";
import {
  groupArgument,
  type PlatformOptions,
  stationArgument,
  subcommand,
  tell,
} from "../platform/subcommand.ts";
import { place, start } from "../platform/values.ts";

type GroupNames = NamesOf<"group.get">;

/** `oxbow group …`. */
export function createCommand(): Command {
  return new Command("group")
    .description("Groups consume stations: each gets every message, and one of its members each.")
    .helpCommand(false)
    .addCommand(createGroup())
    .addCommand(listGroups())
    .addCommand(describeGroup())
    .addCommand(editGroup())
    .addCommand(lagOfGroup())
    .addCommand(listMembers())
    .addCommand(pauseGroup())
    .addCommand(resumeGroup())
    .addCommand(rewindGroup())
    .addCommand(deleteGroup())
    .addHelpText(
      "after",
      exampleText([
        "oxbow group create orders billing --from now",
        "oxbow group lag orders billing",
        "oxbow group rewind orders billing --to 2026-11-20T12:00:00Z --dry-run",
      ]),
    );
}

type Run<Options> = (control: ControlClient, names: GroupNames, options: Options) => Promise<void>;

/** A command about one group, which `run` carries out. */
function groupCommand<Options extends PlatformOptions>(
  command: Command,
  run: Run<Options>,
): Command {
  return command
    .addArgument(stationArgument())
    .addArgument(groupArgument())
    .action((station: string, group: string, options: Options) =>
      withControl(options, `oxbow group ${command.name()}`, (control) =>
        run(control, { station, group }, options),
      ),
    );
}

/** A command about a group of one station, or of each of those that a pattern means. */
function groupsCommand<Options extends PlatformOptions>(
  command: Command,
  run: Run<Options>,
): Command {
  return command
    .argument("<station>", "name of the station, or a pattern such as prod.*")
    .addArgument(groupArgument())
    .action((station: string, group: string, options: Options) =>
      withControl(options, `oxbow group ${command.name()}`, async (control) => {
        if (!isPattern(station)) {
          await run(control, { station, group }, options);
          return;
        }
        const found = await Array.fromAsync(control.list("group.list", { station, group }));
        if (found.length === 0) {
          throw new CommandFailure(
            `no station that ${station} means has a group ${group}: look at oxbow group list`,
          );
        }
        for (const { station: each, name } of found) {
          if (options.json !== true) print(`${each}:`);
          await run(control, { station: each, group: name }, options);
        }
      }),
    );
}

function createGroup(): Command {
  const command = subcommand("create", "Create a group, or make it whole.", [
    "oxbow group create orders billing",
    "oxbow group create orders audit --from last:100 --keys 'eu.>' --max-deliveries 3",
    "oxbow group create orders stock --ordered-by-key",
  ])
    .option("--from <place>", "beginning, now, last:100, sequence:5, last-per-key or a time", start)
    .option("--ordered-by-key", "one message of a key at a time, in order, over all members");
  type CreateOptions = PlatformOptions & GroupOptions & { from?: GroupStart; orderedByKey?: true };
  return groupCommand<CreateOptions>(withGroupOptions(command), async (control, names, options) => {
    const { from, orderedByKey = false } = options;
    const request = {
      ...groupChanges(options),
      ...(from !== undefined && { start: from }),
      ...(orderedByKey && { orderedByKey }),
    };
    const group = await control.call("group.create", names, request);
    tell(options, group, (each) => `created ${renderGroup(each)}`);
  });
}

function listGroups(): Command {
  return subcommand("list", "List the groups, of all stations or of some.", [
    "oxbow group list",
    "oxbow group list orders",
    "oxbow group list 'prod.*' --group billing",
  ])
    .argument("[station]", "name of the station, or a pattern such as prod.*")
    .option("--group <name>", "only those of this name")
    .action((station: string | undefined, options: PlatformOptions & { group?: string }) =>
      withControl(options, "oxbow group list", async (control) => {
        const { group } = options;
        const filter = {
          ...(station !== undefined && { station }),
          ...(group !== undefined && { group }),
        };
        const groups = await Array.fromAsync(control.list("group.list", filter));
        tell(options, groups, renderGroups);
      }),
    );
}

function describeGroup(): Command {
  const command = subcommand("describe", "Show the settings and the state of a group.", [
    "oxbow group describe orders billing",
  ]);
  return groupCommand(command, async (control, names, options) =>
    tell(options, await control.call("group.get", names, {}), renderGroup),
  );
}

function editGroup(): Command {
  const command = subcommand("edit", "Change settings of a group while members are connected.", [
    "oxbow group edit orders billing --max-deliveries 5 --backoff 1s,10s",
  ]);
  return groupsCommand<PlatformOptions & GroupOptions>(
    withGroupOptions(command),
    async (control, names, options) => {
      const changes = groupChanges(options);
      if (Object.keys(changes).length === 0) {
        throw new UsageError(
          "oxbow group edit: nothing to change: write for example --max-deliveries 5",
        );
      }
      const group = await control.call("group.edit", names, changes);
      tell(options, group, (each) => `changed ${renderGroup(each)}`);
    },
  );
}

function lagOfGroup(): Command {
  const command = subcommand("lag", "Show how far a group is behind.", [
    "oxbow group lag orders billing",
    "oxbow group lag 'prod.*' billing",
  ]);
  return groupsCommand(command, async (control, names, options) =>
    tell(options, await control.call("group.lag", names, {}), renderLag),
  );
}

function listMembers(): Command {
  return subcommand(
    "members",
    "List the members that are there, of all groups, a station's or one.",
    ["oxbow group members", "oxbow group members orders billing --json"],
  )
    .argument("[station]", "name of the station")
    .argument("[group]", "name of the group")
    .action((station: string | undefined, group: string | undefined, options: PlatformOptions) =>
      withControl(options, "oxbow group members", async (control) => {
        const filter = {
          ...(station !== undefined && { station }),
          ...(group !== undefined && { group }),
        };
        const consumers = await Array.fromAsync(control.list("consumer.list", filter));
        tell(options, consumers, renderConsumers);
      }),
    );
}

function pauseGroup(): Command {
  const command = subcommand("pause", "Stop deliveries until a time.", [
    "oxbow group pause orders billing --for 10m",
    "oxbow group pause orders billing --until 2026-11-20T12:00:00Z",
  ])
    .option("--for <duration>", "from now on", durationMs)
    .option("--until <time>", "until this time", instant);
  return groupsCommand<PlatformOptions & { for?: number; until?: string }>(
    command,
    async (control, names, options) => {
      const { for: timeMs, until } = options;
      if ((timeMs === undefined) === (until === undefined)) {
        throw new UsageError("oxbow group pause: write --for 10m or --until TIME, one of the two");
      }
      const at = until ?? new Date(Date.now() + (timeMs ?? 0));
      const group = await control.call("group.pause", names, { until: at });
      tell(options, group, ({ name, pausedUntil }: Group) => `paused ${name} until ${pausedUntil}`);
    },
  );
}

function resumeGroup(): Command {
  const command = subcommand("resume", "End a pause.", ["oxbow group resume orders billing"]);
  return groupsCommand(command, async (control, names, options) => {
    const group = await control.call("group.resume", names, {});
    tell(options, group, ({ name }) => `${name} goes on`);
  });
}

function rewindGroup(): Command {
  const command = subcommand("rewind", "Let a living group go on at another place.", [
    "oxbow group rewind orders billing --to beginning --dry-run",
    "oxbow group rewind orders billing --to 2026-11-20T12:00:00Z",
    "oxbow group rewind orders billing --to sequence:500 --partition 3",
  ])
    .requiredOption("--to <place>", "beginning, now, last:100, sequence:5 or a time", place)
    .option("--partition <number>", "only in this partition", wholeNumber(1))
    .option("--dry-run", "only count what that would mean");
  return groupsCommand<PlatformOptions & { to: Place; partition?: number; dryRun?: boolean }>(
    command,
    async (control, names, { to, partition, dryRun: isDryRun = false, ...options }) => {
      const request = { to, isDryRun, ...(partition !== undefined && { partition }) };
      const rewound = await control.call("group.rewind", names, request);
      tell(options, rewound, (each) => renderRewound(each, isDryRun));
    },
  );
}

function deleteGroup(): Command {
  const command = subcommand("delete", "Delete a group; the messages stay.", [
    "oxbow group delete orders billing",
  ]);
  return groupsCommand(command, async (control, names, options) => {
    const deleted = await control.call("group.delete", names, {});
    tell(options, deleted, ({ isDeleted }) =>
      isDeleted ? `deleted ${names.group}` : `there was no group ${names.group}`,
    );
  });
}
