import type { Deleted, Nothing, Page, PageRequest } from "../types/common.ts";
import type {
  Tenant,
  TenantChanges,
  TenantFilter,
  TenantRequest,
  TenantUse,
} from "../types/tenant.ts";
import { change, type Entries, none, type Operation, ofTenant, read } from "./operation.ts";

/** What is asked about tenants. */
export interface TenantOperations {
  "tenant.create": Operation<["tenant"], TenantRequest, Tenant>;
  "tenant.list": Operation<[], PageRequest, Page<Tenant>>;
  "tenant.get": Operation<["tenant"], Nothing, Tenant>;
  "tenant.uses": Operation<[], PageRequest & TenantFilter, Page<TenantUse>>;
  "tenant.edit": Operation<["tenant"], TenantChanges, Tenant>;
  "tenant.delete": Operation<["tenant"], Nothing, Deleted>;
}

export const tenantOperations: Entries<TenantOperations> = {
  "tenant.create": {
    ...change,
    subject: "TENANT.CREATE",
    names: ofTenant,
    summary: "makes a tenant with its quotas",
    request: "TenantRequest",
    response: "Tenant",
  },
  "tenant.list": {
    ...read,
    subject: "TENANT.LIST",
    names: [],
    summary: "lists tenants by name",
    request: "PageRequest",
    response: "Page<Tenant>",
  },
  "tenant.get": {
    ...read,
    subject: "TENANT.GET",
    names: ofTenant,
    summary: "describes a tenant",
    request: none,
    response: "Tenant",
  },
  "tenant.uses": {
    ...read,
    subject: "TENANT.USES",
    names: [],
    summary: "tells what tenants use of their quotas, by name",
    request: "PageRequest & TenantFilter",
    response: "Page<TenantUse>",
  },
  "tenant.edit": {
    ...change,
    subject: "TENANT.EDIT",
    names: ofTenant,
    summary: "changes quotas while a tenant is in use",
    request: "TenantChanges",
    response: "Tenant",
  },
  "tenant.delete": {
    ...change,
    subject: "TENANT.DELETE",
    names: ofTenant,
    summary: "deletes a tenant without users, with all that it has stored",
    request: none,
    response: "Deleted",
  },
};
