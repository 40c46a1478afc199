/** What a tenant may use; `null` is any number. */
export interface TenantQuotas {
  /** Streams: each partition of a station is one. */
  readonly streamsMax: number | null;
  readonly consumersMax: number | null;
  /** Bytes of its streams in files. */
  readonly storageBytesMax: number | null;
  /** Bytes of its streams in memory. */
  readonly memoryBytesMax: number | null;
  /** Connections of its users at a time. */
  readonly connectionsMax: number | null;
  /** Messages that its users publish, all together; beyond, they are slowed down. */
  readonly messagesPerSecondMax: number | null;
}

/** An account of its own: its stations, and its users, are nobody else's. */
export interface Tenant extends TenantQuotas {
  readonly name: string;
  readonly description: string;
  /** `null` for the one that is there always. */
  readonly createdAt: string | null;
  /** That it is being deleted, which was interrupted if it stays so. Deleting it again finishes it. */
  readonly problems: readonly string[];
}

export interface TenantRequest extends Partial<TenantQuotas> {
  readonly description?: string;
}
export type TenantChanges = TenantRequest;

/** Of which tenant it is told; by default of all. */
export interface TenantFilter {
  readonly tenant?: string;
}

/** What a tenant uses now of what it may, the platform's own streams included: they are in its account. */
export interface TenantUse {
  readonly tenant: string;
  readonly streams: number;
  readonly consumers: number;
  /** Bytes of its streams in files. */
  readonly storageBytes: number;
  /** Bytes that they may take by limits of their own: nobody else gets these. */
  readonly storageReservedBytes: number;
  /** The same of its streams in memory. */
  readonly memoryBytes: number;
  readonly memoryReservedBytes: number;
  /** Connections of its users, without those of the server itself. */
  readonly connections: number;
}
