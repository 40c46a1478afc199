import { formatDurationMs, formatSizeBytes } from "@oxbow/server/units";
import type {
  DeadLetter,
  DeadLetterContent,
  DeadLetterRetention,
  Resend,
  ResendCounts,
  StationOfDeadLetters,
} from "oxbow/control";
import { formatCount, plural } from "../output/print.ts";
import { renderFields, renderTable } from "../output/table.ts";

/** Dead letters as a table. */
export function renderDeadLetters(letters: readonly DeadLetter[]): string {
  if (letters.length === 0) return "no dead letters\n";
  const columns = [
    { title: "id", isNumeric: true },
    { title: "group" },
    { title: "reason" },
    { title: "died" },
    { title: "attempts", isNumeric: true },
    { title: "error" },
  ];
  const rows = letters.map((letter) => [
    String(letter.id),
    letter.group ?? "",
    letter.reason,
    letter.diedAt,
    letter.attempts === null ? "" : String(letter.attempts),
    letter.error,
  ]);
  return renderTable(columns, rows);
}

/** Stations with how many they have, as a table. */
export function renderDeadLetterStations(stations: readonly StationOfDeadLetters[]): string {
  if (stations.length === 0) return "no dead letters\n";
  const columns = [{ title: "station" }, { title: "dead letters", isNumeric: true }];
  return renderTable(
    columns,
    stations.map(({ station, count }) => [station, formatCount(count)]),
  );
}

/** A dead letter with its message. */
export function renderDeadLetter(letter: DeadLetterContent): string {
  const { headers, isPayloadCut, size } = letter;
  const payload = Buffer.from(letter.payload, "base64").toString();
  return `${letter.station} / ${letter.id}\n${renderFields([
    ["group", letter.group ?? "none: it was not let in"],
    ["reason", letter.reason],
    ["error", letter.error],
    ["died", letter.diedAt],
    ["attempts", letter.attempts === null ? undefined : String(letter.attempts)],
    ["resent", letter.resends === 0 ? undefined : plural(letter.resends, "time")],
    ["partition", letter.partition === null ? undefined : String(letter.partition)],
    ["sequence", letter.sequence === null ? undefined : String(letter.sequence)],
    ["subject", letter.subject],
    ["published", letter.time ?? undefined],
    ["client", letter.client ?? undefined],
    ["missing", letter.missing ?? undefined],
    ...headers.map(([name, value]) => ["header", `${name}: ${value}`] as const),
    ["payload", isPayloadCut ? `the beginning of ${formatCount(size)} bytes` : undefined],
  ])}${payload}`;
}

/** What a resend would come to. */
export function renderForeseen({ matched, skipped }: ResendCounts): string {
  const left = skipped === 0 ? "" : `, ${formatCount(skipped)} of them left out`;
  return `${plural(matched, "dead letter")} would be resent${left}`;
}

/** How far a resend is. */
export function renderResend({
  id,
  state,
  matched,
  sent,
  skipped,
  failed,
  problems,
}: Resend): string {
  const counts = `${formatCount(sent)} of ${formatCount(matched)} resent, ${formatCount(skipped)} left out, ${formatCount(failed)} failed`;
  return [`${id} ${state}: ${counts}`, ...problems].map((line) => `${line}\n`).join("");
}

/** Resends as a table, the last ones last. */
export function renderResends(resends: readonly Resend[]): string {
  if (resends.length === 0) return "nothing was resent\n";
  const columns = [
    { title: "resend" },
    { title: "state" },
    { title: "to" },
    { title: "dead letters", isNumeric: true },
    { title: "resent", isNumeric: true },
    { title: "left out", isNumeric: true },
    { title: "failed", isNumeric: true },
    { title: "asked for" },
  ];
  const rows = resends.map((each) => [
    each.id,
    each.state,
    typeof each.to === "string" ? each.to : each.to.station,
    formatCount(each.matched),
    formatCount(each.sent),
    formatCount(each.skipped),
    formatCount(each.failed),
    each.createdAt,
  ]);
  return renderTable(columns, rows);
}

/** How long dead letters are kept. */
export function renderRetention({ maxAgeMs, maxMessages, maxBytes }: DeadLetterRetention): string {
  return `dead letters of all stations\n${renderFields([
    ["kept", maxAgeMs === 0 ? "for ever" : `for ${formatDurationMs(maxAgeMs)}`],
    ["messages", maxMessages === null ? "any number" : `at most ${formatCount(maxMessages)}`],
    ["bytes", maxBytes === null ? "any number" : `at most ${formatSizeBytes(maxBytes)}`],
  ])}`;
}
