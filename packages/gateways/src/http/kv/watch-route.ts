import type { Clock } from "@oxbow/base";
import type { FastifyInstance } from "fastify";
import type { ReplayOptions } from "oxbow";
import { z } from "zod";
import { callerOf } from "../access/request-caller.ts";
import { apiPath } from "../api/api-path.ts";
import { number, text } from "../api/shapes/common.ts";
import { problems } from "../api/shapes/problem.ts";
import { EventStream } from "../messages/event-stream.ts";
import { explained } from "../problems/explained.ts";
import { problemOf } from "../problems/problem.ts";
import { Buckets } from "./buckets.ts";
import { entryOf } from "./entry-body.ts";
import { checkFilter } from "./key-routes.ts";
import { kvLimits } from "./limits.ts";

const watchQuery = z.strictObject({
  key: text("Only keys that match, with `*` and `>`."),
  from: z.enum(["last", "history", "now"]).default("last"),
  revision: number("From this revision on, instead of `from`; `Last-Event-ID` goes on behind it."),
});
type WatchQuery = z.infer<typeof watchQuery>;

/** Changes of a bucket as they come, for as long as somebody reads. */
export function registerWatch(app: FastifyInstance, clock: Clock): void {
  app.get(`${apiPath}/kv/:bucket/watch`, {
    schema: {
      ...{ operationId: "kv.watch", tags: ["kv"] },
      summary: "Streams values of a bucket as they change (server-sent events).",
      description:
        "First the last value of each key, or all that are kept, or none. Events are `entry`, with a KvEntry, whose id is its revision, and `problem`, with a Problem, behind which it ends. `open` comes first. Whoever comes back with `Last-Event-ID` misses nothing that is kept.",
      params: z.object({ bucket: z.string().min(1).max(255) }),
      querystring: watchQuery,
      produces: ["text/event-stream"],
      response: problems,
    } as object,
    handler: async (request, reply) => {
      const { bucket } = request.params as { readonly bucket: string };
      const query = request.query as WatchQuery;
      const { client, connection } = callerOf(request);
      checkFilter(query.key ?? ">");
      await new Buckets(connection).open(bucket);
      const left = new AbortController();
      request.raw.once("close", () => left.abort());
      const prefix = `$KV.${bucket}.`;
      const replay = client.station(`KV_${bucket}`, { codec: "bytes" }).replay({
        from: beginningOf(query, request.headers["last-event-id"]),
        keys: [`${prefix}${query.key ?? ">"}`],
        prefetch: kvLimits.watchAheadMax,
        signal: left.signal,
      });
      await replay.start();
      const events = new EventStream(reply, clock, kvLimits.heartbeatMs);
      await events.send("open", { bucket });
      try {
        for await (const message of replay) {
          const { sequence, time, data } = message;
          const entry = entryOf(bucket, {
            ...{ sequence, time, data },
            key: (message.key ?? "").slice(prefix.length),
            operation: message.header("KV-Operation"),
            reason: message.header("Nats-Marker-Reason"),
          });
          await events.send("entry", entry, String(sequence));
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

function beginningOf(
  { from, revision }: WatchQuery,
  lastEventId: string | string[] | undefined,
): NonNullable<ReplayOptions["from"]> {
  const last = typeof lastEventId === "string" ? /^\d{1,16}$/.exec(lastEventId)?.[0] : undefined;
  if (last !== undefined) return { sequence: Number(last) + 1 };
  if (revision !== undefined) return { sequence: revision };
  return ({ last: "lastPerKey", history: "beginning", now: "now" } as const)[from];
}
