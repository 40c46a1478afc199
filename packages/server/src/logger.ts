import type { Logger } from "@oxbow/base";
import pino from "pino";
import type { LogLevel } from "./config/index.ts";
import { LogTail, type TailLine } from "./log-tail.ts";
import { redactFields, redactText } from "./redaction.ts";

/** Where log lines go: `process.stderr`, or something that keeps them. */
export interface LogSink {
  write(line: string): unknown;
}

/** What a server writes down: where its parts write, what was written last, and how much is. */
export interface ServerLog {
  readonly logger: Logger;
  readonly tail: LogTail;
  /** May be changed at any time. */
  level: LogLevel;
}

/** A logger that writes one readable line an event: `2026-11-20 12:00:00.000 INFO message key=value`. */
export function createLogger(level: LogLevel, sink: LogSink = process.stderr): Logger {
  return createServerLog(level, sink).logger;
}

/** A logger like that, whose last lines can be read. */
export function createServerLog(level: LogLevel, sink: LogSink = process.stderr): ServerLog {
  const tail = new LogTail();
  const write = (json: string): void => {
    const line = formatLogLine(json);
    sink.write(line);
    const { time, level: number } = JSON.parse(json) as { readonly time: number; level: number };
    const label = (pino.levels.labels[number] ?? "info") as TailLine["level"];
    tail.add(label, new Date(time).toISOString(), line.slice(textStart, -1));
  };
  const logger = pino(
    {
      level,
      base: null,
      // Whatever is logged by whom: no secret gets past this door, to the sink or to the tail.
      formatters: { log: redactFields },
      hooks: {
        logMethod(args, method) {
          const [fields, message, ...rest] = args as unknown as [object, string?];
          const text = message === undefined ? message : redactText(message);
          method.apply(this, [fields, text, ...rest] as unknown as Parameters<typeof method>);
        },
      },
    },
    { write },
  );
  return {
    logger,
    tail,
    get level() {
      return logger.level as LogLevel;
    },
    set level(changed) {
      logger.level = changed;
    },
  };
}

/** Behind the time and the level. */
const textStart = "2026-11-20 12:00:00.000 INFO  ".length;

/** Turns a line of pino's into one for people. Multi-line texts stay on one line, as quoted JSON. */
function formatLogLine(json: string): string {
  const { level, time, msg, ...fields } = JSON.parse(json) as {
    level: number;
    time: number;
    msg?: string;
  };
  const at = new Date(time).toISOString().replace("T", " ").replace("Z", "");
  const name = (pino.levels.labels[level] ?? String(level)).toUpperCase().padEnd(5);
  const rest = Object.entries(fields).map(([key, value]) => ` ${key}=${formatField(value)}`);
  return `${at} ${name} ${(msg ?? "").replaceAll(/\s*\n\s*/g, " ")}${rest.join("")}\n`;
}

function formatField(value: unknown): string {
  const isPlain = typeof value === "string" && /^[^\s"=]+$/.test(value);
  return isPlain ? value : JSON.stringify(value);
}
