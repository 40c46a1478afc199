import type { AccessKey, Role, TenantQuotas } from "oxbow/control";
import { roles } from "oxbow/internal";
import { z } from "zod";
import type { BucketPlace } from "../schemas/bucket.ts";
import { type DocumentKind, readDocument } from "../schemas/read-document.ts";
import { isStationPattern } from "./station-pattern.ts";

/** Where tenants and users are kept: in the account of the server itself. FORMAT.md says what the documents mean. */
export const directoryPlace: BucketPlace = {
  name: "oxbow_accounts",
  description: "Tenants and users",
  busy: "USER_BUSY",
  unavailable: "USER_UNAVAILABLE",
};
export const directoryStream: string = `KV_${directoryPlace.name}`;

/** Of this format. */
export const directoryVersion = 1;
/** Of a document of a tenant that is being deleted. */
const deletedVersion = 2;

export const tenantKeys = "tenant.";
export const userKeys = "user.";

/** The tenant that is there always: the account of everybody who is given no other. */
export const defaultTenant = "default";

export interface TenantDocument extends TenantQuotas {
  readonly version: 1 | 2;
  /** Said before anything of it is removed; there only then, in version 2. */
  readonly isBeingDeleted?: true | undefined;
  readonly description: string;
  readonly createdAt: string;
}

interface StoredAccessKey extends AccessKey {
  /** SHA-256 of the key, in hexadecimal digits. */
  readonly digest: string;
}

export interface UserDocument {
  readonly version: 1;
  readonly description: string;
  readonly role: Role | null;
  readonly read: readonly string[];
  readonly write: readonly string[];
  /** A hash of scrypt. */
  readonly password: string | null;
  readonly keys: readonly StoredAccessKey[];
  readonly isDisabled: boolean;
  /** Left out, it may. */
  readonly mayExport?: boolean | undefined;
  readonly expiresAt: string | null;
  readonly createdAt: string;
}

const time = z.string();
const countOrNull = z.int().min(1).nullable();
const patterns = z.array(z.string().refine(isStationPattern, "is no pattern of stations"));

const tenantDocument: z.ZodType<TenantDocument> = z.strictObject({
  version: z.union([z.literal(directoryVersion), z.literal(deletedVersion)]),
  isBeingDeleted: z.literal(true).optional(),
  description: z.string(),
  streamsMax: countOrNull,
  consumersMax: countOrNull,
  storageBytesMax: countOrNull,
  memoryBytesMax: countOrNull,
  connectionsMax: countOrNull,
  messagesPerSecondMax: countOrNull,
  createdAt: time,
});
const userDocument: z.ZodType<UserDocument> = z.strictObject({
  version: z.literal(directoryVersion),
  description: z.string(),
  role: z.enum(roles as readonly ["viewer", "operator", "admin", "owner"]).nullable(),
  read: patterns,
  write: patterns,
  password: z.string().startsWith("$scrypt$").nullable(),
  keys: z.array(
    z.strictObject({
      id: z.string().regex(/^[0-9a-f]{16}$/),
      digest: z.string().regex(/^[0-9a-f]{64}$/),
      description: z.string(),
      createdAt: time,
      expiresAt: time.nullable(),
    }),
  ),
  isDisabled: z.boolean(),
  mayExport: z.boolean().optional(),
  expiresAt: time.nullable(),
  createdAt: time,
});

export function userKey(tenant: string, name: string): string {
  return `${userKeys}${tenant}.${name}`;
}

/** Whose document it is: tenants have no dots in their names. */
export function ownerOf(key: string): { readonly tenant: string; readonly name: string } {
  const rest = key.slice(userKeys.length);
  const dot = rest.indexOf(".");
  return { tenant: rest.slice(0, dot), name: rest.slice(dot + 1) };
}

const documents: DocumentKind = {
  bucket: directoryPlace.name,
  version: directoryVersion,
  unreadable: "USER_UNREADABLE",
  remedy: "delete it and make it again",
};

/** @throws OxbowError `USER_UNREADABLE` */
export function readTenantDocument(key: string, text: string): TenantDocument {
  return readDocument({ ...documents, version: deletedVersion }, tenantDocument, key, text);
}

/** The document of a tenant that is from now on being deleted. */
export function beingDeleted(document: TenantDocument): TenantDocument {
  return { ...document, version: deletedVersion, isBeingDeleted: true };
}

/** @throws OxbowError `USER_UNREADABLE` */
export function readUserDocument(key: string, text: string): UserDocument {
  return readDocument(documents, userDocument, key, text);
}
