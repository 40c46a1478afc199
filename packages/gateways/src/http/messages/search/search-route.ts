import type { Clock } from "@oxbow/base";
import type { FastifyInstance, FastifyRequest } from "fastify";
import { z } from "zod";
import { callerOf } from "../../access/request-caller.ts";
import { apiPath } from "../../api/api-path.ts";
import { problems } from "../../api/shapes/problem.ts";
import { explained } from "../../problems/explained.ts";
import { problemOf } from "../../problems/problem.ts";
import { EventStream } from "../event-stream.ts";
import { messageLimits } from "../limits.ts";
import { ShownMessages, shownFields } from "../shown-message.ts";
import { openSearch } from "./open-search.ts";
import { searchLimits } from "./search-limits.ts";
import { searchFields } from "./search-query.ts";
import type { SearchSeats } from "./search-seats.ts";

const query = z.strictObject({
  ...searchFields,
  ...shownFields,
  limit: z.coerce
    .number<string>()
    .int()
    .min(1)
    .max(searchLimits.hitsMax)
    .default(100)
    .describe("Messages that are to be found."),
});

/** Messages of a station that are looked for, on the server, for as long as somebody waits. */
export function registerSearch(app: FastifyInstance, clock: Clock, seats: SearchSeats): void {
  app.get(`${apiPath}/stations/:station/search`, {
    schema: {
      ...{ operationId: "message.search", tags: ["message"] },
      summary:
        "Looks for messages by anything in them (server-sent events), newest first by default.",
      description:
        "Events are `hit`, with a Message; `progress`, with how many were `scanned`, `matched`, and at most are `remaining`; and in the end `end`, with the same, the `reason` (`all`, `limit`, `scanned`) and `next`, which as `after` goes on, or `problem`, with a Problem.",
      params: z.object({ station: z.string().min(1).max(512) }),
      querystring: query,
      produces: ["text/event-stream"],
      response: problems,
    } as object,
    handler: async (request, reply) => {
      const { limit, decode, preview, ...asked } = request.query as z.infer<typeof query>;
      const { control } = callerOf(request);
      using _seat = seats.take();
      const { search, station } = await openSearch(
        callerOf(request),
        stationOf(request),
        asked,
        limit,
        clock,
      );
      const shown = new ShownMessages(control, { decode, preview });
      const events = new EventStream(reply, clock, messageLimits.heartbeatMs);
      let tellAtMs = clock.monotonicMs() + searchLimits.progressMs;
      try {
        await search.begin(station);
        await events.send("progress", search.progress);
        const found = search.run(() => {
          if (clock.monotonicMs() >= tellAtMs) {
            tellAtMs = clock.monotonicMs() + searchLimits.progressMs;
            void events.send("progress", search.progress);
          }
          return events.isOver;
        });
        for (;;) {
          const step = await found.next();
          if (step.done === true) {
            const end = { ...search.progress, reason: step.value, next: search.cursor };
            await events.send("end", end);
            break;
          }
          await events.send("hit", await shown.body(step.value));
          if (events.isOver) break;
        }
      } catch (error) {
        await events.send("problem", problemOf(explained(error as Error).error));
      }
      events.end();
    },
  });
}

function stationOf({ params }: FastifyRequest): string {
  return (params as { readonly station: string }).station;
}
