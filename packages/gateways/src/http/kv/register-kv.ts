import type { Clock } from "@oxbow/base";
import type { FastifyInstance } from "fastify";
import { registerBuckets } from "./bucket-routes.ts";
import { registerKeys } from "./key-routes.ts";
import { registerWatch } from "./watch-route.ts";

/** Keys and values over HTTP. */
export function registerKv(app: FastifyInstance, clock: Clock): void {
  registerBuckets(app);
  registerKeys(app);
  registerWatch(app, clock);
}
