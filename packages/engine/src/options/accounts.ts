import type { ConnectionType, Permissions } from "./permissions.ts";

/** Somebody who may connect: with a password, or with the private key of `nkey`. */
export interface UserOptions {
  /** Name; empty for one with an `nkey`. */
  readonly user: string;
  /** Password, plain or as a hash of bcrypt (`$2a$…`, `$2b$…`, `$2y$…`) or scrypt (`$scrypt$ln=…`); empty for one with an `nkey`. */
  readonly password: string;
  /** Public user key, `U…`. */
  readonly nkey?: string | undefined;
  /** Default: those of its account, or everything. */
  readonly permissions?: Permissions | undefined;
  /** Default: all. */
  readonly connectionTypes?: readonly ConnectionType[] | undefined;
  /** Whether it may only come through a trusted proxy. */
  readonly proxyRequired?: boolean | undefined;
  /** Keys it may come with, as its password or as a token alone. */
  readonly accessKeys?: readonly AccessKeyOptions[] | undefined;
  /** Whether it has no password, and comes with an access key only. */
  readonly isKeyOnly?: boolean | undefined;
  /** When it has to go, and can't come any more, in wall-clock milliseconds; default never. */
  readonly expiresAtMs?: number | undefined;
}

/** An access key, `oxk_<id>_<secret>`. */
export interface AccessKeyOptions {
  /** 16 hexadecimal digits, unique among all users. */
  readonly id: string;
  /** SHA-256 of the whole key, in hexadecimal digits. */
  readonly digest: string;
  /** When it is of no use any more, in wall-clock milliseconds; default never. */
  readonly expiresAtMs?: number | undefined;
}

/** Bounds of an account; -1 is no limit, which is the default. */
export interface AccountLimits {
  readonly connectionsMax: number;
  readonly subscriptionsMax: number;
  readonly payloadMax: number;
  readonly leafnodesMax: number;
}

/** What an account may use of JetStream; -1 is no limit, which is the default. */
export interface AccountJetStreamLimits {
  readonly memoryBytesMax: number;
  readonly storageBytesMax: number;
  readonly streamsMax: number;
  readonly consumersMax: number;
  readonly ackPendingMax: number;
  readonly memoryStreamBytesMax: number;
  readonly storageStreamBytesMax: number;
  /** Whether each stream has to say `max_bytes`. Default false. */
  readonly requiresMaxBytes: boolean;
}

/** Limits by tier (`R1`, `R3`), as accounts of operators have them. */
export type JetStreamTiers = Readonly<Record<string, AccountJetStreamLimits>>;

/** How often the latency of a service is measured, and where that is told. */
export interface ServiceLatencyOptions {
  /** 1 to 100, or "headers": requests whose tracing headers ask for it. */
  readonly samplingPercent: number | "headers";
  readonly subject: string;
}

/** A subject of an account that others may import. */
export interface ExportOptions {
  readonly kind: "stream" | "service";
  /** Wildcards allowed. */
  readonly subject: string;
  /** Names of those who may; `undefined` is everybody, unless `isTokenRequired`. */
  readonly accounts?: readonly string[] | undefined;
  /** Whether an importer needs an activation token (operator mode). */
  readonly isTokenRequired?: boolean | undefined;
  /** Activation tokens that do not hold any more: account key, or `*`, to seconds since 1970 of the newest that is revoked. */
  readonly revocations?: Readonly<Record<string, number>> | undefined;
  /** Position, from 1, of the token of `subject` that must be the importer's name; 0 is none. */
  readonly accountTokenPosition?: number | undefined;
  /** Services. Default `singleton`. */
  readonly responseType?: "singleton" | "stream" | "chunked" | undefined;
  /** Services: how long answers are waited for. Default 2 minutes for what is not a singleton. */
  readonly responseThresholdMs?: number | undefined;
  readonly latency?: ServiceLatencyOptions | undefined;
  /** Whether traces of messages go on into this account. */
  readonly allowTrace?: boolean | undefined;
}

/** A subject of another account. */
export interface ImportOptions {
  readonly kind: "stream" | "service";
  /** Name of the exporting account. */
  readonly account: string;
  /** The subject there; wildcards allowed. */
  readonly subject: string;
  /** The subject here; may refer to wildcards (`$1`, `{{wildcard(1)}}`). Default: `subject`. */
  readonly to?: string | undefined;
  /** Streams: put before the subject. Not together with `to`. */
  readonly prefix?: string | undefined;
  /** Services: tell the exporter who asks (header `Nats-Request-Info`). */
  readonly isShared?: boolean | undefined;
  /** Activation token (operator mode). */
  readonly token?: string | undefined;
  readonly allowTrace?: boolean | undefined;
}

/** One place where messages of a mapped subject go. */
export interface MappingDestination {
  readonly subject: string;
  /** 0 to 100. All weights of a mapping make at most 100; what is missing stays on the source subject. */
  readonly weightPercent: number;
  /** Only on servers of that cluster. */
  readonly cluster?: string | undefined;
}

/** Messages published on `source` go elsewhere. */
export interface MappingOptions {
  readonly source: string;
  readonly destinations: readonly MappingDestination[];
}

/** An account: a space of subjects of its own, with its users. */
export interface AccountOptions {
  readonly name: string;
  /** What people call it, where `name` is a public key. */
  readonly nameTag?: string | undefined;
  readonly tags?: readonly string[] | undefined;
  readonly users?: readonly UserOptions[] | undefined;
  /** Of users without permissions of their own. */
  readonly defaultPermissions?: Permissions | undefined;
  readonly limits?: Partial<AccountLimits> | undefined;
  /** Default `false`, except for `$G`, where it is `true` unless another account has it. */
  readonly jetstream?: boolean | Partial<AccountJetStreamLimits> | undefined;
  /** Instead of the limits in `jetstream`: those of each tier. */
  readonly jetstreamTiers?: JetStreamTiers | undefined;
  readonly exports?: readonly ExportOptions[] | undefined;
  readonly imports?: readonly ImportOptions[] | undefined;
  readonly mappings?: readonly MappingOptions[] | undefined;
  /**
   * Messages that its clients may publish in a second, all together; above 0, default any number. Beyond, nothing is
   * refused, but clients are read from more slowly.
   */
  readonly messagesPerSecondMax?: number | undefined;
  /** Where traces of messages with a sampled `traceparent` go. */
  readonly trace?: { readonly destination: string; readonly samplingPercent: number } | undefined;
}
