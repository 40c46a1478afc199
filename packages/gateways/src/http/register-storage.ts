import type { Clock } from "@oxbow/base";
import type { FastifyInstance } from "fastify";
import { registerKv } from "./kv/register-kv.ts";
import { registerObjects } from "./objects/object-routes.ts";
import { registerStores } from "./objects/store-routes.ts";
import { registerRequests } from "./request/request-route.ts";

/** What of NATS and JetStream is asked for over HTTP beside stations: keys and values, objects, requests. */
export function registerStorage(app: FastifyInstance, clock: Clock): void {
  registerKv(app, clock);
  registerStores(app);
  registerObjects(app);
  void app.register(async (bodies) => registerRequests(bodies));
}
