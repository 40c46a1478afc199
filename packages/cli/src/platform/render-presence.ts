import { formatSizeBytes } from "@oxbow/server/units";
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
