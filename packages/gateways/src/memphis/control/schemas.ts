import { OxbowError } from "@oxbow/base";
import { z } from "zod";
import type { ClientSchemas } from "../client-platform.ts";
import type { ControlContext } from "./context.ts";
import { memphisName } from "./names.ts";
import { readRequest } from "./read-request.ts";
import { Refusal } from "./refusal.ts";

const formats = ["json", "avro", "protobuf", "graphql"] as const;
const creationShape = z.object({
  name: z.string(),
  type: z.string(),
  schema_content: z.string(),
  message_struct_name: z.string().nullish(),
});
const attachmentShape = z.object({ name: z.string(), station_name: z.string() });
const detachmentShape = z.object({ station_name: z.string() });

const invalid = ["SCHEMA_INVALID", "SCHEMA_REFERENCE_MISSING"];

type CreationRequest = z.infer<typeof creationShape>;

/** Makes a schema, or adds a version to one, which is not the active one until it is activated. */
export async function createSchema({ platform }: ControlContext, body: Buffer): Promise<string> {
  const request = readRequest(creationShape, body);
  const name = memphisName("Schema", request.name);
  const format = formats.find((each) => each === request.type);
  if (format === undefined) throw new Refusal("unsupported schema type");
  const schemas = await platform.schemas();
  const version = {
    text: request.schema_content,
    ...(request.message_struct_name ? { messageName: request.message_struct_name } : {}),
  };
  try {
    const existing = await schemas.find(name);
    if (existing === undefined) {
      // Memphis compares no versions with each other.
      await schemas.create(name, { format, compatibility: "none", ...version });
    } else if (existing.format !== format) {
      throw new Refusal(`${name} already exist with type - ${existing.format}`);
    } else {
      await addVersion(schemas, name, version);
    }
  } catch (error) {
    throw explained(error, request);
  }
  return JSON.stringify({ error: "" });
}

export async function attachSchema(context: ControlContext, body: Buffer): Promise<string> {
  const request = readRequest(attachmentShape, body);
  const station = memphisName("Station", request.station_name);
  await attach(context, station, memphisName("Schema", request.name));
  return "";
}

export async function detachSchema(context: ControlContext, body: Buffer): Promise<string> {
  const request = readRequest(detachmentShape, body);
  const station = memphisName("Station", request.station_name);
  if ((await (await context.platform.stations()).find(station)) === undefined) {
    throw new Refusal(`station ${station} does not exist`);
  }
  await (await context.platform.schemas()).detach(station);
  await context.news.refresh(station);
  return "";
}

/** Has a station enforce a schema, and tells everybody who produces to it. */
export async function attach(
  { platform, news }: ControlContext,
  station: string,
  name: string,
): Promise<void> {
  const schemas = await platform.schemas();
  if ((await (await platform.stations()).find(station)) === undefined) {
    throw new Refusal(`memphis: Station ${station} does not exist`);
  }
  const schema = await schemas.find(name);
  if (schema === undefined) throw new Refusal(`Schema ${name} does not exist`);
  // SDKs of Memphis write messages of Avro as JSON.
  const isAvro = schema.format === "avro";
  await schemas.attach(station, {
    schema: name,
    mode: "enforce",
    ...(isAvro && { encoding: "json" as const }),
  });
  await news.refresh(station);
}

async function addVersion(
  schemas: ClientSchemas,
  name: string,
  version: { readonly text: string; readonly messageName?: string },
): Promise<void> {
  const before = (await schemas.get(name)).versions.map(({ number }) => number);
  const { number } = await schemas.addVersion(name, version);
  if (before.includes(number)) {
    throw new Refusal(`${name} already exists in the db with the same schema content`);
  }
}

/** What SDKs show for a text that can't be compiled. */
function explained(error: unknown, { type }: CreationRequest): unknown {
  if (!(error instanceof OxbowError) || !invalid.includes(error.code)) return error;
  const what = { json: "json schema", protobuf: "Proto file", avro: "Avro file" }[type];
  return new Refusal(`your ${what ?? "schema content"} is invalid: ${error.message}`);
}
