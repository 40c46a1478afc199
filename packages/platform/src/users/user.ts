import type { User } from "oxbow/control";
import type { Access } from "./access.ts";
import { defaultTenant, type UserDocument } from "./documents.ts";

/** What a user is called when it connects. */
export function loginOf(tenant: string, name: string): string {
  return tenant === defaultTenant ? name : `${name}$${tenant}`;
}

/** Whose login it is. Names have no `$`. */
export function userOfLogin(login: string): { readonly tenant: string; readonly name: string } {
  const [name = "", tenant = defaultTenant] = login.split("$");
  return { tenant, name };
}

export function accessOf({ role, read, write, mayExport = true }: Access): Access {
  return { role, read, write, mayExport };
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
    mayExport: document.mayExport ?? true,
    expiresAt: document.expiresAt,
    createdAt: document.createdAt,
  };
}
