import { statfs } from "node:fs/promises";
import { availableParallelism } from "node:os";
import { monitorEventLoopDelay } from "node:perf_hooks";
import { type Engine, monitoringPage, SERVER_VERSION } from "@oxbow/engine";
import type { ConnectionQuestion, SystemPort } from "@oxbow/gateways/http";
import type {
  LogLine,
  Setting,
  SystemConnection,
  SystemState,
} from "@oxbow/gateways/http/contract";
import {
  type LogLevel,
  originsOf,
  redactConfig,
  type ServerConfig,
  serverOptions,
} from "../config/index.ts";
import type { ServerLog } from "../logger.ts";
import { CpuMeter } from "../nats-server/process-facts.ts";
import { programVersion } from "../program-version.ts";
import { redactText } from "../redaction.ts";

type Page = Readonly<Record<string, unknown>>;

/** How often the histogram looks: that much of what it counts is no delay. */
const resolutionMs = 10;
const nsPerMs = 1e6;

/** What a process shows of itself to those who administer it. It is made when the first one asks over HTTP. */
export class ProcessSystem implements SystemPort {
  readonly #engine: Engine;
  readonly #config: ServerConfig;
  /** `undefined` where the log is somebody else's. */
  readonly #log: ServerLog | undefined;
  readonly #cpu: CpuMeter = new CpuMeter();
  readonly #delay: ReturnType<typeof monitorEventLoopDelay> = monitorEventLoopDelay({
    resolution: resolutionMs,
  });

  constructor(engine: Engine, config: ServerConfig, log: ServerLog | undefined) {
    this.#engine = engine;
    this.#config = config;
    this.#log = log;
    this.#delay.enable();
  }

  async state(): Promise<SystemState> {
    const [jetstream, health, disk] = await Promise.all([
      this.#page("/jsz", {}),
      this.#page("/healthz", {}),
      this.#disk(),
    ]);
    const engine = this.#engine;
    const { connections, subscriptions, slowConsumers, ...stats } = engine.stats();
    const { inMessages, outMessages, inBytes, outBytes } = stats;
    const memory = process.memoryUsage();
    const uptimeMs = Math.round(process.uptime() * 1000);
    const { memory: directoryless, data, storageBytesMax } = this.#config;
    return {
      serverName: engine.info.name,
      version: programVersion(),
      natsVersion: SERVER_VERSION,
      nodeVersion: process.version,
      platform: `${process.platform} ${process.arch}`,
      startedAt: new Date(Date.now() - uptimeMs).toISOString(),
      uptimeMs,
      health: health["status"] === "ok" ? "ok" : String(health["error"] ?? health["status"]),
      memory: { rssBytes: memory.rss, heapBytes: memory.heapUsed },
      cpuPercent: this.#cpu.percent(),
      cores: availableParallelism(),
      eventLoop: this.#takeDelay(),
      connections,
      subscriptions,
      slowConsumers,
      ...{ inMessages, outMessages, inBytes, outBytes },
      storage: {
        directory: directoryless ? null : data,
        usedBytes: numberOf(jetstream["storage"]),
        limitBytes: storageBytesMax ?? null,
        memoryBytes: numberOf(jetstream["memory"]),
        streams: numberOf(jetstream["streams"]),
        consumers: numberOf(jetstream["consumers"]),
        messages: numberOf(jetstream["messages"]),
        disk,
      },
    };
  }

  async connections({ offset, limit }: ConnectionQuestion): Promise<{
    readonly items: readonly SystemConnection[];
    readonly total: number;
  }> {
    const query = { auth: "1", sort: "bytes_to", offset: `${offset}`, limit: `${limit}` };
    const page = await this.#page("/connz", query);
    const items = (page["connections"] ?? []) as readonly Page[];
    return { items: items.map(connectionOf), total: numberOf(page["total"]) };
  }

  async closeConnection(id: number): Promise<boolean> {
    const { connections = [] } = await this.#page("/connz", { cid: `${id}` });
    const [shown] = connections as readonly Page[];
    // Those of the server itself: without them the platform would not answer.
    if (shown === undefined || numberOf(shown["port"]) === 0) return false;
    const found = [...this.#engine.connections].find((each) => each.id === id);
    found?.closeQuietly("Kicked");
    return found !== undefined;
  }

  logLines(): readonly LogLine[] {
    return this.#log?.tail.lines ?? [];
  }

  followLog(tell: (line: LogLine) => void): () => void {
    return this.#log?.tail.follow(tell) ?? (() => undefined);
  }

  settings(): readonly Setting[] {
    const origins = originsOf(this.#config);
    const values = redactConfig({ ...this.#config, log: this.#log?.level ?? this.#config.log });
    return Object.entries(serverOptions).map(([name, { help, flag, defaultText }]) => ({
      name,
      description: help,
      value: redactText(textOf(values[name] ?? defaultText)),
      origin: origins.get(name as keyof ServerConfig) ?? null,
      flag: flag ?? null,
      isLive: name === "log" && this.#log !== undefined,
    }));
  }

  setLogLevel(level: string): void {
    if (this.#log !== undefined) this.#log.level = level as LogLevel;
    this.#log?.logger.warn({ to: level }, "the level of the log was changed");
  }

  async #page(path: string, query: Readonly<Record<string, string>>): Promise<Page> {
    const answer = await monitoringPage(this.#engine, path, new URLSearchParams(query));
    return answer?.isJson === true ? (JSON.parse(answer.body) as Page) : {};
  }

  async #disk(): Promise<SystemState["storage"]["disk"]> {
    if (this.#config.memory) return null;
    const { bsize, blocks, bavail } = await statfs(this.#config.data);
    return { freeBytes: bavail * bsize, totalBytes: blocks * bsize };
  }

  #takeDelay(): SystemState["eventLoop"] {
    const late = (ns: number): number =>
      Number.isFinite(ns) ? Math.max(0, Math.round((ns / nsPerMs - resolutionMs) * 100) / 100) : 0;
    const { max } = this.#delay;
    const [p50, p99] = [this.#delay.percentile(50), this.#delay.percentile(99)];
    this.#delay.reset();
    return { p50Ms: late(p50), p99Ms: late(p99), maxMs: late(max) };
  }
}

function connectionOf(page: Page): SystemConnection {
  return {
    id: numberOf(page["cid"]),
    user: textOf(page["authorized_user"]),
    account: textOf(page["account"]),
    address: textOf(page["ip"]),
    port: numberOf(page["port"]),
    name: textOf(page["name"]),
    language: textOf(page["lang"]),
    version: textOf(page["version"]),
    startedAt: timeOf(page["start"]),
    lastActivityAt: timeOf(page["last_activity"]),
    subscriptions: numberOf(page["subscriptions"]),
    inMessages: numberOf(page["in_msgs"]),
    outMessages: numberOf(page["out_msgs"]),
    inBytes: numberOf(page["in_bytes"]),
    outBytes: numberOf(page["out_bytes"]),
    pendingBytes: numberOf(page["pending_bytes"]),
  };
}

function numberOf(value: unknown): number {
  return typeof value === "number" ? value : 0;
}

function timeOf(value: unknown): string {
  return new Date(String(value)).toISOString();
}

function textOf(value: unknown): string {
  if (value === undefined || value === null) return "";
  return typeof value === "string" ? value : JSON.stringify(value);
}
