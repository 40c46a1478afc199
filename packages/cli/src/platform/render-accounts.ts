import { formatSizeBytes } from "@oxbow/server/units";
import type { AccessKey, AuditAnswer, Tenant, TenantUse, User } from "oxbow/control";
import { formatCount } from "../output/print.ts";
import { renderFields, renderTable } from "../output/table.ts";

/** A user for people, with its password where that was made just now. */
export function renderUser(user: User, password: string | null = null): string {
  return `${user.login}\n${renderFields([
    ["description", user.description === "" ? undefined : user.description],
    ["password", password ?? (user.hasPassword ? undefined : "none")],
    ["role", user.role ?? "none: an application"],
    ["reads", listed(user.read)],
    ["writes", listed(user.write)],
    ["exports", user.mayExport ? undefined : "no"],
    ["disabled", user.isDisabled ? "yes" : undefined],
    ["expires", user.expiresAt ?? undefined],
    ...user.keys.map((key) => ["key", renderKey(key)] as const),
    ["created", user.createdAt],
  ])}`;
}

export function renderKey({ id, description, expiresAt }: AccessKey): string {
  const until = expiresAt === null ? "" : ` until ${expiresAt}`;
  return `${id}${description === "" ? "" : ` (${description})`}${until}`;
}

export function renderUsers(users: readonly User[]): string {
  if (users.length === 0) return 'no users: create one with "oxbow user create NAME"\n';
  const columns = ["user", "role", "reads", "writes", "keys", "state"].map((title) => ({ title }));
  return renderTable(
    columns,
    users.map((user) => [
      user.login,
      user.role ?? "none",
      listed(user.read),
      listed(user.write),
      String(user.keys.length),
      user.isDisabled ? "disabled" : "enabled",
    ]),
  );
}

/** @param use - Left out for a tenant that was made or changed just now. */
export function renderTenant(tenant: Tenant, use?: TenantUse): string {
  return `${tenant.name}\n${renderFields([
    ["description", tenant.description === "" ? undefined : tenant.description],
    ["streams", used(use?.streams, tenant.streamsMax, count)],
    ["consumers", used(use?.consumers, tenant.consumersMax, count)],
    ["storage", used(use?.storageBytes, tenant.storageBytesMax, size)],
    ["memory", used(use?.memoryBytes, tenant.memoryBytesMax, size)],
    ["connections", used(use?.connections, tenant.connectionsMax, count)],
    ["messages per second", count(tenant.messagesPerSecondMax)],
    ["created", tenant.createdAt ?? undefined],
    ["problems", tenant.problems.length === 0 ? undefined : tenant.problems.join("; ")],
  ])}`;
}

export function renderTenants(
  tenants: readonly (Tenant & { readonly use: TenantUse | undefined })[],
): string {
  const titles = ["tenant", "streams", "storage", "connections", "messages per second"];
  return renderTable(
    titles.map((title) => ({ title })),
    tenants.map((tenant) => {
      const { use } = tenant;
      return [
        tenant.name,
        used(use?.streams, tenant.streamsMax, count),
        used(use?.storageBytes, tenant.storageBytesMax, size),
        used(use?.connections, tenant.connectionsMax, count),
        count(tenant.messagesPerSecondMax),
      ];
    }),
  );
}

/** `3 of 10`, `3 of any`, or only what is allowed. */
function used(
  now: number | undefined,
  allowed: number | null,
  write: (value: number | null) => string,
): string {
  return now === undefined ? write(allowed) : `${write(now)} of ${write(allowed)}`;
}

/** What was changed, and where to go on. */
export function renderAudit({ entries, next }: AuditAnswer): string {
  if (entries.length === 0 && next === null) return "no changes\n";
  const titles = ["when", "who", "what", "of", "outcome"];
  const table = renderTable(
    titles.map((title) => ({ title })),
    entries.map(({ startedAt, who, operation, names, outcome, error }) => [
      startedAt,
      who === null ? "unknown" : who.user || "anybody",
      operation,
      Object.values(names).join(" "),
      error === null ? outcome : `${outcome}: ${error}`,
    ]),
  );
  return next === null ? table : `${table}more: --after ${next}\n`;
}

function listed(patterns: readonly string[]): string {
  return patterns.length === 0 ? "nothing" : patterns.join(", ");
}

function count(limit: number | null): string {
  return limit === null ? "any" : formatCount(limit);
}

function size(limit: number | null): string {
  return limit === null ? "any" : formatSizeBytes(limit);
}
