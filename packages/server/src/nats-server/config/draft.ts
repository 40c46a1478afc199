import type {
  AccountOptions,
  CalloutOptions,
  CipherName,
  EngineLimits,
  JetStreamOptions,
  LeafnodeOptions,
  MappingOptions,
  Permissions,
  SyncOptions,
  TlsOptions,
  UserOptions,
  WebSocketOptions,
} from "@oxbow/engine";

import type { ResolverConfig } from "./server-config.ts";

/** The same fields, to be filled in one by one. */
export type Draft<T> = { -readonly [Key in keyof T]?: T[Key] | undefined };

/** The same fields, with values to be replaced. */
export type Mutable<T> = { -readonly [Key in keyof T]: T[Key] };

/** What an `authorization` block says. */
export interface AuthorizationDraft {
  user?: string;
  password?: string;
  token?: string;
  timeoutMs?: number;
  users?: UserOptions[];
  defaultPermissions?: Permissions;
  callout?: CalloutOptions | undefined;
  proxyRequired?: boolean;
}

/** How the data are encrypted. */
export interface EncryptionDraft {
  key?: string;
  previousKey?: string;
  cipher?: CipherName;
}

/** How much is logged, and where. */
export interface LoggingDraft {
  debug?: boolean;
  trace?: boolean;
  traceVerbose?: boolean;
  traceHeaders?: boolean;
  time?: boolean;
  timeUtc?: boolean;
  file?: string;
  fileSizeMax?: number;
  filesMax?: number;
  tracedLengthMax?: number;
  syslog?: boolean;
  remoteSyslog?: string;
}

/** What operators say about who may connect. */
export interface OperatorDraft {
  /** JWTs, without decoration. */
  operators?: readonly string[];
  trustedKeys?: readonly string[];
  resolver?: ResolverConfig;
  resolverTls?: TlsOptions;
  preload?: Readonly<Record<string, string>>;
  pinnedAccounts?: readonly string[];
  defaultSentinel?: string;
}

/** What is said about a cluster of servers, of which there is none. */
export interface ClusterDraft {
  name?: string | undefined;
  listens?: boolean;
  routes?: readonly string[] | undefined;
}

/** What the flags that begin with `--tls` say. */
export interface TlsFlags {
  enabled?: boolean;
  verify?: boolean;
  certificateFile?: string;
  keyFile?: string;
  authoritiesFile?: string;
}

/**
 * What a configuration file and a command line say, as they say it: ports of -1, hosts that are empty. Filled by the
 * readers of the blocks; `finishConfig` checks it as a whole and fills in defaults.
 */
export interface ConfigDraft {
  host?: string;
  port?: number;
  advertise?: string;
  serverName?: string;
  tags: string[];
  metadata?: Record<string, string>;
  readonly limits: Partial<Mutable<EngineLimits>>;
  readonly encryption: EncryptionDraft;
  readonly logging: LoggingDraft;
  httpHost?: string;
  httpPort?: number;
  httpsPort?: number;
  httpBasePath?: string;
  pidFile?: string;
  portsFileDirectory?: string;
  lameDuckDurationMs?: number;
  lameDuckGraceMs?: number;
  authorization?: AuthorizationDraft;
  accounts: AccountOptions[];
  operator?: OperatorDraft;
  noAuthUser?: string;
  systemAccount?: string;
  mappings?: MappingOptions[];
  tls?: TlsOptions | undefined;
  tlsFlags?: TlsFlags;
  cluster?: ClusterDraft;
  profilingPort?: number;
  allowsPlain?: boolean;
  proxyProtocol?: boolean;
  trustedProxies?: string[];
  /** `allowsNoTls` is `no_tls`. */
  websocket?: Draft<WebSocketOptions> & { allowsNoTls?: boolean };
  leafnodes?: Draft<LeafnodeOptions>;
  /** `undefined`: nobody mentioned JetStream, which leaves it off. */
  isJetStreamOn?: boolean;
  readonly jetstream: Partial<Mutable<JetStreamOptions>>;
  storeDirectory?: string;
  sync?: SyncOptions;
}

export function emptyDraft(): ConfigDraft {
  return { tags: [], limits: {}, encryption: {}, logging: {}, accounts: [], jetstream: {} };
}
