/** What can be asked of a new bucket. */
export interface BucketRequest {
  readonly description?: string | undefined;
  readonly history?: number | undefined;
  readonly maxAgeMs?: number | undefined;
  readonly maxBytes?: number | undefined;
  readonly maxValueBytes?: number | undefined;
  readonly storage?: "file" | "memory" | undefined;
}

/** A bucket of keys and values. */
export interface BucketBody {
  readonly name: string;
  readonly description: string;
  /** Values there are, earlier ones and marks of what was deleted included. */
  readonly values: number;
  readonly bytes: number;
  readonly history: number;
  readonly maxAgeMs: number;
  readonly maxBytes: number;
  readonly maxValueBytes: number;
  readonly storage: "file" | "memory";
}

/** A value of a key, or that it was deleted. */
export interface EntryBody {
  readonly bucket: string;
  readonly key: string;
  readonly revision: number;
  readonly time: string;
  readonly operation: "put" | "delete" | "purge";
  /** Text, or base64 where the bytes are none. */
  readonly payload: string;
  readonly encoding: "text" | "base64";
}

/** A key of a list, without its value. */
export interface KeyBody {
  readonly key: string;
  readonly revision: number;
  readonly time: string;
  readonly bytes: number;
}

/** That a value was stored. */
export interface KvRevision {
  readonly revision: number;
}

/** The values of a key that are kept, the first one first. */
export interface KvHistory {
  readonly items: readonly EntryBody[];
}
