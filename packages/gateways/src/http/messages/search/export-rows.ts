import type { MessageBody } from "../../contract/index.ts";

export type ExportFormat = "ndjson" | "csv";

const columns = [
  "station",
  "partition",
  "sequence",
  "time",
  "key",
  "messageId",
  "headers",
  "encoding",
  "payload",
  "decoded",
] as const;

/** What stands before the first message. */
export function headOf(format: ExportFormat): string {
  return format === "csv" ? `${columns.join(",")}\r\n` : "";
}

/** A message as a line of a download. */
export function rowOf(format: ExportFormat, message: MessageBody): string {
  if (format === "ndjson") return `${JSON.stringify(message)}\n`;
  const { headers, decoded } = message;
  const row: Readonly<Record<(typeof columns)[number], unknown>> = {
    ...message,
    headers: JSON.stringify(headers),
    decoded: decoded?.text ?? "",
  };
  return `${columns.map((name) => cellOf(row[name])).join(",")}\r\n`;
}

/** What stands behind the last message of a download that has ended before its end, and why. */
export function noteOf(format: ExportFormat, reason: string): string {
  return format === "csv" ? `${cellOf(reason)}\r\n` : `${JSON.stringify({ cut: reason })}\n`;
}

/**
 * A cell of CSV (RFC 4180). A text that spreadsheets would take for a formula, or for a command of one, gets an apostrophe
 * before it, which they take for "this is text": whoever has sent the message must not run anything on the machine of who
 * looks at it. Numbers are ours.
 */
export function cellOf(value: unknown): string {
  if (typeof value === "number") return String(value);
  const given = value === null || value === undefined ? "" : String(value);
  const text = /^\s*[=+\-@|%]|^[\t\r\n]/.test(given) ? `'${given}` : given;
  return /[",\r\n;\t]|^\s|\s$/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
