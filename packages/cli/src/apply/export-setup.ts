import type { Group, Station } from "oxbow";
import type { Attachment, ControlClient, Schema } from "oxbow/control";
import { groupSettings, stationSettings, textsOf, type Values } from "./settings.ts";

/** What there is, as a file that makes it: all but streams and consumers of plain clients. */
export async function exportSetup(control: ControlClient): Promise<Values> {
  const [schemas, stations, attachments, groups] = await Promise.all([
    Array.fromAsync(control.list("schema.list", {})),
    Array.fromAsync(control.list("station.list", {})),
    Array.fromAsync(control.list("attachment.list", {})),
    Array.fromAsync(control.list("group.list", {})),
  ]);
  const texts: [string, Values][] = [];
  for (const schema of inOrder(schemas)) {
    if (schema.activeVersion !== undefined) {
      texts.push([schema.name, await schemaFields(control, schema)]);
    }
  }
  const own = stations.filter(({ isManaged }) => isManaged);
  return {
    version: 1,
    schemas: Object.fromEntries(texts),
    stations: Object.fromEntries(
      own.map((station) => [station.name, stationFields(station, attachments, groups)]),
    ),
  };
}

/** What others refer to comes first. */
function inOrder(schemas: readonly Schema[]): readonly Schema[] {
  const ordered = new Set<Schema>();
  const add = (schema: Schema): void => {
    const active = schema.versions.find(({ isActive }) => isActive);
    for (const { schema: name } of active?.references ?? []) {
      const other = schemas.find((each) => each.name === name);
      if (other !== undefined && !ordered.has(other)) add(other);
    }
    ordered.add(schema);
  };
  for (const schema of schemas) add(schema);
  return [...ordered];
}

async function schemaFields(
  control: ControlClient,
  { name: schema, format, compatibility }: Schema,
): Promise<Values> {
  const { text, messageName, references } = await control.call("schema.text", { schema }, {});
  return {
    format,
    compatibility,
    ...(messageName !== undefined && { message: messageName }),
    ...(references.length > 0 && { references }),
    text,
  };
}

function stationFields(
  { name, settings }: Station,
  attachments: readonly Attachment[],
  groups: readonly Group[],
): Values {
  const attachment = attachments.find((each) => each.station === name);
  const own = groups.filter((each) => each.isManaged && each.station === name);
  return {
    ...textsOf(stationSettings, settings as unknown as Values),
    ...(attachment !== undefined && { schema: attachmentFields(attachment) }),
    ...(own.length > 0 && {
      groups: Object.fromEntries(own.map((group) => [group.name, groupFields(group)])),
    }),
  };
}

function attachmentFields({ station: _, schema: name, ...more }: Attachment): Values {
  return { name, ...more };
}

function groupFields({ settings }: Group): Values {
  return {
    from: startText(settings.start),
    ...textsOf(groupSettings, settings as unknown as Values),
  };
}

function startText(start: Group["settings"]["start"]): string {
  switch (start.from) {
    case "beginning":
    case "now":
      return start.from;
    case "sequence":
      return `sequence:${start.sequence}`;
    case "time":
      return new Date(start.time).toISOString();
    case "last":
      return `last:${start.messages}`;
    case "lastPerKey":
      return "last-per-key";
  }
}
