import { OxbowError } from "@oxbow/base";
import type { FastifyInstance } from "fastify";
import type { Acknowledgement, ProduceOptions } from "oxbow";
import { z } from "zod";
import type { Caller } from "../access/caller.ts";
import { callerOf } from "../access/request-caller.ts";
import { apiPath } from "../api/api-path.ts";
import { count, number, text } from "../api/shapes/common.ts";
import { named } from "../api/shapes/named.ts";
import { problemShape, problems } from "../api/shapes/problem.ts";
import { httpError } from "../errors.ts";
import { explained } from "../problems/explained.ts";
import { type Problem, problemOf } from "../problems/problem.ts";
import { messageLimits } from "./limits.ts";
import { type ProduceQuery, parentOf, produceOptionsOf, produceQuery } from "./produce-request.ts";

const path = `${apiPath}/stations/:station/messages`;
const station = z.object({ station: z.string().min(1).max(512) });

const acknowledgement: z.ZodType<Acknowledgement> = named(
  "Acknowledgement",
  z.object({
    partition: count.describe("From 1."),
    sequence: count,
    isDuplicate: z.boolean().describe("Whether the station had a message of this id already."),
    messageId: z.string(),
  }),
);

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
const batch = named(
  "Batch",
  z.strictObject({
    messages: z.array(batchMessage).min(1).max(messageLimits.batchMessagesMax),
  }),
);
type BatchMessage = z.infer<typeof batchMessage>;

/** What a batch has come to. */
interface BatchReport {
  readonly stored: number;
  readonly failed: number;
  /** Of each message, in their order: its acknowledgement, or its problem. */
  readonly results: readonly (Acknowledgement | { readonly problem: Problem })[];
}
const batchReport: z.ZodType<BatchReport> = named(
  "BatchReport",
  z.object({
    stored: count,
    failed: count,
    results: z.array(z.union([acknowledgement, z.object({ problem: problemShape })])),
  }),
);

/** Messages come in, one by one or many at a time. An answer of 2xx means that they are kept, on disk by default. */
export function registerProduce(app: FastifyInstance): void {
  app.removeAllContentTypeParsers();
  app.addContentTypeParser("*", { parseAs: "buffer" }, (_request, body, done) => done(null, body));
  app.post(path, {
    bodyLimit: messageLimits.messageBytesMax,
    schema: {
      ...{ operationId: "message.produce", tags: ["message"] },
      summary: "Puts the body, whatever it is, into a station as a message.",
      description:
        "`Idempotency-Key` is the id of the message; `Oxbow-Header-<name>` goes along as its header `<name>`, as do `traceparent`, `tracestate`, `baggage` and a `Content-Type` that says something. `Oxbow-Parent: <station>/<partition>/<sequence>` says what it is derived from.",
      params: station,
      querystring: produceQuery,
      response: { 201: acknowledgement, ...problems },
    },
    handler: async (request, reply) => {
      const payload = (request.body as Buffer | undefined) ?? Buffer.alloc(0);
      const options = produceOptionsOf(request.query as ProduceQuery, request.raw);
      return reply
        .code(201)
        .send(await produce(callerOf(request), stationOf(request), payload, options));
    },
  });
  app.post(`${path}/batch`, {
    bodyLimit: messageLimits.batchBytesMax,
    schema: {
      ...{ operationId: "message.produceBatch", tags: ["message"] },
      summary:
        "Puts many messages into a station: a list in JSON, or with application/x-ndjson one in each line.",
      description: "201 if all are stored, 207 if some are not: `results` says which, in order.",
      params: station,
      response: { 201: batchReport, 207: batchReport, ...problems },
    },
    handler: async (request, reply) => {
      const body = (request.body as Buffer | undefined) ?? Buffer.alloc(0);
      const type = request.headers["content-type"] ?? "";
      const caller = callerOf(request);
      const name = stationOf(request);
      const given = /^application\/(x-)?(ndjson|jsonl|json-lines)/.test(type)
        ? linesOf(body)
        : batchOf(body);
      const outcomes = await Promise.allSettled(
        given.map(({ payload, options }) => produce(caller, name, payload, options)),
      );
      const results = outcomes.map((outcome) =>
        outcome.status === "fulfilled" ? outcome.value : { problem: problemIn(outcome.reason) },
      );
      const failed = outcomes.filter(({ status }) => status === "rejected").length;
      const report = { stored: results.length - failed, failed, results };
      return reply.code(failed === 0 ? 201 : 207).send(report);
    },
  });
}

interface Given {
  readonly payload: Uint8Array;
  readonly options: ProduceOptions | undefined;
}

function produce(
  { client }: Caller,
  name: string,
  payload: Uint8Array,
  options: ProduceOptions | undefined,
): Promise<Acknowledgement> {
  return client.station(name, { codec: "bytes" }).produce(payload, options);
}

function stationOf({ params }: { readonly params: unknown }): string {
  return (params as { readonly station: string }).station;
}

/** @throws OxbowError `HTTP_REQUEST_INVALID` */
function linesOf(body: Buffer): Given[] {
  const lines: Given[] = [];
  for (let start = 0; start < body.length; ) {
    const newline = body.indexOf(0x0a, start);
    const end = newline < 0 ? body.length : newline;
    const last = end > start && body[end - 1] === 0x0d ? end - 1 : end;
    if (last > start) lines.push({ payload: body.subarray(start, last), options: undefined });
    start = end + 1;
  }
  checkCount(lines.length);
  return lines;
}

/** @throws OxbowError `HTTP_REQUEST_INVALID` */
function batchOf(body: Buffer): Given[] {
  let parsed: unknown;
  try {
    parsed = JSON.parse(body.toString());
  } catch (error) {
    const message = `a batch is JSON, {"messages": […]}, or lines with application/x-ndjson: ${(error as Error).message}`;
    throw httpError("HTTP_REQUEST_INVALID", message, { cause: error });
  }
  const { messages } = (parsed ?? {}) as { readonly messages?: unknown };
  if (Array.isArray(messages)) checkCount(messages.length);
  const result = batch.safeParse(parsed);
  if (result.success) return result.data.messages.map(givenOf);
  const [issue] = result.error.issues;
  const message = `the batch is not right: ${issue?.path.join(".")}: ${issue?.message}`;
  throw httpError("HTTP_REQUEST_INVALID", message);
}

function checkCount(messages: number): void {
  const { batchMessagesMax } = messageLimits;
  if (messages >= 1 && messages <= batchMessagesMax) return;
  const message = `a batch has 1 to ${batchMessagesMax} messages, and this one has ${messages}`;
  throw httpError("HTTP_REQUEST_INVALID", message);
}

function givenOf(
  { payload, encoding = "text", value, parent, ...options }: BatchMessage,
  index: number,
): Given {
  if ((payload === undefined) === (value === undefined)) {
    const message = `messages.${index}: give a payload or a value, one of them`;
    throw httpError("HTTP_REQUEST_INVALID", message);
  }
  const bytes =
    payload === undefined
      ? Buffer.from(JSON.stringify(value))
      : Buffer.from(payload, encoding === "text" ? "utf8" : "base64");
  const said: (readonly [string, unknown])[] = Object.entries(options).filter(
    ([, each]) => each !== undefined,
  );
  if (parent !== undefined) said.push(["parent", parentOf(parent)]);
  return { payload: bytes, options: said.length === 0 ? undefined : Object.fromEntries(said) };
}

function problemIn(reason: unknown): Problem {
  return problemOf(reason instanceof OxbowError ? reason : explained(reason as Error).error);
}
