import { generateSchema } from "@oxbow/gate";
import type { Requester, SchemaBreak as TellableBreak } from "oxbow/control";
import { platformError } from "oxbow/internal";
import { describeBreak, type SchemaBreak } from "../schemas/compatibility.ts";
import { readGenerateRequest, readTryRequest } from "../schemas/requests.ts";
import { schemaName } from "../schemas/schema-name.ts";
import { tryOut } from "../schemas/schema-trial.ts";
import type { Schemas } from "../schemas/schemas.ts";
import type { Handlers, OperationsOf } from "./handler.ts";
import { isNamed, pageOf } from "./pages.ts";
import type { Rooms } from "./rooms.ts";

export const schemaHandlers: Handlers<OperationsOf<"schema">> = {
  "schema.create": async ({ rooms, names, request }) =>
    (await rooms.schemas()).create(names.schema, request),

  "schema.list": async ({ rooms, request, answerBytesMax }) => {
    const schemas = (await (await rooms.schemasIfAny())?.list()) ?? [];
    return pageOf(schemas.filter(isNamed(request)), ({ name }) => name, request, answerBytesMax);
  },

  "schema.get": async ({ rooms, names }) =>
    (await schemasWith(rooms, names.schema)).get(names.schema),

  "schema.text": async ({ rooms, names, request }) => {
    const schemas = await schemasWith(rooms, names.schema);
    const { name, format, activeVersion, versions } = await schemas.get(names.schema);
    const version = request.version ?? activeVersion;
    if (version === undefined) {
      throw platformError("SCHEMA_NOT_FOUND", `schema ${name} has no version yet: add one first`);
    }
    const { text } = await schemas.definition(name, version);
    const found = versions.find(({ number }) => number === version);
    const { messageName, references = [] } = found ?? {};
    return { name, format, version, text, messageName, references };
  },

  "schema.addVersion": async ({ rooms, who, names, request }) => {
    const { isActivated = false, ...version } = request;
    if (typeof isActivated !== "boolean") {
      throw platformError("SCHEMA_INVALID", "isActivated: write true or false");
    }
    const schemas = await schemasWith(rooms, names.schema);
    if (isActivated) await requireFollowers(rooms, who, schemas, names.schema);
    return schemas.addVersion(names.schema, version, { isActivated });
  },

  "schema.check": async ({ rooms, names, request }) => {
    const schemas = await schemasWith(rooms, names.schema);
    return { breaks: (await schemas.check(names.schema, request)).map(tellable) };
  },

  "schema.diff": async ({ rooms, names, request: { from, to } }) => {
    const schemas = await schemasWith(rooms, names.schema);
    const { breaks, ...diff } = await schemas.diff(names.schema, from, to);
    return { ...diff, breaks: breaks.map(tellable) };
  },

  "schema.try": async ({ rooms, names, request }) => {
    const schemas = await rooms.schemasIfAny();
    if (schemas !== undefined) return schemas.try(names.schema, request);
    return tryOut(undefined, schemaName(names.schema), readTryRequest(request));
  },

  "schema.generate": ({ request }) => {
    const { format, samples, name } = readGenerateRequest(request);
    return Promise.resolve({ format, text: generateSchema(format, samples, name) });
  },

  "schema.activate": async ({ rooms, who, names, request }) => {
    const schemas = await schemasWith(rooms, names.schema);
    await requireFollowers(rooms, who, schemas, names.schema);
    return schemas.activate(names.schema, request.version);
  },

  "schema.setCompatibility": async ({ rooms, names, request }) => {
    const schemas = await schemasWith(rooms, names.schema);
    return schemas.setCompatibility(names.schema, request.compatibility);
  },

  "schema.deleteVersion": async ({ rooms, names, request }) => {
    const schemas = await rooms.schemasIfAny();
    const isDeleted = await schemas?.deleteVersion(names.schema, request.version);
    return { isDeleted: isDeleted ?? false };
  },

  "schema.delete": async ({ rooms, names }) => {
    const schemas = await rooms.schemasIfAny();
    return { isDeleted: (await schemas?.delete(names.schema)) ?? false };
  },
};

export const attachmentHandlers: Handlers<OperationsOf<"attachment">> = {
  "attachment.set": async ({ rooms, names, request }) => {
    // Without a station there is nothing to say about its schema.
    await (await rooms.stations()).get(names.station);
    const { schema } = request;
    const schemas = await schemasWith(rooms, typeof schema === "string" ? schema : "");
    return schemas.attach(names.station, request);
  },

  "attachment.get": async ({ rooms, names }) => {
    const schemas = await rooms.schemasIfAny();
    return { attachment: (await schemas?.attachment(names.station)) ?? null };
  },

  "attachment.list": async ({ rooms, who, request, answerBytesMax }) => {
    const isVisible = await rooms.visibleTo(who, "see");
    const schemas = await rooms.schemasIfAny();
    const all = (await schemas?.attachments(request.schema)) ?? [];
    const attachments = all.filter(({ station }) => isVisible(station));
    return pageOf(attachments, ({ station }) => station, request, answerBytesMax);
  },

  "attachment.delete": async ({ rooms, names }) => {
    const schemas = await rooms.schemasIfAny();
    return { isDeleted: (await schemas?.detach(names.station)) ?? false };
  },
};

/**
 * Another active version changes what the stations take that follow it: who asks must be one who may change them.
 *
 * @throws OxbowError `ACCESS_DENIED`
 */
async function requireFollowers(
  rooms: Rooms,
  who: Requester | null,
  schemas: Schemas,
  name: string,
): Promise<void> {
  const accounts = rooms.accountsIfAny();
  if (accounts === undefined || who === null) return;
  for (const { station, version } of await schemas.attachments(name)) {
    if (version === "active") await accounts.requireRight(who, "edit", station);
  }
}

/** @throws OxbowError `SCHEMA_NOT_FOUND` if there is no schema at all, `SCHEMA_INVALID` */
async function schemasWith(rooms: Rooms, name: string): Promise<Schemas> {
  const schemas = await rooms.schemasIfAny();
  if (schemas !== undefined) return schemas;
  const message = `there is no schema ${schemaName(name)}: create it first`;
  throw platformError("SCHEMA_NOT_FOUND", message);
}

function tellable(found: SchemaBreak): TellableBreak {
  const { version, direction, path, message } = found;
  return { version, direction, path, message, description: describeBreak(found) };
}
