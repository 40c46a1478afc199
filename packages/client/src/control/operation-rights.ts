import type { Right } from "./rights.ts";

/**
 * The right that each operation of the control API takes. One that is not here is for admins of all stations, such as one
 * that names another station in its request (`deadLetter.resendElsewhere`), where no permission of subjects sees it. Who
 * adds an operation decides here who else may ask for it.
 */
const operationRights: Readonly<Record<string, Right>> = {
  "platform.info": "ask",
  "platform.caller": "ask",
  "station.create": "create",
  "station.list": "ask",
  "station.get": "see",
  "station.edit": "edit",
  "station.purge": "purge",
  "station.removeMessage": "purge",
  "station.removeMessages": "purge",
  "station.defaults": "ask",
  "station.ensure": "publish",
  "station.delete": "delete",
  "group.create": "consume",
  "group.list": "ask",
  "producer.list": "ask",
  "consumer.list": "ask",
  "group.get": "see",
  "group.lag": "see",
  "group.edit": "manageGroups",
  "group.pause": "manageGroups",
  "group.resume": "manageGroups",
  "group.rewind": "manageGroups",
  "group.delete": "manageGroups",
  "schema.list": "ask",
  "schema.get": "ask",
  "schema.text": "ask",
  "schema.check": "ask",
  "schema.diff": "ask",
  "schema.try": "ask",
  "schema.generate": "ask",
  "schema.create": "manageSchemas",
  "schema.addVersion": "manageSchemas",
  "schema.activate": "manageSchemas",
  "schema.setCompatibility": "manageSchemas",
  "schema.deleteVersion": "manageSchemas",
  "schema.delete": "manageSchemas",
  "attachment.list": "ask",
  "attachment.get": "see",
  "attachment.set": "edit",
  "attachment.delete": "edit",
  "deadLetter.stations": "ask",
  "deadLetter.list": "readDeadLetters",
  "deadLetter.count": "readDeadLetters",
  "deadLetter.get": "readDeadLetters",
  "deadLetter.resends": "readDeadLetters",
  "deadLetter.getResend": "readDeadLetters",
  "deadLetter.drop": "purge",
  "deadLetter.resend": "resend",
  "deadLetter.foreseeResend": "resend",
  "deadLetter.cancelResend": "resend",
  "deadLetter.retention": "ask",
  "user.create": "admin",
  "user.list": "admin",
  "user.get": "admin",
  "user.edit": "admin",
  "user.setPassword": "admin",
  "user.checkPassword": "admin",
  "user.addKey": "admin",
  "user.removeKey": "admin",
  "user.delete": "admin",
  "audit.query": "admin",
  "notification.listChannels": "seeNotifications",
  "notification.getChannel": "seeNotifications",
  "notification.listRules": "seeNotifications",
  "notification.getRule": "seeNotifications",
  "notification.history": "seeNotifications",
  "tenant.create": "own",
  "tenant.list": "own",
  "tenant.get": "own",
  "tenant.edit": "own",
  "tenant.delete": "own",
};

/**
 * What an operation takes; `everywhere` is to be an admin of all stations. Lists everybody may ask for: they tell of what
 * who asks may see, and of nothing else.
 */
export function rightOf(operation: string): Right | "everywhere" {
  return operationRights[operation] ?? "everywhere";
}
