import type { LoggingConfig } from "../config/server-config.ts";
import { FileSink } from "./file-sink.ts";
import { formatLine, type LineFormat } from "./line-format.ts";
import { type LineSink, ServerLog } from "./server-log.ts";
import { SyslogSink } from "./syslog-sink.ts";

const stderrSink: LineSink = { write: (line) => void process.stderr.write(line) };

const nowMs = (): number => performance.timeOrigin + performance.now();

/**
 * Opens the log that a configuration asks for.
 *
 * @throws Error whose text says which file can't be opened.
 */
export function openLog(logging: LoggingConfig): ServerLog {
  return new ServerLog(openSink(logging, undefined), lineFormat(logging), logging, nowMs);
}

/**
 * Has the log go on as another configuration says.
 *
 * @throws Error whose text says which file can't be opened; nothing has changed then.
 */
export function changeLog(log: ServerLog, logging: LoggingConfig): void {
  const before = log.sink;
  log.sink = openSink(logging, before);
  if (before !== log.sink) before.close?.();
  log.format = lineFormat(logging);
  log.isDebug = logging.debug;
  log.isTrace = logging.trace;
}

/** Goes on in a file that somebody has moved away; says what came of it. */
export function reopenLog(log: ServerLog): void {
  if (!(log.sink instanceof FileSink)) {
    log.notice("File log re-open ignored, not a file logger");
    return;
  }
  try {
    log.sink.reopen();
    log.notice("File log re-opened");
  } catch (error) {
    log.error(`File log not re-opened: ${(error as Error).message}`);
  }
}

function openSink(logging: LoggingConfig, current: LineSink | undefined): LineSink {
  const { file, fileSizeMax: sizeMax, filesMax, syslog } = logging;
  if (file === undefined) return syslog === undefined ? stderrSink : new SyslogSink(syslog);
  if (current instanceof FileSink && current.path === file) {
    current.limits = { sizeMax, filesMax };
    return current;
  }
  const notice = (text: string): string => formatLine(lineFormat(logging), "INF", nowMs(), text);
  try {
    return new FileSink(file, { sizeMax, filesMax }, nowMs, notice);
  } catch (cause) {
    throw new Error(`error opening file: ${(cause as Error).message}`, { cause });
  }
}

function lineFormat({ file, time, timeUtc }: LoggingConfig): LineFormat {
  const isColoured = file === undefined && process.stderr.isTTY === true;
  return { time, timeUtc, isColoured, pid: process.pid };
}
