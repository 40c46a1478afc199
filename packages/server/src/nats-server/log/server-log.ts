import type { LogFields, Logger } from "@oxbow/base";
import { redactFields, redactText } from "../../redaction.ts";
import { formatLine, type LineFormat, type LineLevel } from "./line-format.ts";

/** Where finished lines go. */
export interface LineSink {
  /** @param text - What the line says, without what stands before it. */
  write(line: string, level: LineLevel, text: string): void;
  /** Ends it, where there is something to end. */
  close?(): void;
}

/** The log of a server that is run like nats-server: lines in its format, at its levels. */
export class ServerLog {
  readonly #nowMs: () => number;
  sink: LineSink;
  format: LineFormat;
  isDebug: boolean;
  isTrace: boolean;

  constructor(
    sink: LineSink,
    format: LineFormat,
    levels: { readonly debug: boolean; readonly trace: boolean },
    nowMs: () => number,
  ) {
    this.#nowMs = nowMs;
    this.sink = sink;
    this.format = format;
    this.isDebug = levels.debug;
    this.isTrace = levels.trace;
  }

  notice(text: string): void {
    this.#write("INF", text);
  }

  warn(text: string): void {
    this.#write("WRN", text);
  }

  error(text: string): void {
    this.#write("ERR", text);
  }

  /** For what ends the process; whoever calls this ends it. */
  fatal(text: string): void {
    this.#write("FTL", text);
  }

  debug(text: string): void {
    if (this.isDebug) this.#write("DBG", text);
  }

  trace(text: string): void {
    if (this.isTrace) this.#write("TRC", text);
  }

  #write(level: LineLevel, text: string): void {
    this.sink.write(formatLine(this.format, level, this.#nowMs(), text), level, text);
  }
}

/** The log as the engine sees it: fields stand behind the message. */
export function engineLogger(log: ServerLog): Logger {
  return {
    error: (fields, message) => log.error(describe(fields, message)),
    warn: (fields, message) => log.warn(describe(fields, message)),
    info: (fields, message) => log.notice(describe(fields, message)),
    debug: (fields, message) => {
      if (log.isDebug) log.debug(describe(fields, message));
    },
    trace: (fields, message) => {
      if (log.isTrace) log.trace(describe(fields, message));
    },
  };
}

/** A connection stands before the message, as nats-server has it. */
function describe({ connection, ...rest }: LogFields, message: string): string {
  const who = typeof connection === "string" ? `${connection} - ` : "";
  const details = Object.entries(redactFields(rest)).map(
    ([key, value]) => `${key}: ${describeValue(value)}`,
  );
  const what = oneLine(redactText(message));
  return details.length === 0 ? who + what : `${who}${what} (${details.join(", ")})`;
}

function describeValue(value: unknown): string {
  if (value instanceof Error) return oneLine(value.message);
  return typeof value === "string" ? oneLine(value) : JSON.stringify(value);
}

/** A text that came from a client must not be able to write a line of its own. */
function oneLine(text: string): string {
  return text.replaceAll(/[\r\n]+\s*/g, " ");
}
