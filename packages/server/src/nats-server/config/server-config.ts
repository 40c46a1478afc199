import type { EngineOptions, OperatorOptions, TlsOptions } from "@oxbow/engine";
import type { SyslogAddress } from "../log/syslog-sink.ts";

/** How lines are logged, and where. */
export interface LoggingConfig {
  readonly debug: boolean;
  readonly trace: boolean;
  /** Whether lines begin with process id and time. */
  readonly time: boolean;
  readonly timeUtc: boolean;
  /** `undefined` is stderr. */
  readonly file: string | undefined;
  /** Without a file: a system log elsewhere. */
  readonly syslog: SyslogAddress | undefined;
  /** Bytes after which a file is put aside and a new one begun; 0 is no limit. */
  readonly fileSizeMax: number;
  /** Files that are kept, the current one among them; 0 is no limit. */
  readonly filesMax: number;
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

/** Where the JWTs of accounts come from. */
export type ResolverConfig =
  | { readonly kind: "memory" }
  | {
      readonly kind: "url";
      readonly url: string;
      /** Whom it trusts, and what it shows. Default: the system's authorities, and nothing. */
      readonly tls?: TlsOptions | undefined;
    }
  | ({
      readonly kind: "full";
      /** How often the whole is compared with that of other servers. */
      readonly intervalMs: number | undefined;
      readonly onDelete: "refuse" | "rename" | "remove";
    } & DirectoryResolverConfig)
  | ({ readonly kind: "cache"; readonly ttlMs: number | undefined } & DirectoryResolverConfig);

interface DirectoryResolverConfig {
  readonly directory: string;
  /** Default: a large number. */
  readonly accountsMax: number | undefined;
  /** How long a look-up may take. */
  readonly timeoutMs: number | undefined;
}

/** Operator mode, with a resolver that is yet to be made. */
export type OperatorConfig = Omit<OperatorOptions, "resolver"> & {
  /** `undefined`: that of the operator's JWT. */
  readonly resolver: ResolverConfig | undefined;
  /** How a web server that is the resolver is asked. */
  readonly resolverTls: TlsOptions | undefined;
};

/** Everything a server is told that is started like nats-server. */
export interface NatsServerConfig {
  /** Without `auth` where {@link NatsServerConfig.operator} says who may connect. */
  readonly engine: EngineOptions;
  readonly operator: OperatorConfig | undefined;
  readonly logging: LoggingConfig;
  readonly monitoring: MonitoringConfig | undefined;
  readonly pidFile: string | undefined;
  readonly portsFileDirectory: string | undefined;
  readonly lameDuck: { readonly durationMs: number; readonly graceMs: number };
}
