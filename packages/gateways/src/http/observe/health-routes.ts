import type { FastifyInstance } from "fastify";
import type { Health } from "../contract/index.ts";
import type { ServerFacts } from "./server-facts.ts";

/**
 * Tells whether the process runs (`/health/live`), and whether it can do its work (`/health/ready`): 200, or 503 and why.
 * Nobody has to log in for it.
 */
export function registerHealth(app: FastifyInstance, server: ServerFacts | undefined): void {
  const hidden = { schema: { hide: true } as object };
  app.get("/health/live", hidden, (_request, reply) =>
    reply.send({ status: "ok", checks: [] } satisfies Health),
  );
  app.get("/health/ready", hidden, (_request, reply) => {
    const checks = server?.health() ?? [];
    const isReady = checks.every(({ isOk }) => isOk);
    const health: Health = { status: isReady ? "ok" : "unavailable", checks };
    return reply.code(isReady ? 200 : 503).send(health);
  });
}
