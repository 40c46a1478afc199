import {
  formatDurationMs,
  formatSizeBytes,
  parseDurationMs,
  parseSizeBytes,
} from "@oxbow/server/units";
import { instant } from "../arguments.ts";
import { CommandFailure } from "../failures.ts";
import { unknownKey } from "./fields.ts";

/** What a setting is in a file, and what the platform calls it. */
export interface Setting {
  /** In the requests of the platform. */
  readonly name: string;
  readonly kind: "plain" | "limit" | "size" | "duration" | "window" | "durations" | "time";
}

/** The settings of stations, by their names in a file. */
export const stationSettings: Readonly<Record<string, Setting>> = {
  description: { name: "description", kind: "plain" },
  tags: { name: "tags", kind: "plain" },
  storage: { name: "storage", kind: "plain" },
  replicas: { name: "replicas", kind: "plain" },
  partitions: { name: "partitions", kind: "plain" },
  maxAge: { name: "maxAgeMs", kind: "duration" },
  maxMessages: { name: "maxMessages", kind: "limit" },
  maxBytes: { name: "maxBytes", kind: "size" },
  untilAcknowledged: { name: "untilAcknowledged", kind: "plain" },
  discard: { name: "discard", kind: "plain" },
  keepPerKey: { name: "keepPerKey", kind: "limit" },
  maxMessageSize: { name: "messageBytesMax", kind: "size" },
  duplicatesBy: { name: "duplicatesBy", kind: "plain" },
  duplicateWindow: { name: "duplicateWindowMs", kind: "window" },
  deadLetters: { name: "deadLetterReasons", kind: "plain" },
  deadLetterMaxAge: { name: "deadLetterMaxAgeMs", kind: "duration" },
  deadLetterStation: { name: "deadLetterStation", kind: "limit" },
};

/** The settings of groups, likewise. */
export const groupSettings: Readonly<Record<string, Setting>> = {
  description: { name: "description", kind: "plain" },
  keys: { name: "keys", kind: "plain" },
  maxAckTime: { name: "maxAckTimeMs", kind: "duration" },
  maxDeliveries: { name: "maxDeliveries", kind: "limit" },
  backoff: { name: "backoffMs", kind: "durations" },
  maxInFlight: { name: "maxInFlight", kind: "limit" },
  orderedByKey: { name: "orderedByKey", kind: "plain" },
  trace: { name: "tracePercent", kind: "plain" },
};

/** The quotas of tenants, likewise. */
export const tenantSettings: Readonly<Record<string, Setting>> = {
  description: { name: "description", kind: "plain" },
  streams: { name: "streamsMax", kind: "limit" },
  consumers: { name: "consumersMax", kind: "limit" },
  storage: { name: "storageBytesMax", kind: "size" },
  memory: { name: "memoryBytesMax", kind: "size" },
  connections: { name: "connectionsMax", kind: "limit" },
  rate: { name: "messagesPerSecondMax", kind: "limit" },
};

/** What users may, likewise; passwords are no settings. */
export const userSettings: Readonly<Record<string, Setting>> = {
  description: { name: "description", kind: "plain" },
  role: { name: "role", kind: "limit" },
  read: { name: "read", kind: "plain" },
  write: { name: "write", kind: "plain" },
  expires: { name: "expiresAt", kind: "time" },
  disabled: { name: "isDisabled", kind: "plain" },
  export: { name: "mayExport", kind: "plain" },
};

/** Settings by what the platform calls them. */
export type Values = Readonly<Record<string, unknown>>;

/**
 * The values that a file gives to settings, as the platform has them; it says itself what they may be.
 *
 * @param where - For errors: the path to them in the file.
 * @throws CommandFailure
 */
export function valuesOf(
  settings: Readonly<Record<string, Setting>>,
  given: Readonly<Record<string, unknown>>,
  where: string,
): Values {
  const entries = Object.entries(given).map(([key, value]) => {
    const setting = Object.hasOwn(settings, key) ? settings[key] : undefined;
    if (setting === undefined) throw unknownKey(key, Object.keys(settings), where);
    return [setting.name, settingOf(setting, value, `${where}.${key}`)] as const;
  });
  return Object.fromEntries(entries);
}

/** The way back: values as a file has them, by their names there. */
export function textsOf(
  settings: Readonly<Record<string, Setting>>,
  values: Values,
): Record<string, unknown> {
  const texts: Record<string, unknown> = {};
  for (const [key, setting] of Object.entries(settings)) {
    if (Object.hasOwn(values, setting.name)) texts[key] = textOf(setting, values[setting.name]);
  }
  return texts;
}

function settingOf({ kind }: Setting, value: unknown, where: string): unknown {
  if (kind === "plain") return value;
  if (kind === "durations") {
    if (!Array.isArray(value)) throw wrong(where, "a list such as [1s, 10s]", value);
    return value.map((each, index) => durationOf(each, `${where}.${index}`));
  }
  if (kind === "time") return value === "never" ? null : timeOf(value, where);
  if (kind === "duration") return value === "forever" ? 0 : durationOf(value, where);
  if (kind === "window") return value === "kept" ? null : durationOf(value, where);
  if (value === "none") return null;
  if (kind === "limit" || typeof value === "number") return value;
  const size = typeof value === "string" ? parseSizeBytes(value) : undefined;
  if (size === undefined) throw wrong(where, "a size such as 512, 64KiB or 10GiB, or none", value);
  return size;
}

function durationOf(value: unknown, where: string): number {
  const duration = typeof value === "string" ? parseDurationMs(value) : undefined;
  if (duration === undefined) throw wrong(where, "a duration such as 500ms, 10s or 7d", value);
  return duration;
}

function timeOf(value: unknown, where: string): string {
  try {
    return instant(String(value));
  } catch (error) {
    throw new CommandFailure(`${where}: ${(error as Error).message}`, { cause: error });
  }
}

/** What `null` is, where it is not `none`. */
const nullTexts: Readonly<Partial<Record<Setting["kind"], string>>> = {
  time: "never",
  window: "kept",
};

function textOf({ kind }: Setting, value: unknown): unknown {
  if (value === null) return nullTexts[kind] ?? "none";
  if (kind === "durations") return (value as readonly number[]).map(durationText);
  if (kind === "duration") {
    return value === 0 ? "forever" : durationText(value as number);
  }
  if (kind === "window") return durationText(value as number);
  if (kind !== "size") return value;
  const text = formatSizeBytes(value as number).replace(" ", "");
  return parseSizeBytes(text) === value ? text : value;
}

function durationText(durationMs: number): string {
  const text = formatDurationMs(durationMs);
  return parseDurationMs(text) === durationMs ? text : `${durationMs}ms`;
}

function wrong(where: string, expected: string, value: unknown): CommandFailure {
  return new CommandFailure(`${where}: expected ${expected}, not ${JSON.stringify(value)}`);
}
