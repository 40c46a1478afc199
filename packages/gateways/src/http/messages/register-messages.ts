import websocket from "@fastify/websocket";
import type { Clock } from "@oxbow/base";
import type { FastifyInstance } from "fastify";
import { registerConsume } from "./consume-route.ts";
import { registerDecode } from "./decode-route.ts";
import { registerEncode } from "./encode-route.ts";
import { registerGroups } from "./group-routes.ts";
import { messageLimits } from "./limits.ts";
import { registerProduce } from "./produce-routes.ts";
import { registerReads } from "./read-routes.ts";
import { registerExport } from "./search/export-route.ts";
import { registerSearch } from "./search/search-route.ts";
import { SearchSeats } from "./search/search-seats.ts";
import { registerTail } from "./tail-route.ts";

/** Messages in and out over HTTP. */
export function registerMessages(app: FastifyInstance, clock: Clock): void {
  const seats = new SearchSeats();
  registerReads(app);
  registerEncode(app);
  registerDecode(app);
  registerGroups(app);
  registerConsume(app, clock);
  // With this plugin each route costs more, so that only that has it which needs it.
  void app.register(async (live) => {
    await live.register(websocket, { options: { maxPayload: messageLimits.liveFrameBytesMax } });
    registerTail(live, clock);
  });
  registerSearch(app, clock, seats);
  registerExport(app, clock, seats);
  void app.register(async (bodies) => registerProduce(bodies));
}
