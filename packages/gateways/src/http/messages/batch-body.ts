import type { ProduceOptions } from "oxbow";
import { type Payloads, payloadsOf } from "oxbow/internal";
import { z } from "zod";
import { number, text } from "../api/shapes/common.ts";
import { named } from "../api/shapes/named.ts";
import { httpError } from "../errors.ts";
import { messageLimits } from "./limits.ts";
import { parentOf } from "./produce-request.ts";

const { batchMessagesMax } = messageLimits;

const batchMessage = z.strictObject({
  payload: z.string().optional().describe("Text, or base64; or give a `value`."),
  encoding: z.enum(["text", "base64"]).optional(),
  value: z.unknown().optional().describe("Anything that is JSON, which the message is then."),
  key: text("As of a single message."),
  messageId: text("Names it: one that comes again is stored once."),
  headers: z.record(z.string(), z.union([z.string(), z.array(z.string())])).optional(),
  partition: number("From 1."),
  delayMs: number("Delivered so many milliseconds from now."),
  ttlMs: number("Removed after this time."),
  parent: text("The message that it is derived from: <station>/<partition>/<sequence>."),
});
type BatchMessage = z.infer<typeof batchMessage>;

const batch = named(
  "Batch",
  z.strictObject({
    messages: z.array(batchMessage).min(1).max(batchMessagesMax),
  }),
);

/** A batch of JSON, for the document. */
export const batchShape: z.ZodType = batch;

/** The messages of a batch, as they are produced. */
interface GivenMessages {
  readonly payloads: Payloads;
  /** What is said about each; `undefined` for nothing about any. */
  readonly options?: readonly (ProduceOptions | undefined)[];
}

const newline = 0x0a;
const carriageReturn = 0x0d;

/**
 * The messages of a body of lines, each of which is one as it is; empty ones are none.
 *
 * @throws OxbowError `HTTP_REQUEST_INVALID`
 */
export function messagesOfLines(bytes: Buffer): GivenMessages {
  const starts: number[] = [];
  const ends: number[] = [];
  for (let start = 0; start < bytes.length; ) {
    const found = bytes.indexOf(newline, start);
    const end = found < 0 ? bytes.length : found;
    const last = end > start && bytes[end - 1] === carriageReturn ? end - 1 : end;
    if (last > start) {
      starts.push(start);
      ends.push(last);
    }
    start = end + 1;
  }
  checkCount(starts.length);
  return { payloads: { bytes, count: starts.length, starts, ends } };
}

/**
 * The messages of a body of JSON.
 *
 * @throws OxbowError `HTTP_REQUEST_INVALID`
 */
export function messagesOfJson(body: Buffer): GivenMessages {
  let parsed: unknown;
  try {
    parsed = JSON.parse(body.toString());
  } catch (error) {
    const message = `a batch is JSON, {"messages": […]}, or lines with application/x-ndjson: ${(error as Error).message}`;
    throw httpError("HTTP_REQUEST_INVALID", message, { cause: error });
  }
  const { messages, ...others } = (parsed ?? {}) as { readonly messages?: unknown };
  if (Array.isArray(messages)) {
    checkCount(messages.length);
    const plain = Object.keys(others).length === 0 ? plainMessages(messages) : undefined;
    if (plain !== undefined) return { payloads: plain };
  }
  const result = batch.safeParse(parsed);
  if (result.success) {
    const { data } = result;
    return {
      payloads: payloadsOf(data.messages.map(bytesOf)),
      options: data.messages.map(optionsOf),
    };
  }
  const [issue] = result.error.issues;
  const message = `the batch is not right: ${issue?.path.join(".")}: ${issue?.message}`;
  throw httpError("HTTP_REQUEST_INVALID", message);
}

/** Messages that are nothing but a value, as nearly all are; `undefined` if others are among them, which are looked at closely. */
function plainMessages(messages: readonly unknown[]): Payloads | undefined {
  const starts: number[] = [];
  const ends: number[] = [];
  let text = "";
  let end = 0;
  for (const message of messages) {
    if (typeof message !== "object" || message === null) return undefined;
    for (const field in message) if (field !== "value") return undefined;
    const { value } = message as { readonly value?: unknown };
    if (value === undefined) return undefined;
    const each = jsonOf(value);
    text += each;
    starts.push(end);
    end += Buffer.byteLength(each);
    ends.push(end);
  }
  return { bytes: Buffer.from(text), count: messages.length, starts, ends };
}

/**
 * Parsers go down into what is nested as deep as they please; what writes does not.
 *
 * @throws OxbowError `HTTP_REQUEST_INVALID`
 */
function jsonOf(value: unknown): string {
  try {
    return JSON.stringify(value);
  } catch (error) {
    const message = "a value of the batch has too many lists and objects in each other";
    throw httpError("HTTP_REQUEST_INVALID", message, { cause: error });
  }
}

function checkCount(messages: number): void {
  if (messages >= 1 && messages <= batchMessagesMax) return;
  const message = `a batch has 1 to ${batchMessagesMax} messages, and this one has ${messages}`;
  throw httpError("HTTP_REQUEST_INVALID", message);
}

/** @throws OxbowError `HTTP_REQUEST_INVALID` */
function bytesOf({ payload, encoding = "text", value }: BatchMessage, index: number): Buffer {
  if ((payload === undefined) === (value === undefined)) {
    const message = `messages.${index}: give a payload or a value, one of them`;
    throw httpError("HTTP_REQUEST_INVALID", message);
  }
  return payload === undefined
    ? Buffer.from(jsonOf(value))
    : Buffer.from(payload, encoding === "text" ? "utf8" : "base64");
}

function optionsOf(message: BatchMessage): ProduceOptions | undefined {
  const { payload: _payload, encoding: _encoding, value: _value, parent, ...options } = message;
  const said: (readonly [string, unknown])[] = Object.entries(options).filter(
    ([, each]) => each !== undefined,
  );
  if (parent !== undefined) said.push(["parent", parentOf(parent)]);
  return said.length === 0 ? undefined : Object.fromEntries(said);
}
