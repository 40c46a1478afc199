import { isDeepStrictEqual } from "node:util";
import type { Group, Station } from "oxbow";
import type { Attachment, AttachmentRequest, ControlClient } from "oxbow/control";
import { CommandFailure } from "../failures.ts";
import { groupSettings, stationSettings, textsOf, type Values } from "./settings.ts";
import type { WantedGroup, WantedStation } from "./setup.ts";
import { changesOf, created, type Step } from "./step.ts";

const reasonsInOrder: readonly unknown[] = ["exhausted", "terminated", "refused"];

export function stationSteps(
  control: ControlClient,
  { name: station, values }: WantedStation,
  there: Station | undefined,
): Step[] {
  const target = `station ${station}`;
  const wanted = textsOf(stationSettings, values);
  if (there === undefined) {
    const run = (): Promise<unknown> => control.call("station.create", { station }, values);
    return [
      { operation: "station.create", action: "create", target, changes: created(wanted), run },
    ];
  }
  const changes = changesOf(stationSettings, ordered(values), there.settings as unknown as Values);
  // Doing the same again heals what was left half done.
  for (const problem of there.problems)
    changes.push({ name: "problem", before: problem, after: "none" });
  if (changes.length === 0) return [];
  const run = (): Promise<unknown> => control.call("station.edit", { station }, values);
  return [{ operation: "station.edit", action: "change", target, changes, run }];
}

export function attachmentSteps(
  control: ControlClient,
  { name: station, attachment }: WantedStation,
  there: Attachment | undefined,
): Step[] {
  if (attachment === undefined) return [];
  const target = `schema of station ${station}`;
  if (attachment === null) {
    if (there === undefined) return [];
    const run = (): Promise<unknown> => control.call("attachment.delete", { station }, {});
    return [{ operation: "attachment.delete", action: "remove", target, changes: [], run }];
  }
  const wanted = withDefaults(attachment, there);
  const { station: _, ...before } = there ?? { station };
  const changes = Object.entries(wanted)
    .filter(([key, after]) => (before as Values)[key] !== after)
    .map(([name, after]) => ({ name, before: (before as Values)[name], after }));
  if (changes.length === 0) return [];
  const run = (): Promise<unknown> => control.call("attachment.set", { station }, attachment);
  const action = there === undefined ? "create" : "change";
  return [
    {
      operation: "attachment.set",
      action,
      target,
      changes: action === "create" ? created(wanted) : changes,
      run,
    },
  ];
}

/** What is left out becomes the default, as setting it has it. */
function withDefaults(
  { schema, mode = "enforce", version = "active", encoding }: AttachmentRequest,
  there: Attachment | undefined,
): Values {
  const isAvro =
    encoding !== undefined || (there?.schema === schema && there.encoding !== undefined);
  return {
    schema: schema.toLowerCase(),
    version,
    mode,
    ...(isAvro && { encoding: encoding ?? "binary" }),
  };
}

export function groupSteps(
  control: ControlClient,
  station: string,
  { name: group, values, start }: WantedGroup,
  there: Group | undefined,
): Step[] {
  const target = `group ${station} / ${group}`;
  const names = { station, group };
  if (there === undefined) {
    const request = { ...values, ...(start !== undefined && { start }) };
    const run = (): Promise<unknown> => control.call("group.create", names, request);
    const after = textsOf(groupSettings, values);
    return [{ operation: "group.create", action: "create", target, changes: created(after), run }];
  }
  if (start !== undefined && !isDeepStrictEqual(start, there.settings.start)) {
    const text = `${target} has started elsewhere: take "from" out of the file, and rewind it with "oxbow group rewind ${station} ${group}"`;
    throw new CommandFailure(text);
  }
  const changes = changesOf(groupSettings, ordered(values), there.settings as unknown as Values);
  for (const problem of there.problems)
    changes.push({ name: "problem", before: problem, after: "none" });
  if (changes.length === 0) return [];
  const run = (): Promise<unknown> => control.call("group.edit", names, values);
  return [{ operation: "group.edit", action: "change", target, changes, run }];
}

/** What has no order is kept by the platform in one of its own. */
function ordered(values: Values): Values {
  const { keys, tags, deadLetterReasons: reasons, deadLetterStation: link } = values;
  return {
    ...values,
    ...(Array.isArray(keys) && { keys: [...new Set(keys)].sort() }),
    ...(Array.isArray(tags) && { tags: [...new Set(tags)].sort() }),
    ...(Array.isArray(reasons) && {
      deadLetterReasons: [...new Set(reasons)].sort(
        (a, b) => reasonsInOrder.indexOf(a) - reasonsInOrder.indexOf(b),
      ),
    }),
    ...(typeof link === "string" && { deadLetterStation: link.toLowerCase() }),
  };
}
