import { z } from "zod";

const sequence = z.int().min(1);
const time = z
  .union([z.date(), z.iso.datetime({ offset: true })])
  .transform((value) => new Date(value).toISOString());

/** A place in a station: in each of its partitions the message that comes next. */
export type Place =
  | { readonly from: "beginning" }
  /** Behind the last message. */
  | { readonly from: "now" }
  /** The first message of this sequence or a later one, in each partition; at most behind the last message. */
  | { readonly from: "sequence"; readonly sequence: number }
  /** The first message stored at this time or later: a `Date`, or text as of ISO 8601 with its zone. */
  | { readonly from: "time"; readonly time: string | Date }
  /** Before the last messages that the group takes, so many in each partition. */
  | { readonly from: "last"; readonly messages: number };

/** Where a group starts. */
export type GroupStart =
  | Place
  /**
   * With the last message of each key, then with what comes. Such a group can't be rewound, and other keys that it is
   * given count for what comes after these messages, which JetStream has chosen when the group was made.
   */
  | { readonly from: "lastPerKey" };

const places = [
  z.strictObject({ from: z.literal("beginning") }),
  z.strictObject({ from: z.literal("now") }),
  z.strictObject({ from: z.literal("sequence"), sequence }),
  z.strictObject({ from: z.literal("time"), time }),
  z.strictObject({ from: z.literal("last"), messages: z.int().min(1) }),
] as const;

export const placeSchema: z.ZodType<Place> = z.discriminatedUnion("from", places);

export const startSchema: z.ZodType<GroupStart> = z.discriminatedUnion("from", [
  ...places,
  z.strictObject({ from: z.literal("lastPerKey") }),
]);

/** A place in words: `sequence 5`. */
export function placeText(place: Place): string {
  switch (place.from) {
    case "beginning":
      return "the beginning";
    case "now":
      return "the end";
    case "sequence":
      return `sequence ${place.sequence}`;
    case "time":
      return new Date(place.time).toISOString();
    case "last":
      return `the last ${place.messages}`;
  }
}
