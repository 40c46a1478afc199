import type { Clock } from "@oxbow/base";
import type { FastifyInstance } from "fastify";
import { platformError } from "oxbow/internal";
import { z } from "zod";
import { callerOf } from "../access/request-caller.ts";
import { apiPath } from "../api/api-path.ts";
import { deleted } from "../api/shapes/common.ts";
import { problems } from "../api/shapes/problem.ts";
import type { LogLine } from "../contract/index.ts";
import { EventStream } from "../messages/event-stream.ts";
import { messageLimits } from "../messages/limits.ts";
import type { SystemPort } from "./system-port.ts";
import {
  connectionList,
  logLines,
  settingChanges,
  settingList,
  systemState,
} from "./system-shapes.ts";

const path = `${apiPath}/system`;
const tags = ["system"];
/** Lines that may wait for somebody who follows the log; more of them are left out. */
const followedLinesMax = 1_000;

const connectionQuery = z.strictObject({
  offset: z.coerce.number<string>().int().min(0).max(1_000_000).default(0),
  limit: z.coerce.number<string>().int().min(1).max(1_000).default(100),
});

/** The process itself: how it is, who is connected, what it logs, what it was told. For owners of the server only. */
export function registerSystem(app: FastifyInstance, system: SystemPort, clock: Clock): void {
  app.addHook("preHandler", async (request) => {
    const { role, tenant } = await callerOf(request).control.call("platform.caller", {}, {});
    if (role === "owner" && (tenant === null || tenant === "default")) return;
    const message = "the system is for owners of the server: of the tenant default";
    throw platformError("ACCESS_DENIED", message);
  });
  app.get(path, {
    schema: {
      ...{ operationId: "system.state", summary: "Tells how the server is doing.", tags },
      response: { 200: systemState, ...problems },
    },
    handler: () => system.state(),
  });
  app.get(`${path}/connections`, {
    schema: {
      ...{ operationId: "system.connections", tags },
      summary: "Lists who is connected over NATS, the busiest first.",
      querystring: connectionQuery,
      response: { 200: connectionList, ...problems },
    },
    handler: (request) => system.connections(request.query as z.infer<typeof connectionQuery>),
  });
  app.delete(`${path}/connections/:id`, {
    schema: {
      ...{ operationId: "system.closeConnection", tags },
      summary: "Ends a connection. Its client may come back, if it may come in.",
      params: z.object({ id: z.coerce.number<string>().int().min(1) }),
      response: { 200: deleted, ...problems },
    },
    handler: async (request) => {
      const { id } = request.params as { readonly id: number };
      return { isDeleted: await system.closeConnection(id) };
    },
  });
  app.get(`${path}/settings`, {
    schema: {
      ...{ operationId: "system.settings", tags },
      summary: "Lists what the server was told, and where. Secrets are hidden.",
      response: { 200: settingList, ...problems },
    },
    handler: async () => ({ items: system.settings() }),
  });
  app.patch(`${path}/settings`, {
    schema: {
      ...{ operationId: "system.setSettings", tags },
      summary: "Changes what can be changed while it runs, until the next start.",
      body: settingChanges,
      response: { 200: settingList, ...problems },
    },
    handler: async (request) => {
      system.setLogLevel((request.body as z.infer<typeof settingChanges>).log);
      return { items: system.settings() };
    },
  });
  registerLog(app, system, clock);
}

function registerLog(app: FastifyInstance, system: SystemPort, clock: Clock): void {
  app.get(`${path}/log`, {
    schema: {
      ...{ operationId: "system.log", summary: "Gives the last lines of the log.", tags },
      response: { 200: logLines, ...problems },
    },
    handler: async () => ({ lines: system.logLines() }),
  });
  app.get(`${path}/log/tail`, {
    schema: {
      ...{ operationId: "system.logTail", tags },
      summary: "Streams the log as it is written (server-sent events).",
      description: "Events are `lines`, with a list of LogLine: first of what was written before.",
      produces: ["text/event-stream"],
      response: problems,
    } as object,
    handler: async (request, reply) => {
      const stream = new EventStream(reply, clock, messageLimits.heartbeatMs);
      let waiting: LogLine[] = [...system.logLines()];
      let wake: () => void = () => undefined;
      const stop = system.followLog((line) => {
        if (waiting.length < followedLinesMax) waiting.push(line);
        wake();
      });
      request.raw.once("close", () => {
        stop();
        wake();
      });
      // With its session, its user, or its password.
      void callerOf(request)
        .connection.closed()
        .then(() => {
          stream.end();
          wake();
        });
      while (!stream.isOver) {
        const lines = waiting;
        waiting = [];
        const more = new Promise<void>((resolve) => (wake = resolve));
        if (lines.length > 0) await stream.send("lines", lines);
        if (waiting.length === 0) await more;
      }
    },
  });
}
