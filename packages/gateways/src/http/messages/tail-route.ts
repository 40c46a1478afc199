import type { WebSocket } from "@fastify/websocket";
import type { Clock } from "@oxbow/base";
import type { FastifyInstance, FastifyRequest } from "fastify";
import type { ReplayOptions } from "oxbow";
import { z } from "zod";
import type { Caller } from "../access/caller.ts";
import { callerOf } from "../access/request-caller.ts";
import { apiPath } from "../api/api-path.ts";
import { number, text } from "../api/shapes/common.ts";
import { problems } from "../api/shapes/problem.ts";
import { httpError } from "../errors.ts";
import { explained } from "../problems/explained.ts";
import { problemOf } from "../problems/problem.ts";
import { EventStream } from "./event-stream.ts";
import { messageLimits } from "./limits.ts";
import { LiveTail } from "./live-tail.ts";
import { SharedTails } from "./shared-tails.ts";
import { ShownMessages, shownFields } from "./shown-message.ts";

const tailQuery = z.strictObject({
  from: z.enum(["now", "beginning", "lastPerKey"]).default("now"),
  sequence: number("From this sequence on, in each partition, instead of `from`."),
  time: z.iso.datetime({ offset: true }).optional().describe("From this time on."),
  key: text("Only messages whose key matches, with `*` and `>`."),
  perSecondMax: z.coerce
    .number<string>()
    .int()
    .min(10)
    .max(1_000)
    .optional()
    .describe(
      "Only about so many in a second, for people; the others are left out and counted. It begins now, and goes without `from`, `sequence` and `time`.",
    ),
  ...shownFields,
});
type TailQuery = z.infer<typeof tailQuery>;

/** Messages of a station as they come, without a group, for as long as somebody reads. */
export function registerTail(app: FastifyInstance, clock: Clock): void {
  const tails = new SharedTails(clock);
  app.route({
    method: "GET",
    url: `${apiPath}/stations/:station/tail`,
    config: { isLive: true } as object,
    schema: {
      ...{ operationId: "message.tail", tags: ["message"] },
      summary: "Streams messages of a station as they come (server-sent events), without a group.",
      description:
        "Events are `message`, with a Message, and `problem`, with a Problem, behind which it ends. `open` comes first. With `perSecondMax` they are `messages`, with a list of those that are `shown` and how many have `come`. Over a WebSocket the same comes as texts in JSON, whose `type` is `open`, `message`, `dropped` with the `count` of messages that were left out as they were not taken as fast as they came, or `problem`.",
      params: z.object({ station: z.string().min(1).max(512) }),
      querystring: tailQuery,
      produces: ["text/event-stream"],
      response: problems,
    } as object,
    // A WebSocket is refused before it is one.
    preHandler: async (request) => {
      if (request.ws) await checkLive(request);
    },
    wsHandler: (socket, request) => {
      void showLive(socket, request, clock);
    },
    handler: async (request, reply) => {
      const { station: name } = request.params as { readonly station: string };
      const query = request.query as TailQuery;
      const caller = callerOf(request);
      // What is refused is refused before the answer begins.
      const station = await caller.control.call("station.get", { station: name }, {});
      checkSampled(query);
      const left = new AbortController();
      request.raw.once("close", () => left.abort());
      const { perSecondMax } = query;
      const sampled =
        perSecondMax === undefined
          ? undefined
          : await tails.open(caller, station, { ...query, perSecondMax });
      const events = new EventStream(reply, clock, messageLimits.heartbeatMs);
      await events.send("open", { station: name });
      try {
        if (sampled === undefined) await replayed(caller, name, query, left.signal, events);
        else await sampled.follow((text) => events.sendText("messages", text), left.signal);
      } catch (error) {
        await events.send("problem", problemOf(explained(error as Error).error));
      }
      events.end();
    },
  });
}

async function checkLive(request: FastifyRequest): Promise<void> {
  const { station } = request.params as { readonly station: string };
  await callerOf(request).control.call("station.get", { station }, {});
  if ((request.query as TailQuery).perSecondMax === undefined) return;
  const message = "perSecondMax is not for WebSockets: they leave out what is not taken in time";
  throw httpError("HTTP_REQUEST_INVALID", message);
}

async function showLive(socket: WebSocket, request: FastifyRequest, clock: Clock): Promise<void> {
  const { station } = request.params as { readonly station: string };
  const query = request.query as TailQuery;
  const { client, control } = callerOf(request);
  const { liveBytesMax: bufferBytesMax, heartbeatMs } = messageLimits;
  const tail = new LiveTail(socket, clock, { bufferBytesMax, heartbeatMs });
  const left = new AbortController();
  socket.once("close", () => left.abort());
  const shown = new ShownMessages(control, query);
  const replay = client
    .station(station, { codec: "bytes" })
    .replay({ ...replayOptions(query), signal: left.signal });
  try {
    await replay.start();
    tail.tell("open", { station });
    for await (const message of replay) {
      await tail.show(() => shown.body(message));
      if (tail.isOver) break;
    }
  } catch (error) {
    tail.tell("problem", { problem: problemOf(explained(error as Error).error) });
  }
  await replay.stop();
  tail.end();
}

async function replayed(
  { client, control }: Caller,
  name: string,
  query: TailQuery,
  signal: AbortSignal,
  events: EventStream,
): Promise<void> {
  const shown = new ShownMessages(control, query);
  const replay = client
    .station(name, { codec: "bytes" })
    .replay({ ...replayOptions(query), signal });
  try {
    for await (const message of replay) {
      await events.send("message", await shown.body(message));
      if (events.isOver) break;
    }
  } finally {
    await replay.stop();
  }
}

/** @throws OxbowError `HTTP_REQUEST_INVALID` */
function checkSampled({ perSecondMax, from, sequence, time }: TailQuery): void {
  if (perSecondMax === undefined) return;
  if (from === "now" && sequence === undefined && time === undefined) return;
  const message = "perSecondMax begins now: leave out from, sequence and time";
  throw httpError("HTTP_REQUEST_INVALID", message);
}

function replayOptions({ from, sequence, time, key }: TailQuery): ReplayOptions {
  const keys = key === undefined ? {} : { keys: [key] };
  if (sequence !== undefined) return { ...keys, from: { sequence } };
  if (time !== undefined) return { ...keys, from: { time } };
  return { ...keys, from };
}
