import type { Caller, Deleted, Page, PlatformInfo } from "oxbow/control";
import { z } from "zod";
import { named } from "./named.ts";

/** A count, a size or a sequence in an answer. */
export const count: z.ZodNumber = z.int().min(0);
/** A time in an answer. */
export const time: z.ZodType<string> = z
  .string()
  .meta({ format: "date-time", examples: ["2026-11-20T12:00:00.000Z"] });

export const deleted: z.ZodType<Deleted> = named(
  "Deleted",
  z.object({ isDeleted: z.boolean().describe("Whether there was anything to delete.") }),
);

export const platformInfo: z.ZodType<PlatformInfo> = named(
  "PlatformInfo",
  z.object({
    api: z.int().describe("Version of the contract."),
    version: z.string().describe("Version of the program that answers."),
  }),
);

export const caller: z.ZodType<Caller> = named(
  "Caller",
  z.object({
    user: z.string().nullable().describe("`null` where the server does not tell who asks."),
    tenant: z.string().nullable(),
    role: z
      .enum(["viewer", "operator", "admin", "owner"])
      .nullable()
      .describe("`null` for an application."),
    read: z.array(z.string()).describe("Patterns of stations whose messages it may read."),
    write: z.array(z.string()).describe("Patterns of stations that it may write to."),
    operations: z.array(z.string()).describe("Operations that it may ask for, for some station."),
    storage: z
      .array(z.string())
      .describe("What it may do with buckets and stores of objects, with some: `kv.putValue`."),
  }),
);

/** A page of a list. */
export function pageOf<Item>(id: string, item: z.ZodType<Item>): z.ZodType<Page<Item>> {
  const shape = z.object({
    items: z.array(item),
    total: count.describe("Items of the whole list, now."),
    next: z.string().nullable().describe("`after` of the next page; `null` after the last one."),
  });
  return named(`${id}Page`, shape as unknown as z.ZodType<Page<Item>>);
}

/** A whole number of a query, which is text. */
export function number(description: string): z.ZodType<number | undefined> {
  return z.coerce.number<string>().int().min(0).optional().describe(description);
}

/** `true` or `false` of a query. */
export function flag(description: string): z.ZodType<boolean | undefined> {
  return z
    .stringbool({ truthy: ["true", ""], falsy: ["false"] })
    .optional()
    .describe(description);
}

/** What may stand in a query more than once. */
export function texts(description: string): z.ZodType<string[] | undefined> {
  return z
    .union([z.array(z.string()), z.string().transform((one) => [one])])
    .optional()
    .describe(description);
}

export function text(description: string): z.ZodType<string | undefined> {
  return z.string().optional().describe(description);
}

/** Which of those that have a name are asked for, in a query. */
export const nameFields: { readonly search: z.ZodType<string | undefined> } = {
  search: text("Only those with this in their names, in capitals or not; at most 256 characters."),
};

/** Part of a list that is asked for, in a query. */
export const pageFields: {
  readonly after: z.ZodType<string | undefined>;
  readonly limit: z.ZodType<number | undefined>;
} = {
  after: text("Where the page before ended: its `next`."),
  limit: number("1 to 1,000 items; 100 by default."),
};
