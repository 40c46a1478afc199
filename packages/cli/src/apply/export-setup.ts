import type { Group, Station } from "oxbow";
import type { Attachment, ControlClient, Schema, Tenant, User } from "oxbow/control";
import { defaultsFields } from "./plan-defaults.ts";
import { inOrderOfReferences } from "./references.ts";
import {
  groupSettings,
  stationSettings,
  tenantSettings,
  textsOf,
  userSettings,
  type Values,
} from "./settings.ts";

/** What there is, as a file that makes it. */
export interface Exported {
  readonly setup: Values;
  /** What is left out, since who asks may not see it, and why. */
  readonly missing: readonly { readonly what: string; readonly error: Error }[];
}

/**
 * What there is, as a file that makes it: all but streams and consumers of plain clients, passwords and keys. Users and
 * tenants are told to admins and owners only; for others they are missing.
 */
export async function exportSetup(control: ControlClient): Promise<Exported> {
  const [schemas, stations, attachments, groups] = await Promise.all([
    Array.fromAsync(control.list("schema.list", {})),
    Array.fromAsync(control.list("station.list", {})),
    Array.fromAsync(control.list("attachment.list", {})),
    Array.fromAsync(control.list("group.list", {})),
  ]);
  const texts: [string, Values][] = [];
  for (const schema of inOrderOfReferences(schemas)) {
    if (schema.activeVersion !== undefined) {
      texts.push([schema.name, await schemaFields(control, schema)]);
    }
  }
  const own = stations.filter(({ isManaged }) => isManaged);
  const defaults = await attempt(async () => {
    const fields = defaultsFields(await control.call("station.defaults", {}, {}));
    return fields === undefined ? {} : { defaults: fields };
  });
  const [users, tenants] = await Promise.all([
    attempt(async () => fieldsOfUsers(await usersOf(control))),
    attempt(() => tenantFields(control)),
  ]);
  return {
    setup: {
      version: 1,
      ...(!isError(defaults) && defaults),
      schemas: Object.fromEntries(texts),
      stations: Object.fromEntries(
        own.map((station) => [station.name, stationFields(station, attachments, groups)]),
      ),
      ...(!isError(tenants) && Object.keys(tenants).length > 0 && { tenants }),
      ...(!isError(users) && Object.keys(users).length > 0 && { users }),
    },
    missing: [
      ...(isError(defaults) ? [{ what: "defaults", error: defaults }] : []),
      ...(isError(users) ? [{ what: "users", error: users }] : []),
      ...(isError(tenants) ? [{ what: "tenants", error: tenants }] : []),
    ],
  };
}

async function attempt(ask: () => Promise<Values>): Promise<Values | Error> {
  try {
    return await ask();
  } catch (error) {
    if (error instanceof Error) return error;
    throw error;
  }
}

function isError(value: Values | Error): value is Error {
  return value instanceof Error;
}

async function schemaFields(
  control: ControlClient,
  { name: schema, format, compatibility }: Schema,
): Promise<Values> {
  const { text, messageName, references } = await control.call("schema.text", { schema }, {});
  return {
    format,
    compatibility,
    ...(messageName !== undefined && { message: messageName }),
    ...(references.length > 0 && { references }),
    text,
  };
}

function stationFields(
  { name, settings }: Station,
  attachments: readonly Attachment[],
  groups: readonly Group[],
): Values {
  const attachment = attachments.find((each) => each.station === name);
  const own = groups.filter((each) => each.isManaged && each.station === name);
  return {
    ...textsOf(stationSettings, settings as unknown as Values),
    ...(attachment !== undefined && { schema: attachmentFields(attachment) }),
    ...(own.length > 0 && {
      groups: Object.fromEntries(own.map((group) => [group.name, groupFields(group)])),
    }),
  };
}

function attachmentFields({ station: _, schema: name, ...more }: Attachment): Values {
  return { name, ...more };
}

function groupFields({ settings }: Group): Values {
  return {
    from: startText(settings.start),
    ...textsOf(groupSettings, settings as unknown as Values),
  };
}

function startText(start: Group["settings"]["start"]): string {
  switch (start.from) {
    case "beginning":
    case "now":
      return start.from;
    case "sequence":
      return `sequence:${start.sequence}`;
    case "time":
      return new Date(start.time).toISOString();
    case "last":
      return `last:${start.messages}`;
    case "lastPerKey":
      return "last-per-key";
  }
}

/** Those of the platform's own tenant are not told by it: they are `users` of the file. */
async function tenantFields(control: ControlClient): Promise<Values> {
  const tenants = await Array.fromAsync(control.list("tenant.list", {}));
  const fields: [string, Values][] = [];
  for (const tenant of tenants) {
    const isDefault = tenant.name === "default";
    const users = isDefault ? {} : fieldsOfUsers(await usersOf(control, tenant.name));
    const own = { ...quotaFields(tenant), ...(Object.keys(users).length > 0 && { users }) };
    if (!isDefault || Object.keys(own).length > 0) fields.push([tenant.name, own]);
  }
  return Object.fromEntries(fields);
}

/** Of the tenant that is there always only what somebody has changed. */
function quotaFields(tenant: Tenant): Values {
  const texts = textsOf(tenantSettings, tenant as unknown as Values);
  if (tenant.name !== "default") return texts;
  const isSet = ([, value]: [string, unknown]): boolean => value !== "none" && value !== "";
  return Object.fromEntries(Object.entries(texts).filter(isSet));
}

function fieldsOfUsers(users: readonly User[]): Values {
  return Object.fromEntries(
    users.map((user) => [
      user.name,
      {
        ...textsOf(userSettings, user as unknown as Values),
        ...(!user.hasPassword && { password: "none" }),
      },
    ]),
  );
}

function usersOf(control: ControlClient, tenant?: string): Promise<User[]> {
  return Array.fromAsync(control.list("user.list", tenant === undefined ? {} : { tenant }));
}
