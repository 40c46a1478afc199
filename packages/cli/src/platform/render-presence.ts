import { formatSizeBytes } from "@oxbow/server/units";
import type { Group } from "oxbow";
import type { Consumer, Producer } from "oxbow/control";
import { formatCount } from "../output/print.ts";
import { renderTable } from "../output/table.ts";

const nobody = "nobody is there that announces itself, or that the server can see\n";

/** Producers as a table. */
export function renderProducers(producers: readonly Producer[]): string {
  if (producers.length === 0) return nobody;
  const columns = [{ title: "station" }, ...shared];
  return renderTable(
    columns,
    producers.map((each) => [each.station, ...row(each)]),
  );
}

/** Members of groups as a table. */
export function renderConsumers(consumers: readonly Consumer[]): string {
  if (consumers.length === 0) return nobody;
  const columns = [{ title: "station" }, { title: "group" }, ...shared];
  return renderTable(
    columns,
    consumers.map((each) => [each.station, each.group, ...row(each)]),
  );
}

/** The groups of a station, each with its members; nothing if there are none. */
export function renderMembers(groups: readonly Group[], members: readonly Consumer[]): string {
  if (groups.length === 0) return "";
  const columns = [
    { title: "group" },
    { title: "waiting", isNumeric: true },
    { title: "in flight", isNumeric: true },
    { title: "members" },
  ];
  const rows = groups.map(({ name, waiting, inFlight }) => [
    name,
    formatCount(waiting),
    formatCount(inFlight),
    namesOf(members.filter(({ group }) => group === name)),
  ]);
  return `\n${renderTable(columns, rows)}`;
}

/** Several of one name are told once, with how many there are. */
function namesOf(members: readonly Consumer[]): string {
  const named = Map.groupBy(members, ({ name, isConnected }) =>
    isConnected ? name : `${name} (away)`,
  );
  return [...named]
    .map(([name, all]) => (all.length === 1 ? name : `${name} × ${all.length}`))
    .join(", ");
}

const shared = [
  { title: "name" },
  { title: "library" },
  { title: "address" },
  { title: "user" },
  { title: "messages", isNumeric: true },
  { title: "per second", isNumeric: true },
  { title: "size per second", isNumeric: true },
  { title: "connected since" },
  { title: "last message" },
];

function row(each: Producer): string[] {
  const { name, library, version, address, user, messages, isConnected } = each;
  const { messagesPerSecond: rate, bytesPerSecond: byteRate } = each;
  return [
    name,
    [library, version].filter((part) => part !== null).join(" "),
    address ?? "",
    user ?? "",
    messages === null ? "" : formatCount(messages),
    rate === null ? "" : String(rate),
    byteRate === null ? "" : formatSizeBytes(Math.round(byteRate)),
    isConnected ? (each.connectedAt ?? each.firstSeenAt) : `away since ${each.lastSeenAt}`,
    each.lastMessageAt ?? "",
  ];
}
