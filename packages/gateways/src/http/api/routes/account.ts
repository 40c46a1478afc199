import {
  accessKeyRequestShape,
  tenantRequestShape,
  userChangesShape,
  userRequestShape,
} from "@oxbow/platform";
import { z } from "zod";
import type { Routes } from "../route.ts";
import {
  accessKeyWithSecret,
  auditAnswer,
  passwordAnswer,
  passwordChanged,
  tenant,
  tenantUse,
  user,
  userWithPassword,
} from "../shapes/account.ts";
import { deleted, nameFields, number, pageFields, pageOf, text } from "../shapes/common.ts";

const one = "/users/{user}";
const oneTenant = "/tenants/{tenant}";
const ofTenant = { tenant: text("Whose users are meant; by default the tenant of who asks.") };

export const userRoutes: Routes<"user"> = {
  "user.create": {
    method: "PUT",
    path: one,
    query: z.strictObject(ofTenant),
    body: userRequestShape,
    isBodyOptional: true,
    answer: userWithPassword,
  },
  "user.list": {
    method: "GET",
    path: "/users",
    query: z.strictObject({ ...pageFields, ...nameFields, ...ofTenant }),
    answer: pageOf("User", user),
  },
  "user.get": { method: "GET", path: one, query: z.strictObject(ofTenant), answer: user },
  "user.edit": {
    method: "PATCH",
    path: one,
    query: z.strictObject(ofTenant),
    body: userChangesShape,
    answer: user,
  },
  "user.setPassword": {
    method: "PUT",
    path: `${one}/password`,
    query: z.strictObject(ofTenant),
    body: z.strictObject({
      password: z
        .string()
        .nullable()
        .optional()
        .describe("8 to 256 characters; a random one if it is left out; `null` for none."),
    }),
    isBodyOptional: true,
    answer: userWithPassword,
  },
  "user.checkPassword": {
    method: "POST",
    path: `${one}/password/check`,
    query: z.strictObject(ofTenant),
    body: z.strictObject({ password: z.string() }),
    answer: passwordAnswer,
  },
  "user.changePassword": {
    method: "PUT",
    path: "/caller/password",
    body: z.strictObject({
      current: z.string().describe("The present one."),
      password: z.string().describe("8 to 256 characters."),
    }),
    answer: passwordChanged,
  },
  "user.addKey": {
    method: "POST",
    path: `${one}/keys`,
    query: z.strictObject(ofTenant),
    body: accessKeyRequestShape,
    isBodyOptional: true,
    answer: accessKeyWithSecret,
  },
  "user.removeKey": {
    method: "DELETE",
    path: `${one}/keys/{id}`,
    params: z.object({ id: z.string() }),
    query: z.strictObject(ofTenant),
    answer: deleted,
  },
  "user.delete": { method: "DELETE", path: one, query: z.strictObject(ofTenant), answer: deleted },
};

export const tenantRoutes: Routes<"tenant"> = {
  "tenant.create": {
    method: "PUT",
    path: oneTenant,
    body: tenantRequestShape,
    isBodyOptional: true,
    answer: tenant,
  },
  "tenant.list": {
    method: "GET",
    path: "/tenants",
    query: z.strictObject(pageFields),
    answer: pageOf("Tenant", tenant),
  },
  "tenant.get": { method: "GET", path: oneTenant, answer: tenant },
  "tenant.uses": {
    method: "GET",
    path: "/tenant-uses",
    query: z.strictObject({ ...pageFields, tenant: text("Only that of this one.") }),
    answer: pageOf("TenantUse", tenantUse),
  },
  "tenant.edit": { method: "PATCH", path: oneTenant, body: tenantRequestShape, answer: tenant },
  "tenant.delete": { method: "DELETE", path: oneTenant, answer: deleted },
};

export const auditRoutes: Routes<"audit"> = {
  "audit.query": {
    method: "GET",
    path: "/audit",
    query: z.strictObject({
      operation: text("`station`, or `station.purge`."),
      name: text("The name of what it was about, whatever its kind."),
      user: text("Who asked."),
      since: text("A time as of RFC 3339."),
      until: text("A time as of RFC 3339."),
      after: number("Entries behind this sequence: the `next` of the answer before."),
      order: z
        .enum(["oldest", "newest"])
        .optional()
        .describe("Which come first; `oldest` by default."),
      before: number(
        "Newest first: entries before this sequence, the `next` of the answer before.",
      ),
      limit: number("1 to 1,000; 100 by default."),
    }),
    answer: auditAnswer,
  },
};
