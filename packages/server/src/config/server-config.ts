import type { SyncMode } from "./sync-mode.ts";

/** How much the server says on stderr. */
export type LogLevel = "silent" | "error" | "warn" | "info" | "debug" | "trace";

/** What the data directory is encrypted with, if there is a key. */
export type EncryptionCipher = "aes" | "chacha";

/** A client that may connect when {@link ServerConfig.users} is not empty. */
export interface UserCredentials {
  readonly user: string;
  readonly password: string;
}

/**
 * Everything a server is told at its start, resolved and checked. Sizes are bytes, durations milliseconds. Frozen.
 * What each option means, its default and its bounds stand in `options.ts`.
 */
export interface ServerConfig {
  readonly host: string;
  readonly port: number;
  readonly data: string;
  readonly memory: boolean;
  readonly sync: SyncMode;
  readonly encryptionKey: string | undefined;
  readonly encryptionKeyFile: string | undefined;
  readonly encryptionPreviousKey: string | undefined;
  readonly encryptionCipher: EncryptionCipher;
  /**
   * Where HTTP is served, or `"off"`. `undefined`: at port 9000, or at any that is free if that one is in use or the port
   * for clients was left to chance.
   */
  readonly httpPort: number | "off" | undefined;
  /** Files with the certificate that HTTP is encrypted with, and its key; both or none. */
  readonly httpTlsCertificate: string | undefined;
  readonly httpTlsKey: string | undefined;
  /** Addresses and networks of proxies that are believed whom they ask for, and how they were asked. */
  readonly httpTrustedProxies: readonly string[];
  /** Where clients of Memphis come in; `undefined` for nowhere. */
  readonly memphisPort: number | undefined;
  /** Where the REST gateway of Memphis is served; `undefined` for nowhere. */
  readonly memphisRestPort: number | undefined;
  readonly serverName: string | undefined;
  /** Whether credentials are asked for, and made where none are given. */
  readonly auth: boolean;
  readonly user: string | undefined;
  readonly password: string | undefined;
  readonly token: string | undefined;
  readonly users: readonly UserCredentials[];
  readonly payloadMax: number;
  readonly controlLineMax: number;
  readonly connectionsMax: number;
  readonly subscriptionsMax: number;
  readonly pendingBytesMax: number;
  readonly pingIntervalMs: number;
  readonly pingsOutMax: number;
  readonly authTimeoutMs: number;
  readonly writeDeadlineMs: number;
  /** Whether stations, groups and schemas are served. */
  readonly platform: boolean;
  /** Addresses and networks that are not public, and that notifications may go to all the same. */
  readonly notifyAllowed: readonly string[];
  /** Where spans are sent to, by OTLP over HTTP; `undefined` for where the variables of OpenTelemetry say, if they do. */
  readonly otlpEndpoint: string | undefined;
  readonly jetstream: boolean;
  readonly memoryBytesMax: number | undefined;
  readonly storageBytesMax: number | undefined;
  readonly log: LogLevel;
}
