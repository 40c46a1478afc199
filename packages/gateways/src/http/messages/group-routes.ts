import { errors, type NatsConnection } from "@nats-io/nats-core";
import { causeOf } from "@oxbow/base";
import type { FastifyInstance, FastifyRequest } from "fastify";
import type { Message } from "oxbow";
import { consumerNames, stationToken } from "oxbow/internal";
import { z } from "zod";
import { callerOf } from "../access/request-caller.ts";
import { apiPath } from "../api/api-path.ts";
import { count } from "../api/shapes/common.ts";
import { named } from "../api/shapes/named.ts";
import { problems } from "../api/shapes/problem.ts";
import type { FetchedBody } from "../contract/index.ts";
import { httpError } from "../errors.ts";
import { messageLimits } from "./limits.ts";
import { bodyOf, fetchedBody } from "./message-body.ts";

const path = `${apiPath}/stations/:station/groups/:group`;
const place = z.object({
  station: z.string().min(1).max(512),
  group: z.string().min(1).max(512),
});
const { pageMessagesMax, waitMsMax } = messageLimits;
const settleTimeoutMs = 10_000;

const fetchRequest = z
  .strictObject({
    count: z.int().min(1).max(pageMessagesMax).default(10),
    waitMs: z.int().min(0).max(waitMsMax).default(5_000).describe("For messages to come."),
    create: z.boolean().default(true).describe("Whether the group is made if there is none."),
  })
  .optional();

const fetched = named("FetchedMessages", z.object({ messages: z.array(fetchedBody) }));

const settlement = z.strictObject({
  token: z.string().min(1).max(2_048),
  outcome: z.enum(["done", "again", "dead", "working"]).default("done"),
  delayMs: z.int().min(0).optional().describe("With `again`: not before so long."),
  reason: z.string().max(1_000).optional().describe("With `dead`: why."),
});
const settleRequest = named(
  "Settlements",
  z.strictObject({ messages: z.array(settlement).min(1).max(pageMessagesMax) }),
);
const settled = named("Settled", z.object({ settled: count }));

/** Members of a group that ask for messages, and say later what became of each. */
export function registerGroups(app: FastifyInstance): void {
  app.post(`${path}/fetch`, {
    schema: {
      ...{ operationId: "message.fetch", tags: ["message"] },
      summary: "Takes messages as a member of a group; each is to be settled by its token.",
      params: place,
      body: fetchRequest,
      response: { 200: fetched, ...problems },
    },
    handler: async (request) => {
      const { station, group } = placeOf(request);
      const body = request.body as z.infer<typeof fetchRequest>;
      const { count: wanted = 10, waitMs = 5_000, create = true } = body ?? {};
      const messages = await callerOf(request)
        .client.station(station, { codec: "bytes" })
        .fetch(wanted, { group, timeoutMs: waitMs, ...(!create && { create: false }) });
      return { messages: messages.map(fetchedOf) };
    },
  });
  app.post(`${path}/settle`, {
    schema: {
      ...{ operationId: "message.settle", tags: ["message"] },
      summary: "Says what became of messages that were fetched, and answers once that is kept.",
      description:
        "`done` acknowledges, `again` has it delivered again, `dead` makes it a dead letter, `working` begins the max ack time anew.",
      params: place,
      body: settleRequest,
      response: { 200: settled, ...problems },
    },
    handler: async (request) => {
      const { messages } = request.body as z.infer<typeof settleRequest>;
      const subjects = messages.map(({ token }) => subjectOf(token, placeOf(request)));
      const { connection } = callerOf(request);
      await Promise.all(
        messages.map((each, index) => settle(connection, subjects[index] ?? "", each)),
      );
      return { settled: messages.length };
    },
  });
}

/** A message that was given to a member of a group, with the token that it is settled by. */
export function fetchedOf(message: Message<unknown>): FetchedBody {
  const token = Buffer.from(message.ackSubject).toString("base64url");
  return { ...bodyOf(message), attempt: message.attempt, token };
}

/** What is said of a message, in the words of JetStream. */
function wordOf({ outcome, delayMs, reason }: z.infer<typeof settlement>): string {
  switch (outcome) {
    case "done":
      return "+ACK";
    case "again":
      return delayMs === undefined ? "-NAK" : `-NAK ${JSON.stringify({ delay: delayMs * 1e6 })}`;
    case "dead":
      return reason === undefined ? "+TERM" : `+TERM ${reason.replaceAll(/[\r\n]+/g, " ")}`;
    case "working":
      return "+WPI";
  }
}

/** Once it is answered, it is kept. */
async function settle(
  connection: NatsConnection,
  subject: string,
  each: z.infer<typeof settlement>,
): Promise<void> {
  try {
    await connection.request(subject, wordOf(each), { timeout: settleTimeoutMs });
  } catch (error) {
    if (causeOf(error, errors.NoRespondersError) === undefined) throw error;
    const message = "there is no such group any more: what it was given is nobody's";
    throw httpError("HTTP_REQUEST_INVALID", message, { cause: error });
  }
}

/**
 * Where a message is settled that was fetched.
 *
 * @throws OxbowError `HTTP_REQUEST_INVALID` for what is no token of a message of this group
 */
function subjectOf(token: string, { station, group }: z.infer<typeof place>): string {
  const subject = Buffer.from(token, "base64url").toString();
  const parts =
    /^\$JS\.ACK\.(?:[^\s.*>]+\.[^\s.*>]+\.)?([^\s.*>]+)\.([^\s.*>]+)(?:\.\d+){5}(?:\.[^\s.*>]+)?$/.exec(
      subject,
    );
  const [, stream = "", consumer = ""] = parts ?? [];
  const streamPart = stream.replace(/\$\d+$/, "");
  const isOfStation = [station, stationToken(station.toLowerCase())].some(
    (name) => name === stream || name === streamPart,
  );
  if (isOfStation && consumerNames(group).includes(consumer)) return subject;
  const message = `${JSON.stringify(token.slice(0, 40))} is no token of a message of group ${group} in station ${station}`;
  throw httpError("HTTP_REQUEST_INVALID", message);
}

function placeOf({ params }: FastifyRequest): z.infer<typeof place> {
  return params as z.infer<typeof place>;
}
