import { isDeepStrictEqual } from "node:util";
import type { Group, Station } from "oxbow";
import type { Attachment, AttachmentRequest, ControlClient, Schema } from "oxbow/control";
import { CommandFailure } from "../failures.ts";
import { groupSettings, type Setting, stationSettings, textsOf, type Values } from "./settings.ts";
import type { Setup, WantedGroup, WantedSchema, WantedStation } from "./setup.ts";

const reasonsInOrder: readonly unknown[] = ["exhausted", "terminated", "refused"];

/** Something that is to be done. Each can be done again. */
export interface Step {
  readonly action: "create" | "change" | "remove";
  /** What it is done to: `station orders`. */
  readonly target: string;
  /** What becomes another: before, which there is not where it is created, and after. */
  readonly changes: readonly {
    readonly name: string;
    readonly before?: unknown;
    readonly after: unknown;
  }[];
  run(): Promise<unknown>;
}

/**
 * Finds out what has to be done so that there is what a file wants, in the order in which it can be: nothing, if it is
 * there. What the file does not name stays as it is.
 *
 * @throws CommandFailure for what can't be made so; OxbowError as the platform has it
 */
export async function planOf(control: ControlClient, setup: Setup): Promise<Step[]> {
  const [schemas, stations, attachments, groups] = await Promise.all([
    Array.fromAsync(control.list("schema.list", {})),
    Array.fromAsync(control.list("station.list", {})),
    Array.fromAsync(control.list("attachment.list", {})),
    Array.fromAsync(control.list("group.list", {})),
  ]);
  const steps: Step[] = [];
  for (const wanted of setup.schemas) {
    steps.push(...(await schemaSteps(control, wanted, byName(schemas, wanted.name))));
  }
  for (const wanted of setup.stations) {
    const station = byName(stations, wanted.name);
    const name = station?.name ?? wanted.name;
    steps.push(...stationSteps(control, wanted, station));
    const attached = attachments.find((each) => each.station === name.toLowerCase());
    steps.push(...attachmentSteps(control, wanted, attached));
    const own = groups.filter((each) => each.station === name);
    for (const group of wanted.groups) {
      steps.push(...groupSteps(control, wanted.name, group, byName(own, group.name)));
    }
  }
  return steps;
}

function byName<T extends { readonly name: string }>(
  all: readonly T[],
  name: string,
): T | undefined {
  return (
    all.find((each) => each.name === name) ?? all.find((each) => each.name === name.toLowerCase())
  );
}

async function schemaSteps(
  control: ControlClient,
  { name, request }: WantedSchema,
  there: Schema | undefined,
): Promise<Step[]> {
  const schema = name;
  const target = `schema ${name}`;
  const { format, compatibility, ...version } = request;
  if (there === undefined) {
    const run = (): Promise<unknown> => control.call("schema.create", { schema }, request);
    const after = { format, ...(compatibility !== undefined && { compatibility }) };
    return [{ action: "create", target, changes: created(after), run }];
  }
  if (there.format !== format) {
    const text = `${target} is ${there.format}, and can't become ${format}: choose another name`;
    throw new CommandFailure(text);
  }
  const steps: Step[] = [];
  if (compatibility !== undefined && compatibility !== there.compatibility) {
    steps.push({
      action: "change",
      target,
      changes: [{ name: "compatibility", before: there.compatibility, after: compatibility }],
      run: () => control.call("schema.setCompatibility", { schema }, { compatibility }),
    });
  }
  const { activeVersion } = there;
  const active =
    activeVersion === undefined ? undefined : await control.call("schema.text", { schema }, {});
  const isSame =
    active?.text === version.text &&
    active.messageName === version.messageName &&
    isDeepStrictEqual(active.references, version.references ?? []);
  if (!isSame) {
    const before = activeVersion === undefined ? "none" : `version ${activeVersion}`;
    steps.push({
      action: "change",
      target,
      changes: [{ name: "active", before, after: "the text of the file" }],
      run: () => control.call("schema.addVersion", { schema }, { ...version, isActivated: true }),
    });
  }
  return steps;
}

function stationSteps(
  control: ControlClient,
  { name: station, values }: WantedStation,
  there: Station | undefined,
): Step[] {
  const target = `station ${station}`;
  const wanted = textsOf(stationSettings, values);
  if (there === undefined) {
    const run = (): Promise<unknown> => control.call("station.create", { station }, values);
    return [{ action: "create", target, changes: created(wanted), run }];
  }
  const changes = changesOf(stationSettings, ordered(values), there.settings as unknown as Values);
  // Doing the same again heals what was left half done.
  for (const problem of there.problems)
    changes.push({ name: "problem", before: problem, after: "none" });
  if (changes.length === 0) return [];
  const run = (): Promise<unknown> => control.call("station.edit", { station }, values);
  return [{ action: "change", target, changes, run }];
}

function attachmentSteps(
  control: ControlClient,
  { name: station, attachment }: WantedStation,
  there: Attachment | undefined,
): Step[] {
  if (attachment === undefined) return [];
  const target = `schema of station ${station}`;
  if (attachment === null) {
    if (there === undefined) return [];
    const run = (): Promise<unknown> => control.call("attachment.delete", { station }, {});
    return [{ action: "remove", target, changes: [], run }];
  }
  const wanted = withDefaults(attachment, there);
  const { station: _, ...before } = there ?? { station };
  const changes = Object.entries(wanted)
    .filter(([key, after]) => (before as Values)[key] !== after)
    .map(([name, after]) => ({ name, before: (before as Values)[name], after }));
  if (changes.length === 0) return [];
  const run = (): Promise<unknown> => control.call("attachment.set", { station }, attachment);
  const action = there === undefined ? "create" : "change";
  return [{ action, target, changes: action === "create" ? created(wanted) : changes, run }];
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

function groupSteps(
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
    return [{ action: "create", target, changes: created(after), run }];
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
  return [{ action: "change", target, changes, run }];
}

/** What has no order is kept by the platform in one of its own. */
function ordered(values: Values): Values {
  const { keys, deadLetterReasons: reasons, deadLetterStation: link } = values;
  return {
    ...values,
    ...(Array.isArray(keys) && { keys: [...new Set(keys)].sort() }),
    ...(Array.isArray(reasons) && {
      deadLetterReasons: [...new Set(reasons)].sort(
        (a, b) => reasonsInOrder.indexOf(a) - reasonsInOrder.indexOf(b),
      ),
    }),
    ...(typeof link === "string" && { deadLetterStation: link.toLowerCase() }),
  };
}

function created(after: Values): { name: string; after: unknown }[] {
  return Object.entries(after).map(([name, value]) => ({ name, after: value }));
}

/** Settings that are to be others than they are, in the words of a file. */
function changesOf(
  settings: Readonly<Record<string, Setting>>,
  wanted: Values,
  there: Values,
): { name: string; before?: unknown; after: unknown }[] {
  const differing = Object.entries(wanted).filter(
    ([name, value]) => !isDeepStrictEqual(value, there[name]),
  );
  const after = textsOf(settings, Object.fromEntries(differing));
  const before = textsOf(settings, there);
  return Object.entries(after).map(([name, value]) => ({
    name,
    before: before[name],
    after: value,
  }));
}
