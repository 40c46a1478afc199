import type { ResendTarget } from "oxbow/control";
import { platformError, problemsIn } from "oxbow/internal";
import { z } from "zod";
import { type CheckedFilter, type DeadLetterFilter, filterSchema } from "./letter-filter.ts";

const dayMs = 24 * 60 * 60 * 1000;
const headersMax = 100;

/** What is changed of each message that is resent. */
export interface ResendEdit {
  /** Another payload: bytes, or text. */
  readonly payload?: Uint8Array | string | undefined;
  /** Headers that are set, or taken out with `null`. */
  readonly headers?: Readonly<Record<string, string | null>> | undefined;
}

export type { ResendTarget };

/** What is to be resent. */
export interface ResendRequest {
  /** Which dead letters, of those that there are now. */
  readonly filter: DeadLetterFilter;
  /** `"group"` by default. */
  readonly to?: ResendTarget | undefined;
  readonly edit?: ResendEdit | undefined;
  /** How long it waits before it begins; 0 by default, at most 30 days. */
  readonly delayMs?: number | undefined;
  /**
   * Leaves those out that were resent so often, counting how often the message was before it died again; by default there
   * is no bound.
   */
  readonly resendsMax?: number | undefined;
  /** Keeps the dead letters. By default one is taken out as soon as its message is stored again. */
  readonly keep?: boolean | undefined;
}

/** A request as it is kept. */
export interface ResendJob {
  readonly version: 1;
  readonly filter: CheckedFilter;
  readonly to: ResendTarget;
  readonly edit: {
    /** In base64. */
    readonly payload: string | null;
    readonly headers: Readonly<Record<string, string | null>>;
  };
  readonly delayMs: number;
  readonly resendsMax: number | null;
  readonly keep: boolean;
  /** The last dead letter there was: none that comes of it is resent by it again. */
  readonly upTo: number;
}

const headerName = z.string().regex(/^[!-9;-~]{1,255}$/, "a header's name is printable ASCII");
const headerValue = z
  .string()
  .max(8_192)
  .regex(/^[^\r\n]*$/, "a header is one line");
const target = z.union([
  z.enum(["group", "station"]),
  z.strictObject({
    station: z.string().min(1).max(255),
    key: z
      .string()
      .max(255)
      .regex(/^[^\s.*>]+(?:\.[^\s.*>]+)*$/, "a key is tokens with dots between them")
      .optional(),
  }),
]);
const editHeaders = z
  .record(headerName, headerValue.nullable())
  .refine((given) => Object.keys(given).length <= headersMax, `at most ${headersMax} headers`)
  .refine(
    (given) => !Object.keys(given).some((name) => /^(?:nats|oxbow)-/i.test(name)),
    "headers that begin with Nats- or Oxbow- mean something of their own",
  );
const requestSchema = z.strictObject({
  filter: filterSchema,
  to: target.default("group"),
  edit: z
    .strictObject({
      payload: z.union([z.string(), z.instanceof(Uint8Array)]).optional(),
      headers: editHeaders.default({}),
    })
    .default({ headers: {} }),
  delayMs: z
    .int()
    .min(0)
    .max(30 * dayMs)
    .default(0),
  resendsMax: z.int().min(1).optional(),
  keep: z.boolean().default(false),
});
const jobSchema: z.ZodType<ResendJob> = z.strictObject({
  version: z.literal(1),
  filter: filterSchema,
  to: target,
  edit: z.strictObject({
    payload: z.string().nullable(),
    headers: z.record(z.string(), z.string().nullable()),
  }),
  delayMs: z.int().min(0),
  resendsMax: z.int().min(1).nullable(),
  keep: z.boolean(),
  upTo: z.int().min(0),
});

/** @throws OxbowError `DEAD_LETTER_INVALID` */
export function readResendRequest(request: ResendRequest): Omit<ResendJob, "upTo"> {
  const result = requestSchema.safeParse(request);
  if (!result.success) throw platformError("DEAD_LETTER_INVALID", problemsIn(result.error));
  const { edit, resendsMax = null, ...more } = result.data;
  const { payload, headers } = edit;
  const base64 = payload === undefined ? null : Buffer.from(payload).toString("base64");
  return { version: 1, ...more, resendsMax, edit: { payload: base64, headers } };
}

/** `undefined` for what was written by a later version, or by somebody else. */
export function readJob(text: string): ResendJob | undefined {
  return parsed(jobSchema, text);
}

/** A document as it is kept; `undefined` for what is none. */
export function parsed<Value>(schema: z.ZodType<Value>, text: string): Value | undefined {
  try {
    return schema.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}
