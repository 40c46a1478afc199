import { z } from "zod";
import { platformError } from "../control/platform-errors.ts";
import { problemsIn } from "../zod-problems.ts";
import { type GroupStart, type Place, placeSchema, startSchema } from "./place.ts";

const yearMs = 365 * 24 * 60 * 60 * 1000;
const keysMax = 256;
const keySizeMax = 255;
const waitsMax = 256;
const waitMs = z.int().min(1).max(yearMs);
const count = z
  .int()
  .min(1)
  .max(2 ** 31 - 1);

/** What a group is. */
export interface GroupSettings {
  readonly description: string;
  /**
   * Which messages it takes: those whose key (the tokens behind the station's name) matches one of these, with `*` and
   * `>`. None for all, also those without a key. In a station that a plain client made they are whole subjects.
   */
  readonly keys: readonly string[];
  /** Time a member has to acknowledge a message before it is delivered again. */
  readonly maxAckTimeMs: number;
  /** How often a message is delivered at most; `null` for ever. */
  readonly maxDeliveries: number | null;
  /**
   * Times to wait before the second, third … delivery, the last one for all that follow; the first of them is the
   * max ack time. Empty to wait the max ack time always.
   */
  readonly backoffMs: readonly number[];
  /** Messages of each partition that are delivered and not acknowledged; `null` for any number. */
  readonly maxInFlight: number | null;
  /**
   * Whether messages of a key are handled one at a time and in their order, over all members (ADR-0014). Messages without
   * a key count as of one key. Fixed, and only with a `maxInFlight`.
   */
  readonly orderedByKey: boolean;
  /**
   * Of how many acknowledgements in a hundred it is written down when they came, for the journeys of messages: 0 to 100. Each
   * costs the server a message in a stream of its own. Failures are written down in any case.
   */
  readonly tracePercent: number;
  /** Where it started. Fixed: a living group is rewound. */
  readonly start: GroupStart;
}

/** What is asked for; what is left out has its default. */
export type GroupRequest = Partial<GroupSettings>;
/** What is changed; the rest stays as it is. */
export type GroupChanges = Partial<Omit<GroupSettings, "start" | "orderedByKey">>;

const key = z
  .string()
  .max(keySizeMax)
  .regex(
    /^(?:[^\s.>]+\.)*(?:[^\s.>]+|>)$/,
    "a key is tokens with dots between them; > is the last",
  );

const settingsSchema = z.strictObject({
  description: z.string().max(4096).default(""),
  keys: z
    .array(key)
    .max(keysMax)
    .default([])
    .overwrite((keys) => [...new Set(keys)].sort()),
  maxAckTimeMs: waitMs.default(30_000),
  maxDeliveries: count.nullable().default(10),
  backoffMs: z.array(waitMs).max(waitsMax).default([]),
  maxInFlight: count.nullable().default(1_000),
  orderedByKey: z.boolean().default(false),
  tracePercent: z.int().min(0).max(100).default(0),
  start: startSchema.default({ from: "beginning" }),
});

/** What a group is, and what may be asked for, for documents. */
export const groupSettingsShape: z.ZodType<GroupSettings> = settingsSchema;
export const groupRequestShape: z.ZodType = settingsSchema.partial();
export const groupChangesShape: z.ZodType = settingsSchema.omit({ start: true }).partial();

/** @throws OxbowError `GROUP_INVALID`, naming every setting that is wrong */
export function readGroupSettings(request: GroupRequest): GroupSettings {
  const { backoffMs: [firstMs] = [] } = request;
  const settings = checked(
    settingsSchema,
    request.maxAckTimeMs === undefined && firstMs !== undefined
      ? { ...request, maxAckTimeMs: firstMs }
      : request,
  );
  const { maxAckTimeMs, maxDeliveries, backoffMs } = settings;
  if (firstMs !== undefined && maxAckTimeMs !== firstMs) {
    const message = `maxAckTimeMs: with backoffMs it is the first of these, ${firstMs}: leave it out`;
    throw platformError("GROUP_INVALID", message);
  }
  if (maxDeliveries !== null && backoffMs.length > maxDeliveries) {
    const message = `backoffMs: ${backoffMs.length} times to wait need as many deliveries, and maxDeliveries is ${maxDeliveries}`;
    throw platformError("GROUP_INVALID", message);
  }
  if (settings.orderedByKey && settings.maxInFlight === null) {
    const message =
      "maxInFlight: a group that is ordered by key has a limit, as its members keep what they hold back: give a number";
    throw platformError("GROUP_INVALID", message);
  }
  return settings;
}

/**
 * The settings after a change.
 *
 * @throws OxbowError `GROUP_FIXED` for one that can't be changed, `GROUP_INVALID`
 */
export function changeGroupSettings(settings: GroupSettings, changes: GroupChanges): GroupSettings {
  if ("start" in changes) {
    throw platformError("GROUP_FIXED", "a group has started already: rewind it instead");
  }
  if ("orderedByKey" in changes) {
    const message =
      "a group is ordered by key from when it is made, or never, as its members have to know: make another group";
    throw platformError("GROUP_FIXED", message);
  }
  const [firstMs] = changes.backoffMs ?? [];
  const maxAckTimeMs = changes.maxAckTimeMs ?? firstMs ?? settings.maxAckTimeMs;
  return readGroupSettings({ ...settings, ...changes, maxAckTimeMs });
}

/** @throws OxbowError `GROUP_INVALID` */
export function readPlace(place: Place): Place {
  return checked(placeSchema, place);
}

function checked<Value>(schema: z.ZodType<Value>, given: unknown): Value {
  const result = schema.safeParse(given);
  if (result.success) return result.data;
  throw platformError("GROUP_INVALID", problemsIn(result.error));
}
