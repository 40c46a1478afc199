import type { EngineOptions } from "@oxbow/engine";

/** How lines are logged, and where. */
export interface LoggingConfig {
  readonly debug: boolean;
  readonly trace: boolean;
  /** Whether the system account's messages are traced too. */
  readonly traceVerbose: boolean;
  /** Whether headers are traced without the payload. */
  readonly traceHeaders: boolean;
  /** Whether lines begin with process id and time. */
  readonly time: boolean;
  readonly timeUtc: boolean;
  /** `undefined` is stderr. */
  readonly file: string | undefined;
  /** Bytes after which a file is put aside and a new one begun; 0 is no limit. */
  readonly fileSizeMax: number;
  /** Files that are kept, the current one among them; 0 is no limit. */
  readonly filesMax: number;
  /** Characters of a message's payload in a trace; 0 is no limit. */
  readonly tracedLengthMax: number;
}

/** The HTTP server for monitoring. */
export interface MonitoringConfig {
  readonly host: string;
  /** 0 picks a free one. */
  readonly port: number;
  readonly isTls: boolean;
  /** `""`, or `/some/path` without a slash at its end. */
  readonly basePath: string;
}

/** Everything a server is told that is started like nats-server. */
export interface NatsServerConfig {
  readonly engine: EngineOptions;
  readonly logging: LoggingConfig;
  readonly monitoring: MonitoringConfig | undefined;
  readonly pidFile: string | undefined;
  readonly portsFileDirectory: string | undefined;
  readonly lameDuck: { readonly durationMs: number; readonly graceMs: number };
}
