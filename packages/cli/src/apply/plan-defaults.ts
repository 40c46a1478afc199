import type { ControlClient, StationDefaults } from "oxbow/control";
import { stationSettings, textsOf, type Values } from "./settings.ts";
import type { WantedDefaults } from "./setup.ts";
import { type Change, changesOf, type Step } from "./step.ts";

/** What makes stations be like a file wants them where nobody says so. */
export function defaultsSteps(
  control: ControlClient,
  { values, isAutoCreated }: WantedDefaults,
  there: StationDefaults,
): Step[] {
  const settings = there.settings as Values;
  const changes: Change[] = [
    ...(isAutoCreated === undefined || isAutoCreated === there.isAutoCreated
      ? []
      : [{ name: "autoCreate", before: there.isAutoCreated, after: isAutoCreated }]),
    ...changesOf(stationSettings, values, settings),
  ];
  if (changes.length === 0) return [];
  // What is there is replaced as a whole.
  const request = {
    settings: { ...settings, ...values },
    ...(isAutoCreated !== undefined && { isAutoCreated }),
  };
  return [
    {
      operation: "station.setDefaults",
      action: "change",
      target: "defaults of stations",
      changes,
      run: () => control.call("station.setDefaults", {}, request),
    },
  ];
}

/** As a file has them; `undefined` if nobody has changed any. */
export function defaultsFields({ isAutoCreated, settings }: StationDefaults): Values | undefined {
  const texts = textsOf(stationSettings, settings as Values);
  if (!isAutoCreated && Object.keys(texts).length === 0) return undefined;
  return { autoCreate: isAutoCreated, ...texts };
}
