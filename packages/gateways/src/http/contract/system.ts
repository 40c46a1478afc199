/** How a process, and the engine in it, are doing. */
export interface SystemState {
  readonly serverName: string;
  readonly version: string;
  /** Of `nats-server`, as it is announced to clients. */
  readonly natsVersion: string;
  readonly nodeVersion: string;
  readonly platform: string;
  readonly startedAt: string;
  readonly uptimeMs: number;
  /** `ok`, or why not. */
  readonly health: string;
  readonly memory: { readonly rssBytes: number; readonly heapBytes: number };
  readonly cpuPercent: number;
  readonly cores: number;
  /** How late timers are, since the last question. */
  readonly eventLoop: { readonly p50Ms: number; readonly p99Ms: number; readonly maxMs: number };
  readonly connections: number;
  readonly subscriptions: number;
  readonly slowConsumers: number;
  readonly inMessages: number;
  readonly outMessages: number;
  readonly inBytes: number;
  readonly outBytes: number;
  readonly storage: {
    /** `null` in memory. */
    readonly directory: string | null;
    readonly usedBytes: number;
    /** `null` for as much as the disk has. */
    readonly limitBytes: number | null;
    readonly memoryBytes: number;
    readonly streams: number;
    readonly consumers: number;
    readonly messages: number;
    /** Of the file system of the directory; `null` in memory. */
    readonly disk: { readonly freeBytes: number; readonly totalBytes: number } | null;
  };
}

export interface SystemConnection {
  readonly id: number;
  readonly user: string;
  readonly account: string;
  readonly address: string;
  readonly port: number;
  /** What the client calls itself, and what it is written in. */
  readonly name: string;
  readonly language: string;
  readonly version: string;
  readonly startedAt: string;
  readonly lastActivityAt: string;
  readonly subscriptions: number;
  readonly inMessages: number;
  readonly outMessages: number;
  readonly inBytes: number;
  readonly outBytes: number;
  /** That wait for the client. */
  readonly pendingBytes: number;
}

/** Those that take up most first: by what they have received and sent. */
export interface SystemConnections {
  readonly items: readonly SystemConnection[];
  readonly total: number;
}

export interface LogLine {
  /** Counts up from 1. */
  readonly number: number;
  readonly time: string;
  readonly level: "trace" | "debug" | "info" | "warn" | "error" | "fatal";
  readonly text: string;
}

/** The last of them, oldest first. */
export interface LogLines {
  readonly lines: readonly LogLine[];
}

/** One thing the server was told, or was not. */
export interface Setting {
  readonly name: string;
  readonly description: string;
  /** As text; secrets are hidden. */
  readonly value: string;
  /** Where it was written: `--port`, `OXBOW_PORT`, `oxbow.conf:3:1 port`; `null` for the default. */
  readonly origin: string | null;
  /** How it is given at the next start, by a flag; `null` where only a file can. */
  readonly flag: string | null;
  readonly isLive: boolean;
}

export interface Settings {
  readonly items: readonly Setting[];
}
