/** What can be asked of a new store. */
export interface StoreRequest {
  readonly description?: string | undefined;
  readonly maxAgeMs?: number | undefined;
  readonly maxBytes?: number | undefined;
  readonly storage?: "file" | "memory" | undefined;
}

/** A store of objects. */
export interface StoreBody {
  readonly name: string;
  readonly description: string;
  readonly bytes: number;
  readonly isSealed: boolean;
  readonly maxAgeMs: number;
  readonly maxBytes: number;
  readonly storage: string;
}

/** What is known of an object beside its bytes. */
export interface ObjectBody {
  readonly name: string;
  readonly description: string;
  readonly bytes: number;
  readonly time: string;
  readonly contentType: string | null;
  /** `SHA-256=` and base64url. */
  readonly digest: string;
  readonly revision: number;
  /** Of what it stands for another name of. */
  readonly link: { readonly bucket: string; readonly name: string | null } | null;
}
