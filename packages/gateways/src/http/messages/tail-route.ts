import type { Clock } from "@oxbow/base";
import type { FastifyInstance } from "fastify";
import type { ReplayOptions } from "oxbow";
import { z } from "zod";
import { callerOf } from "../access/request-caller.ts";
import { apiPath } from "../api/api-path.ts";
import { number, text } from "../api/shapes/common.ts";
import { problems } from "../api/shapes/problem.ts";
import { explained } from "../problems/explained.ts";
import { problemOf } from "../problems/problem.ts";
import { EventStream } from "./event-stream.ts";
import { messageLimits } from "./limits.ts";
import { bodyOf } from "./message-body.ts";

const tailQuery = z.strictObject({
  from: z.enum(["now", "beginning", "lastPerKey"]).default("now"),
  sequence: number("From this sequence on, in each partition, instead of `from`."),
  time: z.iso.datetime({ offset: true }).optional().describe("From this time on."),
  key: text("Only messages whose key matches, with `*` and `>`."),
});

/** Messages of a station as they come, without a group, for as long as somebody reads. */
export function registerTail(app: FastifyInstance, clock: Clock): void {
  app.get(`${apiPath}/stations/:station/tail`, {
    schema: {
      ...{ operationId: "message.tail", tags: ["message"] },
      summary: "Streams messages of a station as they come (server-sent events), without a group.",
      description:
        "Events are `message`, with a Message, and `problem`, with a Problem, behind which it ends. `open` comes first.",
      params: z.object({ station: z.string().min(1).max(512) }),
      querystring: tailQuery,
      produces: ["text/event-stream"],
      response: problems,
    } as object,
    handler: async (request, reply) => {
      const { station } = request.params as { readonly station: string };
      const { client, control } = callerOf(request);
      // What is refused is refused before the answer begins.
      await control.call("station.get", { station }, {});
      const left = new AbortController();
      request.raw.once("close", () => left.abort());
      const replay = client.station(station, { codec: "bytes" }).replay({
        ...replayOptions(request.query as z.infer<typeof tailQuery>),
        signal: left.signal,
      });
      const events = new EventStream(reply, clock, messageLimits.heartbeatMs);
      await events.send("open", { station });
      try {
        for await (const message of replay) {
          await events.send("message", bodyOf(message));
          if (events.isOver) break;
        }
      } catch (error) {
        await events.send("problem", problemOf(explained(error as Error).error));
      }
      await replay.stop();
      events.end();
    },
  });
}

function replayOptions({ from, sequence, time, key }: z.infer<typeof tailQuery>): ReplayOptions {
  const keys = key === undefined ? {} : { keys: [key] };
  if (sequence !== undefined) return { ...keys, from: { sequence } };
  if (time !== undefined) return { ...keys, from: { time } };
  return { ...keys, from };
}
