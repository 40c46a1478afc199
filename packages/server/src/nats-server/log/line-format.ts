/** What a line is, in the three letters nats-server writes. */
export type LineLevel = "INF" | "WRN" | "ERR" | "FTL" | "DBG" | "TRC";

/** How lines begin. */
export interface LineFormat {
  /** Whether they carry process id and time. */
  readonly time: boolean;
  readonly timeUtc: boolean;
  /** Whether levels are coloured, as on a terminal. */
  readonly isColoured: boolean;
  readonly pid: number;
}

const colours: Readonly<Record<LineLevel, string>> = {
  INF: "32",
  WRN: "0;93",
  ERR: "31",
  FTL: "31",
  DBG: "36",
  TRC: "33",
};

/** `[pid] 2026/11/20 12:25:32.775774 [INF] text`, with its newline. `nowMs` has microseconds as a fraction. */
export function formatLine(
  format: LineFormat,
  level: LineLevel,
  nowMs: number,
  text: string,
): string {
  const label = format.isColoured ? `[\u001b[${colours[level]}m${level}\u001b[0m]` : `[${level}]`;
  if (!format.time) return `${label} ${text}\n`;
  return `[${format.pid}] ${formatTime(nowMs, format.timeUtc)} ${label} ${text}\n`;
}

function formatTime(nowMs: number, isUtc: boolean): string {
  const wholeMs = Math.floor(nowMs);
  const at = new Date(isUtc ? wholeMs : wholeMs - offsetMs(wholeMs));
  const [date = "", time = ""] = at.toISOString().slice(0, -1).split("T");
  const micros = Math.floor((nowMs - wholeMs) * 1000);
  return `${date.replaceAll("-", "/")} ${time}${String(micros).padStart(3, "0")}`;
}

function offsetMs(atMs: number): number {
  return new Date(atMs).getTimezoneOffset() * 60_000;
}
