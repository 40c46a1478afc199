import { z } from "zod";
import { count, time } from "../api/shapes/common.ts";
import { named } from "../api/shapes/named.ts";
import type {
  LogLine,
  LogLines,
  Setting,
  Settings,
  SystemConnection,
  SystemConnections,
  SystemState,
} from "../contract/index.ts";

const amount = z.number().min(0);

export const systemState: z.ZodType<SystemState> = named(
  "SystemState",
  z.object({
    serverName: z.string(),
    version: z.string(),
    natsVersion: z.string().describe("Of nats-server, as it is announced to clients."),
    nodeVersion: z.string(),
    platform: z.string(),
    startedAt: time,
    uptimeMs: amount,
    health: z.string().describe("`ok`, or why not."),
    memory: z.object({ rssBytes: count, heapBytes: count }),
    cpuPercent: amount.describe("Of one core."),
    cores: count,
    eventLoop: z
      .object({ p50Ms: amount, p99Ms: amount, maxMs: amount })
      .describe("How late timers were since the last question."),
    connections: count,
    subscriptions: count,
    slowConsumers: count,
    inMessages: count,
    outMessages: count,
    inBytes: count,
    outBytes: count,
    storage: z.object({
      directory: z.string().nullable().describe("`null` in memory."),
      usedBytes: count,
      limitBytes: count.nullable().describe("`null` for as much as the disk has."),
      memoryBytes: count,
      streams: count,
      consumers: count,
      messages: count,
      disk: z.object({ freeBytes: count, totalBytes: count }).nullable(),
    }),
  }),
);

const connection: z.ZodType<SystemConnection> = named(
  "SystemConnection",
  z.object({
    id: count,
    user: z.string(),
    account: z.string(),
    address: z.string(),
    port: count,
    name: z.string(),
    language: z.string(),
    version: z.string(),
    startedAt: time,
    lastActivityAt: time,
    subscriptions: count,
    inMessages: count,
    outMessages: count,
    inBytes: count,
    outBytes: count,
    pendingBytes: count.describe("That wait for the client."),
  }),
);

export const connectionList: z.ZodType<SystemConnections> = named(
  "SystemConnections",
  z.object({ items: z.array(connection), total: count }),
);

const logLine: z.ZodType<LogLine> = named(
  "LogLine",
  z.object({
    number: count,
    time,
    level: z.enum(["trace", "debug", "info", "warn", "error", "fatal"]),
    text: z.string(),
  }),
);
export const logLines: z.ZodType<LogLines> = named(
  "LogLines",
  z.object({ lines: z.array(logLine) }),
);

const setting: z.ZodType<Setting> = named(
  "Setting",
  z.object({
    name: z.string(),
    description: z.string(),
    value: z.string(),
    origin: z.string().nullable().describe("Where it was written; `null` for the default."),
    flag: z.string().nullable(),
    isLive: z.boolean().describe("Whether it can be changed now; the others at the next start."),
  }),
);
export const settingList: z.ZodType<Settings> = named(
  "Settings",
  z.object({ items: z.array(setting) }),
);

export const settingChanges: z.ZodType<{ readonly log: string }> = z.strictObject({
  log: z.enum(["silent", "error", "warn", "info", "debug", "trace"]),
});
