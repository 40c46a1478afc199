import { z } from "zod";
import { platformError } from "../control/platform-errors.ts";
import { problemsIn } from "../zod-problems.ts";
import { stationName } from "./station-name.ts";

/** Tags of a station. */
const tagsMax = 32;
const dayMs = 24 * 60 * 60 * 1000;
const count = z.int().min(1);
/** Milliseconds that are whole, as JetStream's nanoseconds of them are numbers that a double holds. */
const durationMs = z
  .int()
  .min(0)
  .max(100 * 365 * dayMs);

/** What a station is. */
export interface StationSettings {
  readonly description: string;
  /** Words that it is found by: up to 32 of up to 64 characters, in their order, each once. */
  readonly tags: readonly string[];
  /** Where messages are kept. Fixed. */
  readonly storage: "file" | "memory";
  /** Copies, in a cluster. */
  readonly replicas: number;
  /** 1 to 1,000. Fixed: the partition of a key depends on it. */
  readonly partitions: number;
  /** How long messages are kept; 0 for ever. */
  readonly maxAgeMs: number;
  /** Messages that are kept, all partitions together; each keeps its share. `null` for any number. */
  readonly maxMessages: number | null;
  /** Bytes that are kept, likewise. */
  readonly maxBytes: number | null;
  /** Whether a message goes once every group has acknowledged it, or at once where there is none. */
  readonly untilAcknowledged: boolean;
  /**
   * At a limit: drop the oldest messages, or refuse new ones. It can be changed from `new` to `old` only, for one that takes
   * messages to be delivered later could have to refuse them then.
   */
  readonly discard: "old" | "new";
  /** Compaction: messages that are kept of each key. `null` for any number. */
  readonly keepPerKey: number | null;
  /** Bytes of the largest message with its headers; `null` for what the server takes. */
  readonly messageBytesMax: number | null;
  /**
   * What makes a message the same as an earlier one, so that it is stored once: its id, or its content, which is its key and
   * its payload, whatever its id. Held to their partition.
   */
  readonly duplicatesBy: "id" | "content";
  /**
   * How long that is remembered, not longer than messages are; `null` for as long as the message itself is kept, counted
   * from when it is set.
   */
  readonly duplicateWindowMs: number | null;
  /**
   * Which of its messages become dead letters: those that were delivered as often as their group says, those that a
   * member gave up with a reason, and those that were not let in. All by default, none with an empty list.
   */
  readonly deadLetterReasons: readonly DeadLetterReason[];
  /** How long its dead letters are kept at most; 0 for as long as dead letters are kept at all. */
  readonly deadLetterMaxAgeMs: number;
  /** A station that each of its dead letters is copied to; `null` for none. */
  readonly deadLetterStation: string | null;
}

/** Why a message is a dead letter. */
export type DeadLetterReason = "exhausted" | "terminated" | "refused";

/** What is asked for; what is left out has its default. */
export type StationRequest = Partial<StationSettings>;
/** What is changed; the rest stays as it is. */
export type StationChanges = Partial<StationSettings>;

const deadLetterReasons = ["exhausted", "terminated", "refused"] as const;

const settingsSchema = z.strictObject({
  description: z.string().max(4096).default(""),
  tags: z
    .array(
      z
        .string()
        .regex(
          /^[^\s,](?:[^,\n\r]{0,62}[^\s,])?$/,
          "a tag is 1 to 64 characters without commas and line breaks",
        ),
    )
    .max(tagsMax)
    .default([])
    .overwrite((tags) => [...new Set(tags)].sort()),
  storage: z.enum(["file", "memory"]).default("file"),
  replicas: z.int().min(1).max(5).default(1),
  partitions: z.int().min(1).max(1000).default(1),
  maxAgeMs: durationMs.default(7 * dayMs),
  maxMessages: count.nullable().default(null),
  maxBytes: count.nullable().default(null),
  untilAcknowledged: z.boolean().default(false),
  discard: z.enum(["old", "new"]).default("old"),
  keepPerKey: count.nullable().default(null),
  messageBytesMax: count
    .max(2 ** 31 - 1)
    .nullable()
    .default(null),
  duplicatesBy: z.enum(["id", "content"]).default("id"),
  duplicateWindowMs: z
    .int()
    .min(100)
    .max(100 * 365 * dayMs)
    .nullable()
    .default(2 * 60 * 1000),
  deadLetterReasons: z
    .array(z.enum(deadLetterReasons))
    .default([...deadLetterReasons])
    .overwrite((asked) => deadLetterReasons.filter((reason) => asked.includes(reason))),
  deadLetterMaxAgeMs: durationMs.default(0),
  deadLetterStation: z.string().nullable().default(null),
});

/** What a station is, and what may be asked for, for documents. */
export const stationSettingsShape: z.ZodType<StationSettings> = settingsSchema;
export const stationRequestShape: z.ZodType = settingsSchema.partial();

const fixed = ["storage", "partitions"] as const;

/** @throws OxbowError `STATION_INVALID`, naming every setting that is wrong */
export function readSettings(request: StationRequest): StationSettings {
  const result = settingsSchema.safeParse(request);
  if (!result.success) {
    throw platformError("STATION_INVALID", problemsIn(result.error));
  }
  const { deadLetterStation: link, maxAgeMs, duplicateWindowMs } = result.data;
  if (link !== null && link !== stationName(link)) {
    return readSettings({ ...request, deadLetterStation: stationName(link) });
  }
  if (duplicateWindowMs === null || maxAgeMs === 0 || duplicateWindowMs <= maxAgeMs) {
    return result.data;
  }
  if (request.duplicateWindowMs === undefined) {
    return { ...result.data, duplicateWindowMs: maxAgeMs };
  }
  const message = `duplicateWindowMs: ids are remembered for ${duplicateWindowMs} ms, longer than messages are kept (maxAgeMs ${maxAgeMs}): make it null, for as long as messages are kept`;
  throw platformError("STATION_INVALID", message);
}

/**
 * The settings after a change.
 *
 * @throws OxbowError `STATION_FIXED` for one that can't be changed, `STATION_INVALID`
 */
export function changeSettings(
  settings: StationSettings,
  changes: StationChanges,
): StationSettings {
  for (const name of fixed) {
    if (changes[name] === undefined || changes[name] === settings[name]) continue;
    const message = `${name} can't be changed from ${settings[name]} to ${changes[name]}: make another station and copy the messages`;
    throw platformError("STATION_FIXED", message);
  }
  if (settings.discard === "old" && changes.discard === "new") {
    const message =
      "discard can't be changed from old to new: the station takes messages to be delivered later, which it could have to refuse then; make another station, and copy the messages";
    throw platformError("STATION_FIXED", message);
  }
  return readSettings({ ...settings, ...changes });
}
