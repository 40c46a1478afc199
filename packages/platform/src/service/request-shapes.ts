import {
  compatibilityModes,
  type OperationName,
  type RequestOf,
  type ResendElsewhere,
  type StationDeadLetters,
  type StationResend,
} from "oxbow/control";
import type { Place } from "oxbow/internal";
import { z } from "zod";
import { serviceLimits } from "./limits.ts";

/** Settings that those who use them check, field by field. */
function settings<Request>(): z.ZodType<Request> {
  return z.looseObject({}) as unknown as z.ZodType<Request>;
}

const number = z.int().min(1);
const name = z.string().min(1).max(255);
const nothing = z.strictObject({});
const pageFields = {
  after: z.string().max(1_024).exactOptional(),
  limit: z.int().min(1).max(serviceLimits.pageItemsMax).exactOptional(),
};
const search = { search: z.string().max(256).exactOptional() };
const ageMsMax = z.int().min(0).max(60_000).exactOptional();
const ofTenant = { tenant: z.string().min(1).max(64).exactOptional() };
const versionNumber = z.strictObject({ version: number });
const untilTime = z.iso.datetime({
  offset: true,
  error: 'write a time such as "2026-11-20T12:00:00Z"',
});

const historyRange = z.strictObject({
  from: untilTime.exactOptional(),
  to: untilTime.exactOptional(),
  stepMs: number.exactOptional(),
});
const resendId = z.strictObject({ id: z.string().min(1).max(64) });
/** The rest is checked by who carries it out. */
const resend = z.looseObject({
  filter: settings<StationDeadLetters>(),
  edit: z
    .strictObject({
      payload: z.string().exactOptional(),
      encoding: z.enum(["text", "base64"]).exactOptional(),
      headers: settings<Record<string, string | null>>().exactOptional(),
    })
    .exactOptional(),
  id: z.string().max(64).exactOptional(),
});

/** What each operation may be asked. */
export const requestShapes: { readonly [Name in OperationName]: z.ZodType<RequestOf<Name>> } = {
  "platform.info": nothing,
  "platform.caller": nothing,
  "platform.totals": z.strictObject({ ageMsMax }),
  "station.create": settings(),
  "station.list": z.strictObject({ ...pageFields, tag: name.exactOptional() }),
  "station.browse": z.strictObject({
    ...search,
    tags: z.array(z.string().max(64)).max(32).exactOptional(),
    names: z.array(z.string().max(255)).max(1_000).exactOptional(),
    sort: z.enum(["name", "messages", "bytes", "groups", "createdAt", "rate"]).exactOptional(),
    isDescending: z.boolean().exactOptional(),
    skip: z.int().min(0).exactOptional(),
    limit: pageFields.limit,
    ageMsMax,
  }),
  "station.get": nothing,
  "station.edit": settings(),
  "station.purge": z.strictObject({
    partition: number.exactOptional(),
    key: z.string().min(1).max(255).exactOptional(),
    isDryRun: z.boolean().exactOptional(),
  }),
  "station.removeMessage": z.strictObject({ partition: number, sequence: number }),
  "station.removeMessages": z.strictObject({
    messages: z
      .array(z.strictObject({ partition: number, sequence: number }))
      .min(1)
      .max(serviceLimits.messagesRemovedMax),
  }),
  "station.defaults": nothing,
  "station.setDefaults": settings(),
  "station.export": z.strictObject({
    format: z.enum(["ndjson", "csv"]),
    limit: z.int().min(1),
  }),
  "station.ensure": nothing,
  "station.delete": nothing,
  "group.create": settings(),
  "group.list": z.strictObject({
    ...pageFields,
    ...search,
    station: name.exactOptional(),
    group: name.exactOptional(),
  }),
  "group.get": nothing,
  "group.edit": settings(),
  "group.pause": z.strictObject({ until: untilTime }),
  "group.resume": nothing,
  "group.lag": nothing,
  "group.rewind": z.strictObject({
    to: settings<Place>(),
    partition: number.exactOptional(),
    isDryRun: z.boolean().exactOptional(),
  }),
  "group.delete": nothing,
  "platform.attention": nothing,
  "platform.metrics": z.strictObject(pageFields),
  "history.overview": historyRange,
  "history.station": historyRange,
  "history.group": historyRange,
  "producer.list": z.strictObject({ ...pageFields, station: name.exactOptional() }),
  "consumer.list": z.strictObject({
    ...pageFields,
    station: name.exactOptional(),
    group: name.exactOptional(),
  }),
  "message.journey": z.strictObject({ partition: number, sequence: number }),
  "lineage.graph": z.strictObject({ station: name.exactOptional() }),
  "schema.create": settings(),
  "schema.list": z.strictObject({ ...pageFields, ...search }),
  "schema.get": nothing,
  "schema.text": z.strictObject({ version: number.exactOptional() }),
  "schema.addVersion": settings(),
  "schema.check": settings(),
  "schema.diff": z.strictObject({ from: number, to: number }),
  "schema.try": settings(),
  "schema.generate": settings(),
  "schema.activate": versionNumber,
  "schema.setCompatibility": z.strictObject({ compatibility: z.enum(compatibilityModes) }),
  "schema.deleteVersion": versionNumber,
  "schema.delete": nothing,
  "attachment.set": settings(),
  "attachment.get": nothing,
  "attachment.list": z.strictObject({ ...pageFields, schema: name.exactOptional() }),
  "attachment.delete": nothing,
  "deadLetter.stations": z.strictObject(pageFields),
  "deadLetter.list": settings(),
  "deadLetter.count": settings(),
  "deadLetter.causes": settings(),
  "deadLetter.get": z.strictObject({ id: number }),
  "deadLetter.drop": z.strictObject({
    filter: settings<StationDeadLetters>(),
    isDryRun: z.boolean().exactOptional(),
  }),
  "deadLetter.resend": resend.extend({
    to: z.enum(["group", "station"]).exactOptional(),
  }) as unknown as z.ZodType<StationResend>,
  "deadLetter.resendElsewhere": resend.extend({
    to: settings(),
  }) as unknown as z.ZodType<ResendElsewhere>,
  "deadLetter.foreseeResend": resend.extend({
    to: z.enum(["group", "station"]).exactOptional(),
  }) as unknown as z.ZodType<StationResend>,
  "deadLetter.resends": z.strictObject(pageFields),
  "deadLetter.getResend": resendId,
  "deadLetter.cancelResend": resendId,
  "deadLetter.retention": nothing,
  "deadLetter.setRetention": settings(),
  "user.create": settings(),
  "user.list": z.strictObject({ ...pageFields, ...search, ...ofTenant }),
  "user.get": z.strictObject(ofTenant),
  "user.edit": settings(),
  "user.setPassword": z.strictObject({
    ...ofTenant,
    password: z.string().nullable().exactOptional(),
  }),
  "user.checkPassword": z.strictObject({ ...ofTenant, password: z.string().max(256) }),
  "user.changePassword": z.strictObject({
    current: z.string().min(1).max(256),
    password: z.string(),
  }),
  "user.addKey": settings(),
  "user.removeKey": z.strictObject({ ...ofTenant, id: z.string().min(1).max(64) }),
  "user.delete": z.strictObject(ofTenant),
  "tenant.create": settings(),
  "tenant.list": z.strictObject(pageFields),
  "tenant.get": nothing,
  "tenant.uses": z.strictObject({ ...pageFields, ...ofTenant }),
  "tenant.edit": settings(),
  "tenant.delete": nothing,
  "ingest.create": settings(),
  "ingest.list": z.strictObject(pageFields),
  "ingest.get": nothing,
  "ingest.edit": settings(),
  "ingest.rotate": settings(),
  "ingest.delete": nothing,
  "audit.query": settings(),
  "notification.createChannel": settings(),
  "notification.listChannels": z.strictObject(pageFields),
  "notification.getChannel": nothing,
  "notification.editChannel": settings(),
  "notification.deleteChannel": nothing,
  "notification.test": nothing,
  "notification.createRule": settings(),
  "notification.listRules": z.strictObject(pageFields),
  "notification.getRule": nothing,
  "notification.editRule": settings(),
  "notification.deleteRule": nothing,
  "notification.history": z.strictObject({
    channel: name.exactOptional(),
    rule: name.exactOptional(),
    outcome: z.enum(["waiting", "sent", "failed"]).exactOptional(),
    limit: pageFields.limit,
  }),
};
