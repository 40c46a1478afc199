import type { Clock } from "@oxbow/base";
import type { FastifyInstance } from "fastify";
import { z } from "zod";
import { callerOf } from "../access/request-caller.ts";
import { apiPath } from "../api/api-path.ts";
import { flag } from "../api/shapes/common.ts";
import { problems } from "../api/shapes/problem.ts";
import { explained } from "../problems/explained.ts";
import { problemOf } from "../problems/problem.ts";
import { EventStream } from "./event-stream.ts";
import { fetchedOf } from "./group-routes.ts";
import { messageLimits } from "./limits.ts";

const consumeQuery = z.strictObject({
  prefetch: z.coerce
    .number<string>()
    .int()
    .min(1)
    .max(messageLimits.pageMessagesMax)
    .default(16)
    .describe("Messages that are fetched ahead of who reads."),
  create: flag("Whether the group is made if there is none; `true` by default."),
  name: z.string().min(1).max(128).optional().describe("What this member is called."),
});

/** Messages for a member of a group, as they come, for as long as it reads. */
export function registerConsume(app: FastifyInstance, clock: Clock): void {
  app.get(`${apiPath}/stations/:station/groups/:group/consume`, {
    schema: {
      ...{ operationId: "message.consume", tags: ["message"] },
      summary:
        "Streams messages to a member of a group (server-sent events); each is to be settled by its token.",
      description:
        "Events are `message`, with a FetchedMessage, and `problem`, with a Problem, behind which it ends. `open` comes first. What is not settled is delivered again after the max ack time, to this member or another one, so that nothing has to be asked for again: `Last-Event-ID` means nothing here. Who reads slowly gets no more than was fetched ahead, the rest goes to other members.",
      params: z.object({
        station: z.string().min(1).max(512),
        group: z.string().min(1).max(512),
      }),
      querystring: consumeQuery,
      produces: ["text/event-stream"],
      response: problems,
    } as object,
    handler: async (request, reply) => {
      const place = request.params as { readonly station: string; readonly group: string };
      const { prefetch, create = true, name } = request.query as z.infer<typeof consumeQuery>;
      const left = new AbortController();
      request.raw.once("close", () => left.abort());
      const consumption = callerOf(request)
        .client.station(place.station, { codec: "bytes" })
        .consume({
          group: place.group,
          prefetch,
          signal: left.signal,
          ...(!create && { create: false }),
          ...(name !== undefined && { name }),
        });
      // What is refused is refused before the answer begins.
      await consumption.start();
      const events = new EventStream(reply, clock, messageLimits.heartbeatMs);
      await events.send("open", place);
      try {
        for await (const message of consumption) {
          await events.send("message", fetchedOf(message));
          if (events.isOver) break;
        }
      } catch (error) {
        await events.send("problem", problemOf(explained(error as Error).error));
      }
      await consumption.stop();
      events.end();
    },
  });
}
