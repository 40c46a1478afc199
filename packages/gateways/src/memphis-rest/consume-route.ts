import type { FastifyInstance } from "fastify";
import { ackAll } from "oxbow";
import { z } from "zod";
import { callerOf } from "./auth-routes.ts";
import { restLimits } from "./limits.ts";
import { readBodyAs } from "./read-body-as.ts";
import type { RestSessions } from "./rest-sessions.ts";

const { fetchMessagesMax, waitMsMax } = restLimits;
const shape = z.object({
  consumer_name: z.string().min(1).max(128),
  consumer_group: z.string().max(128).nullish(),
  batch_size: z.int().min(1).max(fetchMessagesMax).nullish(),
  batch_max_wait_time_ms: z.int().min(0).max(waitMsMax).nullish(),
});
/** Behind the name of a group, so that it does not take messages of one that SDKs are members of. */
const suffix = "-rest-gateway";

/** Messages go out: what is answered is acknowledged, and not delivered again. */
export function registerConsume(app: FastifyInstance, sessions: RestSessions): void {
  app.post("/stations/:station/consume/batch", async (request) => {
    const { client, control } = await callerOf(sessions, request);
    const {
      consumer_name: name,
      consumer_group: given,
      batch_size: size,
      batch_max_wait_time_ms: waitMs,
    } = readBodyAs(shape, request.body);
    const station = (request.params as { readonly station: string }).station.toLowerCase();
    const group = `${given || name}${suffix}`.toLowerCase();
    await control.call("group.create", { station, group }, { maxDeliveries: 1 });
    const messages = await client
      .station(station, { codec: "bytes" })
      .fetch(size ?? 10, { group, timeoutMs: waitMs ?? 5_000 });
    await ackAll(messages);
    return messages.map(({ data, headers }) => ({
      message: Buffer.from(data.buffer, data.byteOffset, data.byteLength).toString("utf8"),
      headers: Object.fromEntries(
        Object.entries(headers).map(([header, values]) => [header, values.join(", ")]),
      ),
    }));
  });
}
