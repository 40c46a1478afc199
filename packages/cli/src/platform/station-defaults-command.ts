import type { Command } from "commander";
import type { StationDefaults } from "oxbow/control";
import { stationSettings, textsOf, type Values } from "../apply/settings.ts";
import { oneOf } from "../arguments.ts";
import { renderFields } from "../output/table.ts";
import { withControl } from "./control.ts";
import {
  type StationOptions,
  stationRequest,
  withFixedOptions,
  withStationOptions,
} from "./station-options.ts";
import { type PlatformOptions, subcommand, tell } from "./subcommand.ts";

interface DefaultsOptions extends PlatformOptions, StationOptions {
  readonly autoCreate?: "on" | "off";
  readonly reset?: boolean;
}

/** `oxbow station defaults`. */
export function defaultsOfStations(): Command {
  const command = subcommand(
    "defaults",
    "Show or change what stations are like where nobody says so.",
    [
      "oxbow station defaults",
      "oxbow station defaults --auto-create on --max-age 1d --partitions 3",
      "oxbow station defaults --reset --auto-create off",
    ],
  )
    .option(
      "--auto-create <on|off>",
      "make a station for who produces to one that there is not",
      oneOf(["on", "off"]),
    )
    .option("--reset", "begin with no defaults of your own");
  return withFixedOptions(withStationOptions(command)).action(
    ({ autoCreate, reset = false, ...options }: DefaultsOptions) =>
      withControl(options, "oxbow station defaults", async (control) => {
        const before = await control.call("station.defaults", {}, {});
        const given = stationRequest(options);
        const isChanged = Object.keys(given).length > 0;
        const settings = { ...(reset ? {} : before.settings), ...given };
        const changes = {
          ...((reset || isChanged) && { settings }),
          ...(autoCreate !== undefined && { isAutoCreated: autoCreate === "on" }),
        };
        const isAsked = Object.keys(changes).length > 0;
        const defaults = isAsked ? await control.call("station.setDefaults", {}, changes) : before;
        tell(options, defaults, renderDefaults);
      }),
  );
}

function renderDefaults({ isAutoCreated, settings }: StationDefaults): string {
  const texts = Object.entries(textsOf(stationSettings, settings as unknown as Values));
  return `stations that nobody says more of\n${renderFields([
    ["made by producing", isAutoCreated ? "yes" : "no"],
    ...texts.map(([name, value]): [string, string] => [name, String(value)]),
  ])}`;
}
