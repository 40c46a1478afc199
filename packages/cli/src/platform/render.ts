import { formatDurationMs, formatSizeBytes } from "@oxbow/server/units";
import type { Group, Station } from "oxbow";
import type { Attachment, GroupLag, Rewound, Schema } from "oxbow/control";
import { formatCount, plural } from "../output/print.ts";
import { renderFields, renderTable } from "../output/table.ts";

/** A station for people, with the schema that it uses. */
export function renderStation(station: Station, attachment?: Attachment | null): string {
  const { name, settings, isManaged, problems, messages, bytes, partitions } = station;
  const kept = [
    settings.maxAgeMs === 0 ? "for ever" : `for ${formatDurationMs(settings.maxAgeMs)}`,
    settings.maxMessages === null ? undefined : `${formatCount(settings.maxMessages)} messages`,
    settings.maxBytes === null ? undefined : formatSizeBytes(settings.maxBytes),
    settings.keepPerKey === null ? undefined : `${formatCount(settings.keepPerKey)} of each key`,
    settings.untilAcknowledged ? "until every group has acknowledged" : undefined,
  ].filter((part) => part !== undefined);
  const deadLetters = settings.deadLetterReasons.join(", ");
  return `${name}\n${renderFields([
    ["description", settings.description === "" ? undefined : settings.description],
    ["tags", settings.tags.length === 0 ? undefined : settings.tags.join(", ")],
    ["made by", station.isInternal ? "the platform" : isManaged ? undefined : "a plain client"],
    ["messages", `${formatCount(messages)} (${formatSizeBytes(bytes)})`],
    ["partitions", String(settings.partitions)],
    ["kept", `${kept.join(", ")}; at a limit ${settings.discard} messages go`],
    ["storage", settings.storage],
    ["largest message", sizeText(settings.messageBytesMax)],
    [
      settings.duplicatesBy === "id" ? "ids remembered" : "contents remembered",
      windowText(settings),
    ],
    ["dead letters", deadLetters === "" ? "none" : deadLetters],
    ["schema", attachment === undefined ? undefined : attachmentText(attachment)],
    ["created", station.createdAt],
    ["problems", problems.length === 0 ? undefined : problems.join("; ")],
  ])}${partitions.length < 2 ? "" : renderPartitions(station)}`;
}

function windowText({ duplicateWindowMs }: Station["settings"]): string {
  return duplicateWindowMs === null ? "as long as kept" : formatDurationMs(duplicateWindowMs);
}

function renderPartitions({ partitions }: Station): string {
  const columns = [
    { title: "partition", isNumeric: true },
    { title: "messages", isNumeric: true },
    { title: "size", isNumeric: true },
    { title: "first", isNumeric: true },
    { title: "last", isNumeric: true },
  ];
  const rows = partitions.map((each) => [
    String(each.number),
    formatCount(each.messages),
    formatSizeBytes(each.bytes),
    String(each.firstSequence),
    String(each.lastSequence),
  ]);
  return renderTable(columns, rows);
}

/** Stations as a table. */
export function renderStations(stations: readonly Station[]): string {
  if (stations.length === 0) return 'no stations: create one with "oxbow station create NAME"\n';
  const columns = [
    { title: "station" },
    { title: "partitions", isNumeric: true },
    { title: "messages", isNumeric: true },
    { title: "size", isNumeric: true },
    { title: "kept" },
    { title: "" },
  ];
  const rows = stations.map((station) => [
    station.name,
    String(station.settings.partitions),
    formatCount(station.messages),
    formatSizeBytes(station.bytes),
    station.settings.maxAgeMs === 0 ? "for ever" : formatDurationMs(station.settings.maxAgeMs),
    noteOf(station),
  ]);
  return renderTable(columns, rows);
}

function noteOf({ problems, isInternal, isManaged }: Station): string {
  if (problems.length > 0) return "has problems";
  if (isInternal) return "kept by the platform";
  return isManaged ? "" : "a plain client's stream";
}

/** A group for people. */
export function renderGroup(group: Group): string {
  const { settings, problems } = group;
  const { maxDeliveries, backoffMs, maxInFlight, keys } = settings;
  const again = backoffMs.length === 0 ? [settings.maxAckTimeMs] : backoffMs;
  return `${group.station} / ${group.name}\n${renderFields([
    ["description", settings.description === "" ? undefined : settings.description],
    ["made by", group.isManaged ? undefined : "a plain client"],
    ["keys", keys.length === 0 ? "all" : keys.join(", ")],
    ["started at", startText(settings.start)],
    ["delivered again", `after ${again.map(formatDurationMs).join(", ")}`],
    ["deliveries", maxDeliveries === null ? "any number" : `at most ${maxDeliveries}`],
    ["in flight at most", maxInFlight === null ? "any number" : formatCount(maxInFlight)],
    ["order", settings.orderedByKey ? "one message of a key at a time" : undefined],
    ["traced", settings.tracePercent === 0 ? undefined : `${settings.tracePercent} %`],
    ["waiting", formatCount(group.waiting)],
    ["in flight", formatCount(group.inFlight)],
    ["redelivered", formatCount(group.redelivered)],
    ["paused until", group.pausedUntil ?? undefined],
    ["last active", group.lastActiveAt ?? "never"],
    ["created", group.createdAt],
    ["problems", problems.length === 0 ? undefined : problems.join("; ")],
  ])}`;
}

/** Groups as a table. */
export function renderGroups(groups: readonly Group[]): string {
  if (groups.length === 0) return "no groups: a group is made by who first consumes with it\n";
  const columns = [
    { title: "station" },
    { title: "group" },
    { title: "waiting", isNumeric: true },
    { title: "in flight", isNumeric: true },
    { title: "redelivered", isNumeric: true },
    { title: "" },
  ];
  const rows = groups.map((group) => [
    group.station,
    group.name,
    formatCount(group.waiting),
    formatCount(group.inFlight),
    formatCount(group.redelivered),
    group.problems.length > 0 ? "has problems" : group.pausedUntil === null ? "" : "paused",
  ]);
  return renderTable(columns, rows);
}

/** How far a group is behind. */
export function renderLag({ messages, ageMs, partitions }: GroupLag): string {
  const behind = messages === 0 ? "" : `, the oldest of ${formatDurationMs(Math.round(ageMs))} ago`;
  const total = `${plural(messages, "message")} behind${behind}\n`;
  if (partitions.length < 2) return total;
  const columns = [
    { title: "partition", isNumeric: true },
    { title: "messages", isNumeric: true },
    { title: "age", isNumeric: true },
  ];
  const rows = partitions.map((each) => [
    String(each.number),
    formatCount(each.messages),
    formatDurationMs(Math.round(each.ageMs)),
  ]);
  return total + renderTable(columns, rows);
}

/** What a rewind does, or would do. */
export function renderRewound(rewound: Rewound, isDryRun: boolean): string {
  const { deliveredAgain, skipped } = rewound;
  const verb = isDryRun ? "would be" : "will be";
  return `${plural(deliveredAgain, "message")} ${verb} delivered again, ${formatCount(skipped)} skipped\n`;
}

/** A schema for people. */
export function renderSchema({ name, format, compatibility, versions }: Schema): string {
  const columns = [
    { title: "version", isNumeric: true },
    { title: "" },
    { title: "size", isNumeric: true },
    { title: "created" },
    { title: "refers to" },
  ];
  const rows = versions.map((each) => [
    String(each.number),
    each.isActive ? "active" : "",
    formatSizeBytes(each.bytes),
    each.createdAt,
    each.references.map(({ schema, version }) => `${schema} v${version}`).join(", "),
  ]);
  const fields = renderFields([
    ["format", format],
    ["compatibility", compatibility],
  ]);
  return `${name}\n${fields}${versions.length === 0 ? "" : renderTable(columns, rows)}`;
}

/** Schemas as a table. */
export function renderSchemas(schemas: readonly Schema[]): string {
  if (schemas.length === 0)
    return 'no schemas: create one with "oxbow schema create NAME --file FILE"\n';
  const columns = [
    { title: "schema" },
    { title: "format" },
    { title: "compatibility" },
    { title: "versions", isNumeric: true },
    { title: "active", isNumeric: true },
  ];
  const rows = schemas.map(({ name, format, compatibility, versions, activeVersion }) => [
    name,
    format,
    compatibility,
    String(versions.length),
    activeVersion === undefined ? "none" : String(activeVersion),
  ]);
  return renderTable(columns, rows);
}

/** Attachments as a table. */
export function renderAttachments(attachments: readonly Attachment[]): string {
  if (attachments.length === 0) return "no station uses a schema\n";
  const columns = [
    { title: "station" },
    { title: "schema" },
    { title: "version" },
    { title: "mode" },
    { title: "encoding" },
  ];
  const rows = attachments.map(({ station, schema, version, mode, encoding }) => [
    station,
    schema,
    String(version),
    mode,
    encoding ?? "",
  ]);
  return renderTable(columns, rows);
}

/** A schema that a station uses, in words. */
export function attachmentText(attachment: Attachment | null): string {
  if (attachment === null) return "none";
  const { schema, version, mode, encoding } = attachment;
  const which = version === "active" ? "the active version" : `version ${version}`;
  return `${schema}, ${which}, ${mode}${encoding === undefined ? "" : `, ${encoding}`}`;
}

function sizeText(bytes: number | null): string {
  return bytes === null ? "what the server takes" : formatSizeBytes(bytes);
}

function startText(start: Group["settings"]["start"]): string {
  switch (start.from) {
    case "beginning":
      return "the beginning";
    case "now":
      return "the end";
    case "sequence":
      return `sequence ${start.sequence}`;
    case "time":
      return new Date(start.time).toISOString();
    case "last":
      return `the last ${start.messages}`;
    case "lastPerKey":
      return "the last message of each key";
  }
}
