import { isUtf8 } from "node:buffer";
import { z } from "zod";
import { count, time } from "../api/shapes/common.ts";
import { named } from "../api/shapes/named.ts";

/** A message as an answer has it. */
export interface MessageBody {
  readonly station: string;
  /** From 1. */
  readonly partition: number;
  readonly sequence: number;
  readonly time: string;
  readonly key: string | null;
  readonly messageId: string | null;
  /** Names as they were written, each with its values in their order. */
  readonly headers: Readonly<Record<string, readonly string[]>>;
  /** Text, or base64 where the bytes are none. */
  readonly payload: string;
  readonly encoding: "text" | "base64";
}

const fields = {
  station: z.string(),
  partition: count.describe("From 1."),
  sequence: count,
  time,
  key: z.string().nullable(),
  messageId: z.string().nullable(),
  headers: z.record(z.string(), z.array(z.string())),
  payload: z.string().describe("Text, or base64 where the bytes are none."),
  encoding: z.enum(["text", "base64"]),
};

export const messageBody: z.ZodType<MessageBody> = named("Message", z.object(fields));

/** A message that was fetched by a member of a group. */
export interface FetchedBody extends MessageBody {
  readonly attempt: number;
  readonly token: string;
}

export const fetchedBody: z.ZodType<FetchedBody> = named(
  "FetchedMessage",
  z.object({
    ...fields,
    attempt: count.describe("How often it was delivered to the group, this time included."),
    token: z.string().describe("By which it is said what became of it."),
  }),
);

/** What a message is made of, as the typed client has it. */
interface GivenMessage {
  readonly station: string;
  readonly partition: number;
  readonly sequence: number;
  readonly time: Date;
  readonly key: string | undefined;
  readonly messageId: string | undefined;
  readonly headers: Readonly<Record<string, readonly string[]>>;
  readonly data: Uint8Array;
}

export function bodyOf(message: GivenMessage): MessageBody {
  const { station, partition, sequence, key = null, messageId = null, headers, data } = message;
  const bytes = Buffer.from(data.buffer, data.byteOffset, data.byteLength);
  const encoding = isUtf8(bytes) ? "text" : "base64";
  const payload = bytes.toString(encoding === "text" ? "utf8" : "base64");
  const time = message.time.toISOString();
  return { station, partition, sequence, time, key, messageId, headers, payload, encoding };
}
