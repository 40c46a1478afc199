import type { Access, Role } from "./access.ts";
import { defaultTenant, type UserDocument } from "./documents.ts";

/** An access key, without what is secret of it. */
export interface AccessKey {
  /** By which it is taken back. */
  readonly id: string;
  readonly description: string;
  readonly createdAt: string;
  /** When it is of no use any more; `null` for never. */
  readonly expiresAt: string | null;
}

/** Somebody who may connect. */
export interface User {
  readonly name: string;
  readonly tenant: string;
  /** What it is called when it connects: its name, and outside of the tenant `default` that of its tenant behind a `$`. */
  readonly login: string;
  /** An application sends and takes messages; who manages stations has a role. */
  readonly type: "application" | "management";
  readonly role: Role | null;
  /** Patterns of stations whose messages it may read. */
  readonly read: readonly string[];
  /** Patterns of stations that it may write to. */
  readonly write: readonly string[];
  readonly description: string;
  readonly hasPassword: boolean;
  readonly keys: readonly AccessKey[];
  readonly isDisabled: boolean;
  /** When it can't connect any more; `null` for never. */
  readonly expiresAt: string | null;
  readonly createdAt: string;
}

/** What a user is called when it connects. */
export function loginOf(tenant: string, name: string): string {
  return tenant === defaultTenant ? name : `${name}$${tenant}`;
}

/** Whose login it is. Names have no `$`. */
export function userOfLogin(login: string): { readonly tenant: string; readonly name: string } {
  const [name = "", tenant = defaultTenant] = login.split("$");
  return { tenant, name };
}

export function accessOf({ role, read, write }: Access): Access {
  return { role, read, write };
}

export function userOf(tenant: string, name: string, document: UserDocument): User {
  const { role, read, write, description, password, keys, isDisabled } = document;
  return {
    ...{ name, tenant, login: loginOf(tenant, name) },
    type: role === null ? "application" : "management",
    ...{ role, read, write, description },
    hasPassword: password !== null,
    keys: keys.map(({ digest: _, ...key }) => key),
    isDisabled,
    expiresAt: document.expiresAt,
    createdAt: document.createdAt,
  };
}
