/** How the server is doing, as the API has it. */
export interface SystemState {
  readonly serverName: string;
  readonly version: string;
  readonly natsVersion: string;
  readonly nodeVersion: string;
  readonly platform: string;
  readonly startedAt: string;
  readonly uptimeMs: number;
  readonly health: string;
  readonly memory: { readonly rssBytes: number };
  readonly cpuPercent: number;
  readonly cores: number;
  readonly eventLoop: { readonly p50Ms: number; readonly p99Ms: number; readonly maxMs: number };
  readonly connections: number;
  readonly subscriptions: number;
  readonly slowConsumers: number;
  readonly inMessages: number;
  readonly outMessages: number;
  readonly inBytes: number;
  readonly outBytes: number;
  readonly storage: {
    readonly directory: string | null;
    readonly usedBytes: number;
    readonly limitBytes: number | null;
    readonly streams: number;
    readonly consumers: number;
    readonly messages: number;
    readonly disk: { readonly freeBytes: number; readonly totalBytes: number } | null;
  };
}

export interface SystemConnection {
  readonly id: number;
  readonly user: string;
  readonly account: string;
  readonly address: string;
  readonly port: number;
  readonly name: string;
  readonly language: string;
  readonly version: string;
  readonly startedAt: string;
  readonly subscriptions: number;
  readonly inBytes: number;
  readonly outBytes: number;
  readonly pendingBytes: number;
}

export interface LogLine {
  readonly number: number;
  readonly time: string;
  readonly level: string;
  readonly text: string;
}

export interface Setting {
  readonly name: string;
  readonly description: string;
  readonly value: string;
  readonly origin: string | null;
  readonly flag: string | null;
  readonly isLive: boolean;
}
