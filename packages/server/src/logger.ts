import type { LogFields, Logger } from "@oxbow/base";
import type { LogLevel } from "./config/index.ts";

/** Where log lines go: `process.stderr`, or something that keeps them. */
export interface LogSink {
  write(line: string): unknown;
}

/** Each level shows itself and those before it. */
const levels = ["error", "warn", "info", "debug", "trace"] as const;

type LogMethod = (fields: LogFields, message: string) => void;

/** A logger that writes one readable line an event: `2026-11-20 12:00:00.000 INFO message key=value`. */
export function createLogger(level: LogLevel, sink: LogSink = process.stderr): Logger {
  const shown = level === "silent" ? [] : levels.slice(0, levels.indexOf(level) + 1);
  const methods = levels.map((name): [string, LogMethod] => {
    if (!shown.includes(name)) return [name, () => {}];
    const label = name.toUpperCase().padEnd(5);
    return [name, (fields, message) => void sink.write(logLine(label, fields, message))];
  });
  return Object.fromEntries(methods) as unknown as Logger;
}

/** Multi-line texts stay on one line: messages joined, fields as quoted JSON. */
function logLine(label: string, fields: LogFields, message: string): string {
  const at = new Date().toISOString().replace("T", " ").replace("Z", "");
  let rest = "";
  for (const [key, value] of Object.entries(fields)) {
    if (value !== undefined) rest += ` ${key}=${formatField(value)}`;
  }
  return `${at} ${label} ${message.replaceAll(/\s*\n\s*/g, " ")}${rest}\n`;
}

function formatField(value: unknown): string {
  if (typeof value === "string") return /^[^\s"=]+$/.test(value) ? value : JSON.stringify(value);
  if (typeof value === "bigint") return String(value);
  if (value instanceof Error) return JSON.stringify(value.stack ?? value.message);
  try {
    return JSON.stringify(value) ?? String(value);
  } catch {
    // What has no JSON, because it contains itself, must not make a log line fail.
    return JSON.stringify(String(value));
  }
}
