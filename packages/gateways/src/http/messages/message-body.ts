import { isUtf8 } from "node:buffer";
import { z } from "zod";
import { count, time } from "../api/shapes/common.ts";
import { named } from "../api/shapes/named.ts";
import type { DecodedBody, FetchedBody, MessageBody } from "../contract/index.ts";

/** As the document has it wherever a message is read by a schema. */
export const decodedBody: z.ZodType<DecodedBody> = z.object({
  text: z.string().nullable().describe("As JSON; `null` if the payload is that itself."),
  schema: z.string(),
  version: count,
});

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
  size: count.describe("Bytes of the whole payload."),
  isCut: z.boolean().describe("Whether only the beginning of it is here, as was asked for."),
  decoded: decodedBody
    .nullable()
    .optional()
    .describe("With `decode`: by the first version that it fits, or `null` if there is none."),
};

export const messageBody: z.ZodType<MessageBody> = named(
  "Message",
  z.object(fields),
) as z.ZodType<MessageBody>;

export const fetchedBody: z.ZodType<FetchedBody> = named(
  "FetchedMessage",
  z.object({
    ...fields,
    attempt: count.describe("How often it was delivered to the group, this time included."),
    token: z.string().describe("By which it is said what became of it."),
  }),
) as z.ZodType<FetchedBody>;

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

/** What a server says of a message beside it when it is read directly, which is no part of it. */
const readingHeaders: ReadonlySet<string> = new Set([
  "Nats-Stream",
  "Nats-Subject",
  "Nats-Sequence",
  "Nats-Time-Stamp",
  "Nats-Num-Pending",
  "Nats-Last-Sequence",
  "Nats-UpTo-Sequence",
]);

/** @param payloadBytesMax - Of the payload that is told. */
export function bodyOf(
  message: GivenMessage,
  payloadBytesMax: number = Number.POSITIVE_INFINITY,
): MessageBody {
  const { station, partition, sequence, key = null, messageId = null, data } = message;
  const whole = Buffer.from(data.buffer, data.byteOffset, data.byteLength);
  const bytes = cut(whole, payloadBytesMax);
  const encoding = isUtf8(bytes) ? "text" : "base64";
  const headers = Object.fromEntries(
    Object.entries(message.headers).filter(([name]) => !readingHeaders.has(name)),
  );
  return {
    ...{ station, partition, sequence, time: message.time.toISOString(), key, messageId, headers },
    payload: bytes.toString(encoding === "text" ? "utf8" : "base64"),
    encoding,
    size: whole.length,
    isCut: bytes.length < whole.length,
  };
}

/** Its beginning, which does not end within a character. */
function cut(whole: Buffer, bytesMax: number): Buffer {
  if (whole.length <= bytesMax) return whole;
  let end = bytesMax;
  while (end > bytesMax - 4 && end > 0 && ((whole[end] ?? 0) & 0xc0) === 0x80) end -= 1;
  return whole.subarray(0, end);
}
