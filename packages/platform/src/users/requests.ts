import type { AccessKeyRequest, UserChanges, UserRequest } from "oxbow/control";
import { type PlatformErrorCode, platformError, problemsIn, roles } from "oxbow/internal";
import { z } from "zod";
import { directoryLimits } from "./limits.ts";
import { isStationPattern } from "./station-pattern.ts";

const { patternsMax, passwordCharsMin, passwordCharsMax, descriptionCharsMax } = directoryLimits;

const pattern = z
  .string()
  .refine(isStationPattern, 'write the name of a station, with "*" for any characters: "prod.*"');
const patterns = z.array(pattern).max(patternsMax);
const description = z.string().max(descriptionCharsMax);
const expiresAt = z.iso
  .datetime({ offset: true, error: 'write a time such as "2026-11-20T12:00:00Z"' })
  .nullable();
const password = z.string().min(passwordCharsMin).max(passwordCharsMax);
const changeable = {
  role: z.enum(roles as readonly ["viewer", "operator", "admin", "owner"]).nullable(),
  read: patterns,
  write: patterns,
  description,
  expiresAt,
  isDisabled: z.boolean(),
  mayExport: z.boolean(),
};
const userRequest = z.strictObject({ ...changeable, password: password.nullable() }).partial();
const userChanges = z.strictObject(changeable).partial();
const keyRequest = z.strictObject({ description, expiresAt }).partial();

/** What may be asked for, for documents. */
export const userRequestShape: z.ZodType = userRequest;
export const userChangesShape: z.ZodType = userChanges;
export const accessKeyRequestShape: z.ZodType = keyRequest;

/** Without the fields that are `undefined`, which are as good as absent. */
export type Given<T> = { -readonly [Field in keyof T]?: Exclude<T[Field], undefined> };

/** @throws OxbowError `USER_INVALID` */
export function readUserRequest(request: UserRequest): Given<UserRequest> {
  return read(userRequest, request);
}

/** @throws OxbowError `USER_INVALID` */
export function readUserChanges(changes: UserChanges): Given<UserChanges> {
  return read(userChanges, changes);
}

/** @throws OxbowError `USER_INVALID` */
export function readKeyRequest(request: AccessKeyRequest): Given<AccessKeyRequest> {
  return read(keyRequest, request);
}

/** @throws OxbowError `USER_INVALID` */
export function readPassword(text: string): string {
  const { password: checked = "" } = read(z.object({ password }), { password: text });
  return checked;
}

/** @throws OxbowError with `code` */
export function read<T>(
  shape: z.ZodType<T>,
  request: unknown,
  code: PlatformErrorCode = "USER_INVALID",
): Given<T> {
  const result = shape.safeParse(request);
  if (result.success) {
    const entries = Object.entries(result.data as object);
    return Object.fromEntries(entries.filter(([, value]) => value !== undefined)) as Given<T>;
  }
  throw platformError(code, problemsIn(result.error));
}

/**
 * The name of a user as it is kept: in lower case.
 *
 * @param name - 1 to 128 letters, digits, `_`, `-` and `.`, with a letter or digit first and last.
 * @throws OxbowError `USER_INVALID`
 */
export function userName(name: string): string {
  const lower = name.toLowerCase();
  const isWellFormed = /^[a-z0-9](?:[a-z0-9_.-]*[a-z0-9])?$/.test(lower) && !lower.includes("..");
  if (lower.length <= 128 && isWellFormed) return lower;
  const message = `${JSON.stringify(name)} is no name for a user: use up to 128 letters, digits, "_", "-" and ".", with a letter or digit first and last`;
  throw platformError("USER_INVALID", message);
}

/**
 * The name of a tenant as it is kept: in lower case.
 *
 * @param name - 1 to 64 letters, digits, `_` and `-`, with a letter or digit first and last.
 * @throws OxbowError `TENANT_INVALID`
 */
export function tenantName(name: string): string {
  const lower = name.toLowerCase();
  if (/^[a-z0-9](?:[a-z0-9_-]{0,62}[a-z0-9])?$/.test(lower)) return lower;
  const message = `${JSON.stringify(name)} is no name for a tenant: use up to 64 letters, digits, "_" and "-", with a letter or digit first and last`;
  throw platformError("TENANT_INVALID", message);
}
