import type { FastifyInstance } from "fastify";
import { callerOf } from "../access/request-caller.ts";
import { contentTypes, Exposition, formatFor } from "./exposition.ts";
import { families } from "./families.ts";
import { ProcessFacts } from "./process-facts.ts";
import { type ServerFacts, writeGates, writeServer } from "./server-facts.ts";
import { writeStation } from "./station-series.ts";

/** Lines of an answer. A station has four for each partition, and each of its groups eight. */
const seriesMax = 200_000;
/** The tenant of the server itself, which is told of the server, too. */
const ownTenant = "default";

/**
 * Tells in numbers how the server and its stations are, as Prometheus asks for it. Who asks has to be let see the totals of
 * its tenant, and is told of no other.
 */
export function registerMetrics(
  app: FastifyInstance,
  version: string,
  server: ServerFacts | undefined,
): void {
  let facts: ProcessFacts | undefined;
  app.addHook("onClose", async () => facts?.close());
  app.get("/metrics", { schema: { hide: true } as object }, async (request, reply) => {
    const { control } = callerOf(request);
    const format = formatFor(request.headers.accept);
    const to = new Exposition(format, seriesMax);
    const tenant = (await control.call("platform.caller", {}, {})).tenant ?? ownTenant;
    const first = control.list("platform.metrics", {});
    to.add(families.build, { version }, 1);
    // What is refused is refused before anything is told.
    const stations = await Array.fromAsync(first);
    if (tenant === ownTenant) {
      facts ??= new ProcessFacts();
      await facts.write(to);
      if (server !== undefined) writeServer(to, server);
    }
    if (server !== undefined) writeGates(to, tenant, server);
    for (const station of stations) writeStation(to, tenant, station);
    const left = new Exposition(format, 1);
    left.add(families.seriesLeftOut, {}, to.leftOut);
    const text = to.text.replace(/# EOF\n$/, "") + left.text;
    return reply.type(contentTypes[format]).send(text);
  });
}
