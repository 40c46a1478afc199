import { type Rule, ruleKinds } from "oxbow/control";
import { platformError } from "oxbow/internal";
import { z } from "zod";
import type { BucketPlace } from "../schemas/bucket.ts";
import { type DocumentKind, readDocument } from "../schemas/read-document.ts";

/** Where channels, with their secrets, and rules are kept. FORMAT.md says what the documents mean. */
export const notificationsPlace: BucketPlace = {
  name: "oxbow_notifications",
  description: "Channels and rules of notifications",
  busy: "NOTIFICATION_BUSY",
  unavailable: "NOTIFICATION_UNAVAILABLE",
};
export const notificationsBucketStream: string = `KV_${notificationsPlace.name}`;

/** Of this format. */
export const notificationsVersion = 1;

export const channelKeys = "channel.";
export const ruleKeys = "rule.";

/** Of a channel, with all that is secret of it. */
export type StoredTarget =
  | { readonly kind: "slack"; readonly url: string }
  | { readonly kind: "webhook"; readonly url: string; readonly secret: string }
  | {
      readonly kind: "email";
      readonly host: string;
      readonly port: number;
      readonly security: "tls" | "starttls" | "none";
      readonly user: string | null;
      readonly password: string | null;
      readonly from: string;
      readonly to: readonly string[];
    }
  | { readonly kind: "station"; readonly station: string };

export type StoredEmail = Extract<StoredTarget, { readonly kind: "email" }>;

export interface ChannelDocument {
  readonly version: 1;
  readonly description: string;
  readonly to: StoredTarget;
  readonly perMinuteMax: number;
  readonly isPaused: boolean;
  readonly createdAt: string;
}

export interface RuleDocument extends Omit<Rule, "name"> {
  readonly version: 1;
}

const target: z.ZodType<StoredTarget> = z.discriminatedUnion("kind", [
  z.strictObject({ kind: z.literal("slack"), url: z.string() }),
  z.strictObject({ kind: z.literal("webhook"), url: z.string(), secret: z.string() }),
  z.strictObject({
    kind: z.literal("email"),
    host: z.string(),
    port: z.int(),
    security: z.enum(["tls", "starttls", "none"]),
    user: z.string().nullable(),
    password: z.string().nullable(),
    from: z.string(),
    to: z.array(z.string()),
  }),
  z.strictObject({ kind: z.literal("station"), station: z.string() }),
]);
const channelDocument: z.ZodType<ChannelDocument> = z.strictObject({
  version: z.literal(notificationsVersion),
  description: z.string(),
  to: target,
  perMinuteMax: z.int().min(1),
  isPaused: z.boolean(),
  createdAt: z.string(),
});
const countOrNull = z.int().min(0).nullable();
const ruleDocument: z.ZodType<RuleDocument> = z.strictObject({
  version: z.literal(notificationsVersion),
  description: z.string(),
  when: z.enum(ruleKinds),
  channels: z.array(z.string()),
  stations: z.array(z.string()),
  groups: z.array(z.string()),
  lagMessagesMax: countOrNull,
  lagMsMax: countOrNull,
  idleMs: countOrNull,
  fullPercent: countOrNull,
  quietMs: z.int().min(0),
  isPaused: z.boolean(),
  createdAt: z.string(),
});

const kind: DocumentKind = {
  bucket: notificationsPlace.name,
  version: notificationsVersion,
  unreadable: "NOTIFICATION_UNREADABLE",
  remedy: "delete it and make it again",
};

/** @throws OxbowError `NOTIFICATION_UNREADABLE` */
export function readChannelDocument(key: string, text: string): ChannelDocument {
  return read(channelDocument, key, text);
}

/** @throws OxbowError `NOTIFICATION_UNREADABLE` */
export function readRuleDocument(key: string, text: string): RuleDocument {
  return read(ruleDocument, key, text);
}

function read<Document>(shape: z.ZodType<Document>, key: string, text: string): Document {
  try {
    JSON.parse(text);
  } catch {
    // The text of the error would show some of what stands there, which may be secret.
    const message = `${key} in the bucket ${kind.bucket} is not JSON: ${kind.remedy}`;
    throw platformError(kind.unreadable, message);
  }
  return readDocument(kind, shape, key, text);
}
