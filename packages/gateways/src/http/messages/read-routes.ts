import type { FastifyInstance, FastifyRequest } from "fastify";
import { platformError, type ReplayedMessage } from "oxbow/internal";
import { z } from "zod";
import { callerOf } from "../access/request-caller.ts";
import { apiPath } from "../api/api-path.ts";
import { number, text } from "../api/shapes/common.ts";
import { named } from "../api/shapes/named.ts";
import { problems } from "../api/shapes/problem.ts";
import type { MessageBody, MessagePage } from "../contract/index.ts";
import { httpError } from "../errors.ts";
import { readCursor } from "./cursor.ts";
import { messageLimits } from "./limits.ts";
import { messageBody } from "./message-body.ts";
import { messagePage } from "./message-page.ts";
import { ShownMessages, type ShownQuery, shownFields } from "./shown-message.ts";
import { StoredMessages } from "./stored-messages.ts";

const path = `${apiPath}/stations/:station`;
const station = z.object({ station: z.string().min(1).max(512) });
const at = z.coerce.number<string>().int().min(1);
const place = station.extend({ partition: at, sequence: at });
const one = `${path}/partitions/:partition/messages/:sequence`;

const pageQuery = z.strictObject({
  order: z.enum(["newest", "oldest"]).default("newest"),
  limit: z.coerce
    .number<string>()
    .int()
    .min(1)
    .max(messageLimits.pageMessagesMax)
    .default(50)
    .describe("Messages of a page; it has fewer if they are large, or seldom match."),
  partition: number("Only this partition."),
  key: text("Only messages whose key matches, with `*` and `>`."),
  sequence: number("The first message that is looked at, in each partition."),
  time: z.iso
    .datetime({ offset: true })
    .optional()
    .describe("Oldest first: stored at this time or later; newest first: before."),
  after: text("Where the page before ended: its `next`."),
  ...shownFields,
});

const page: z.ZodType<MessagePage> = named(
  "MessagePage",
  z.object({
    messages: z.array(messageBody),
    next: z.string().nullable().describe("`after` of the next page; `null` if there is none."),
  }),
);

/** Messages are looked at as they are stored, without a group. */
export function registerReads(app: FastifyInstance): void {
  app.get(`${path}/messages`, {
    schema: {
      ...{ operationId: "message.list", tags: ["message"] },
      summary: "Looks at messages of a station, newest first by default, without a group.",
      params: station,
      querystring: pageQuery,
      response: { 200: page, ...problems },
    },
    handler: async (request) => {
      const { after, decode, preview, ...question } = request.query as z.infer<typeof pageQuery>;
      const { connection, control } = callerOf(request);
      const found = await control.call("station.get", { station: nameOf(request) }, {});
      if (question.partition !== undefined && found.partitions.length < question.partition) {
        const message = `station ${found.name} has ${found.partitions.length} partitions`;
        throw httpError("HTTP_REQUEST_INVALID", message);
      }
      const cursor = after === undefined ? undefined : readCursor(after);
      const stored = await StoredMessages.open(connection);
      const { messages, next } = await messagePage(stored, found, { ...question, cursor });
      const shown = new ShownMessages(control, { decode, preview });
      const bodies: MessageBody[] = [];
      for (const message of messages) bodies.push(await shown.body(message));
      return { messages: bodies, next };
    },
  });
  app.get(one, {
    schema: {
      ...{ operationId: "message.get", tags: ["message"] },
      summary: "Gives one message of a station.",
      params: place,
      querystring: z.strictObject(shownFields),
      response: { 200: messageBody, ...problems },
    },
    handler: async (request) => {
      const shown = new ShownMessages(callerOf(request).control, request.query as ShownQuery);
      return shown.body(await found(request));
    },
  });
  app.get(`${one}/payload`, {
    schema: {
      ...{ operationId: "message.payload", tags: ["message"] },
      summary: "Gives the payload of one message, byte by byte, to be saved.",
      params: place,
      produces: ["application/octet-stream"],
      response: problems,
    } as object,
    handler: async (request, reply) => {
      const { partition, sequence, data } = await found(request);
      // Never as what it says it is: it comes from anybody, and is asked for by a browser that is logged in.
      return reply
        .type("application/octet-stream")
        .header("Content-Security-Policy", "sandbox; default-src 'none'")
        .header("Content-Disposition", `attachment; filename="message-${partition}-${sequence}"`)
        .send(Buffer.from(data.buffer, data.byteOffset, data.byteLength));
    },
  });
}

/** @throws OxbowError `STATION_NOT_FOUND` */
async function found(request: FastifyRequest): Promise<ReplayedMessage<unknown>> {
  const { partition, sequence } = request.params as { partition: number; sequence: number };
  const { connection, control } = callerOf(request);
  const station = await control.call("station.get", { station: nameOf(request) }, {});
  const stored = await StoredMessages.open(connection);
  const question = { order: "oldest", limit: 1, partition, sequence } as const;
  const { messages } = await messagePage(stored, station, question);
  const [message] = messages;
  if (message?.sequence === sequence) return message;
  const detail = `there is no message ${sequence} in partition ${partition} of station ${station.name}: it was removed, or has not come yet`;
  throw platformError("STATION_NOT_FOUND", detail);
}

function nameOf({ params }: FastifyRequest): string {
  return (params as { readonly station: string }).station;
}
