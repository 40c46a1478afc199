import type {
  AccessKey,
  AccessKeyWithSecret,
  AuditAnswer,
  PasswordAnswer,
  PasswordChanged,
  Tenant,
  TenantUse,
  User,
  UserWithPassword,
} from "oxbow/control";
import { z } from "zod";
import { count, time } from "./common.ts";
import { named } from "./named.ts";

const accessKey: z.ZodType<AccessKey> = named(
  "AccessKey",
  z.object({
    id: z.string(),
    description: z.string(),
    createdAt: time,
    expiresAt: time.nullable(),
  }),
);

export const accessKeyWithSecret: z.ZodType<AccessKeyWithSecret> = named(
  "AccessKeyWithSecret",
  z.object({ accessKey, secret: z.string().describe("Told this once.") }),
);

export const user: z.ZodType<User> = named(
  "User",
  z.object({
    name: z.string(),
    tenant: z.string(),
    login: z.string().describe("What it is called when it connects."),
    type: z.enum(["application", "management"]),
    role: z.enum(["owner", "admin", "operator", "viewer"]).nullable(),
    read: z.array(z.string()),
    write: z.array(z.string()),
    description: z.string(),
    mayExport: z
      .boolean()
      .describe("Whether it may take messages away as a file, if its role may."),
    hasPassword: z.boolean(),
    keys: z.array(accessKey),
    isDisabled: z.boolean(),
    expiresAt: time.nullable(),
    createdAt: time,
  }),
);

export const userWithPassword: z.ZodType<UserWithPassword> = named(
  "UserWithPassword",
  z.object({ user, password: z.string().nullable().describe("Told this once.") }),
);

export const passwordAnswer: z.ZodType<PasswordAnswer> = named(
  "PasswordAnswer",
  z.object({ isSame: z.boolean().describe("Whether it is the one that the user has.") }),
);

export const passwordChanged: z.ZodType<PasswordChanged> = named(
  "PasswordChanged",
  z.object({ user: z.string().describe("Who comes in with it from now on.") }),
);

const quota = count.nullable().describe("`null` is any number.");

export const tenant: z.ZodType<Tenant> = named(
  "Tenant",
  z.object({
    name: z.string(),
    description: z.string(),
    createdAt: time.nullable(),
    streamsMax: quota,
    consumersMax: quota,
    storageBytesMax: quota,
    memoryBytesMax: quota,
    connectionsMax: quota,
    messagesPerSecondMax: quota,
    problems: z.array(z.string()).describe("That it is being deleted."),
  }),
);

export const tenantUse: z.ZodType<TenantUse> = named(
  "TenantUse",
  z.object({
    tenant: z.string(),
    streams: count,
    consumers: count,
    storageBytes: count.describe("Of its streams in files."),
    storageReservedBytes: count.describe("That they may take by limits of their own."),
    memoryBytes: count.describe("Of its streams in memory."),
    memoryReservedBytes: count,
    connections: count.describe("Of its users."),
  }),
);

const requester = named(
  "Requester",
  z.object({
    user: z.string(),
    account: z.string(),
    address: z.string(),
    connection: z.string(),
    clientId: count.nullable(),
  }),
);

export const auditAnswer: z.ZodType<AuditAnswer> = named(
  "AuditAnswer",
  z.object({
    entries: z.array(
      named(
        "AuditEntry",
        z.object({
          id: z.string(),
          sequence: count,
          operation: z.string(),
          names: z.record(z.string(), z.string()),
          who: requester.nullable(),
          request: z.unknown(),
          startedAt: time,
          endedAt: time.nullable(),
          outcome: z.enum(["done", "failed", "unknown"]),
          before: z.unknown(),
          after: z.unknown(),
          error: z.string().nullable(),
        }),
      ),
    ),
    next: count.nullable(),
  }),
);
