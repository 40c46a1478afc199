import { randomBytes } from "node:crypto";
import {
  type ChannelChanges,
  type ChannelRequest,
  type RuleChanges,
  type RuleRequest,
  ruleKinds,
} from "oxbow/control";
import { platformError, stationName } from "oxbow/internal";
import { z } from "zod";
import { type Given, read } from "../users/requests.ts";
import { isStationPattern } from "../users/station-pattern.ts";
import type { RuleDocument, StoredEmail, StoredTarget } from "./documents.ts";
import { notificationLimits } from "./limits.ts";

const { patternsMax, descriptionCharsMax, recipientsMax, ruleChannelsMax, quietMsMax } =
  notificationLimits;
const urlCharsMax = 2_048;
const textCharsMax = 255;
const secretPrefix = "whsec_";
const secretBytesMin = 24;
const secretBytesMax = 64;
const dayMs = 86_400_000;

const url = z
  .string()
  .max(urlCharsMax)
  .refine(isWebUrl, "write an address of a web server without user and password: https://…");
const secret = z
  .string()
  .refine(isSecret, `write ${secretPrefix} and ${secretBytesMin} to 64 bytes as base64`);
const line = z
  .string()
  .min(1)
  .max(textCharsMax)
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is refused.
  .regex(/^[^\u0000-\u001f\u007f]*$/, "write one line");
const address = line.regex(
  /^[^\s@<>,;"]+@[^\s@<>,;"]+$/,
  "write an address such as ops@example.com",
);
const target = z.discriminatedUnion("kind", [
  z.strictObject({ kind: z.literal("slack"), url }),
  z.strictObject({ kind: z.literal("webhook"), url, secret: secret.exactOptional() }),
  z.strictObject({
    kind: z.literal("email"),
    host: line.regex(/^[A-Za-z0-9.:_-]+$/, "write the name or address of a server of mail"),
    port: z.int().min(1).max(65_535).exactOptional(),
    security: z.enum(["tls", "starttls", "none"]).exactOptional(),
    user: line.nullable().exactOptional(),
    password: z.string().min(1).max(urlCharsMax).nullable().exactOptional(),
    from: address,
    to: z.array(address).min(1).max(recipientsMax),
  }),
  z.strictObject({ kind: z.literal("station"), station: z.string() }),
]);
const channelFields = {
  description: z.string().max(descriptionCharsMax).exactOptional(),
  perMinuteMax: z.int().min(1).max(notificationLimits.perMinuteMax).exactOptional(),
  isPaused: z.boolean().exactOptional(),
};
/** What a channel may be asked to be. */
export const channelRequestShape: z.ZodType = z.strictObject({ ...channelFields, to: target });
const kinds = ["slack", "webhook", "email", "station"] as const;
const channelRequest = z.strictObject({ ...channelFields, to: z.looseObject({}) });
const channelChanges = z.strictObject({
  ...channelFields,
  to: z.looseObject({ kind: z.enum(kinds) }).exactOptional(),
});
/** What of a channel may be changed; of `to` what is given. */
export const channelChangesShape: z.ZodType = channelChanges;
const pattern = z
  .string()
  .refine(isStationPattern, 'write a name, with "*" for any characters: "prod.*"');
const patterns = z.array(pattern).min(1).max(patternsMax).exactOptional();
const bound = z.int().min(1).nullable().exactOptional();
const ruleFields = {
  channels: z.array(z.string()).min(1).max(ruleChannelsMax),
  stations: patterns,
  groups: patterns,
  lagMessagesMax: bound,
  lagMsMax: bound,
  idleMs: z
    .int()
    .min(1_000)
    .max(365 * dayMs)
    .exactOptional(),
  fullPercent: z.int().min(1).max(100).exactOptional(),
  quietMs: z.int().min(0).max(quietMsMax).exactOptional(),
  description: z.string().max(descriptionCharsMax).exactOptional(),
  isPaused: z.boolean().exactOptional(),
};
/** What a rule may be asked to be, and what of it may be changed. */
const ruleRequest = z.strictObject({ when: z.enum(ruleKinds), ...ruleFields });
const ruleChanges = z.strictObject(ruleFields).partial();
export const ruleRequestShape: z.ZodType = ruleRequest;
export const ruleChangesShape: z.ZodType = ruleChanges;

const invalid = "NOTIFICATION_INVALID";

/** A target that is to be kept, and the secret that was made for it just now. */
export interface MadeTarget {
  readonly to: StoredTarget;
  readonly newSecret: string | null;
}

export type ChannelFields = Given<Omit<ChannelRequest, "to">>;

/** @throws OxbowError `NOTIFICATION_INVALID` */
export function readChannelRequest(request: ChannelRequest): MadeTarget & {
  readonly fields: ChannelFields;
} {
  const { to, ...fields } = read(channelRequest, request, invalid);
  return { ...madeTarget(to ?? {}, undefined), fields };
}

/** @throws OxbowError `NOTIFICATION_INVALID` */
export function readChannelChanges(
  changes: ChannelChanges,
  before: StoredTarget,
): MadeTarget & { readonly fields: ChannelFields } {
  const { to, ...fields } = read(channelChanges, changes, invalid);
  if (to === undefined) return { to: before, newSecret: null, fields };
  if (to.kind !== before.kind) {
    const message = `to.kind: the channel is one of ${before.kind}: make another one for ${to.kind}`;
    throw platformError(invalid, message);
  }
  return { ...madeTarget(to, before), fields };
}

/** With what it does not say from before; a secret that is `null` is made anew. */
function madeTarget(
  asked: Readonly<Record<string, unknown>>,
  before: StoredTarget | undefined,
): MadeTarget {
  const isNewSecret = asked["kind"] === "webhook" && asked["secret"] === null;
  const { secret: _, ...others } = asked;
  const merged = { ...before, ...(isNewSecret ? { ...others, secret: newSecret() } : asked) };
  const wrapped = read(z.strictObject({ to: target }), { to: merged }, invalid);
  const to = wrapped.to as z.infer<typeof target>;
  switch (to.kind) {
    case "webhook": {
      const { url: place, secret: given = newSecret() } = to;
      const isMade = isNewSecret || to.secret === undefined;
      const stored = { kind: to.kind, url: place, secret: given };
      return { to: stored, newSecret: isMade ? given : null };
    }
    case "email":
      return { to: emailOf(to, asked, before), newSecret: null };
    case "station":
      return { to: { ...to, station: stationName(to.station) }, newSecret: null };
    default:
      return { to, newSecret: null };
  }
}

function emailOf(
  {
    security = "starttls",
    port = security === "tls" ? 465 : 587,
    user = null,
    password = null,
    ...rest
  }: Extract<z.infer<typeof target>, { readonly kind: "email" }>,
  asked: Readonly<Record<string, unknown>>,
  before: StoredTarget | undefined,
): StoredEmail {
  const email: StoredEmail = { ...rest, security, port, user, password };
  if ((user === null) !== (password === null)) {
    throw platformError(invalid, "to: give both a user and a password, or none of the two");
  }
  if (before?.kind !== "email" || before.password === null) return email;
  const isElsewhere = (["host", "port", "security"] as const).some(
    (field) => email[field] !== before[field],
  );
  // Else who may change a channel could have its password sent to a server of his own.
  if (isElsewhere && asked["password"] === undefined) {
    const message = "to.password: it is for another server now: give the password again, or null";
    throw platformError(invalid, message);
  }
  return email;
}

/** @throws OxbowError `NOTIFICATION_INVALID` */
export function readRuleRequest(request: RuleRequest): Omit<RuleDocument, "version" | "createdAt"> {
  const given = read(ruleRequest, request, invalid);
  const { when = "deadLetter", channels = [] } = given;
  return settled({ when, description: "", isPaused: false, ...defaults, ...given, channels });
}

/** @throws OxbowError `NOTIFICATION_INVALID` */
export function readRuleChanges(changes: RuleChanges, before: RuleDocument): RuleDocument {
  const { version, createdAt, ...rest } = before;
  const given = read(ruleChanges, changes, invalid) as Given<RuleChanges>;
  return { version, createdAt, ...settled({ ...rest, ...given }) };
}

const defaults = {
  stations: ["*"],
  groups: ["*"],
  lagMessagesMax: null,
  lagMsMax: null,
  idleMs: null,
  fullPercent: null,
  quietMs: notificationLimits.quietMsDefault,
} as const;

type RuleSettings = Omit<RuleDocument, "version" | "createdAt">;

/** With each setting only where it means something: what would be without effect is refused. */
function settled(rule: RuleSettings): RuleSettings {
  const { when, lagMessagesMax, lagMsMax, idleMs, fullPercent } = rule;
  const refuse = (name: string, wanted: RuleDocument["when"], value: unknown): void => {
    if (value === null || when === wanted) return;
    throw platformError(
      invalid,
      `${name}: it is for rules of ${wanted}, and this one is of ${when}`,
    );
  };
  refuse("lagMessagesMax", "groupLag", lagMessagesMax);
  refuse("lagMsMax", "groupLag", lagMsMax);
  refuse("idleMs", "stationIdle", idleMs);
  refuse("fullPercent", "storageFilling", fullPercent);
  if (when === "groupLag" && lagMessagesMax === null && lagMsMax === null) {
    throw platformError(invalid, "say how far a group may be behind: lagMessagesMax or lagMsMax");
  }
  if (when === "stationIdle" && idleMs === null) {
    throw platformError(invalid, "idleMs: say how long a station may take nothing");
  }
  const isAny = (names: readonly string[]): boolean => names.length === 1 && names[0] === "*";
  if (!isAny(rule.groups) && !hasGroups(when)) {
    throw platformError(invalid, `groups: rules of ${when} are not about groups`);
  }
  if (!isAny(rule.stations) && when === "engineUnhealthy") {
    throw platformError(invalid, `stations: rules of ${when} are not about stations`);
  }
  const percent = fullPercent ?? notificationLimits.fullPercentDefault;
  return {
    ...rule,
    channels: [...new Set(rule.channels.map(notificationName))],
    fullPercent: when === "storageFilling" ? percent : null,
  };
}

function hasGroups(when: RuleDocument["when"]): boolean {
  return when === "deadLetter" || when === "groupLag" || when === "consumerGone";
}

/**
 * The name of a channel or a rule as it is kept: in lower case.
 *
 * @param name - 1 to 64 letters, digits, `_` and `-`, with a letter or digit first and last.
 * @throws OxbowError `NOTIFICATION_INVALID`
 */
export function notificationName(name: string): string {
  const lower = name.toLowerCase();
  if (/^[a-z0-9](?:[a-z0-9_-]{0,62}[a-z0-9])?$/.test(lower)) return lower;
  const message = `${JSON.stringify(name)} is no name for a channel or a rule: use up to 64 letters, digits, "_" and "-", with a letter or digit first and last`;
  throw platformError(invalid, message);
}

function newSecret(): string {
  return `${secretPrefix}${randomBytes(32).toString("base64")}`;
}

function isSecret(text: string): boolean {
  if (!text.startsWith(secretPrefix)) return false;
  const base64 = text.slice(secretPrefix.length);
  const bytes = Buffer.from(base64, "base64");
  const isExact = bytes.toString("base64") === base64;
  return isExact && bytes.length >= secretBytesMin && bytes.length <= secretBytesMax;
}

function isWebUrl(text: string): boolean {
  const parsed = URL.parse(text);
  if (parsed === null || (parsed.protocol !== "https:" && parsed.protocol !== "http:"))
    return false;
  return parsed.username === "" && parsed.password === "" && parsed.hash === "";
}
