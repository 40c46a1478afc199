import { readFile } from "node:fs/promises";
import { dirname, resolve } from "node:path";
import type { GroupStart } from "oxbow";
import type { AttachmentRequest, SchemaRequest } from "oxbow/control";
import { parseDocument } from "yaml";
import { CommandFailure, oneLine } from "../failures.ts";
import { start } from "../platform/values.ts";
import { groupSettings, stationSettings, unknownKey, type Values, valuesOf } from "./settings.ts";

/** A schema as a file wants it. */
export interface WantedSchema {
  readonly name: string;
  readonly request: SchemaRequest & { readonly text: string };
}

/** A group as a file wants it; what is left out stays as it is. */
export interface WantedGroup {
  readonly name: string;
  readonly values: Values;
  readonly start: GroupStart | undefined;
}

/** A station as a file wants it; what is left out stays as it is. */
export interface WantedStation {
  readonly name: string;
  readonly values: Values;
  /** `null` for none. */
  readonly attachment: AttachmentRequest | null | undefined;
  readonly groups: readonly WantedGroup[];
}

/** What a file wants there to be. */
export interface Setup {
  readonly schemas: readonly WantedSchema[];
  readonly stations: readonly WantedStation[];
}

type Fields = Readonly<Record<string, unknown>>;

const schemaFields = ["format", "compatibility", "file", "text", "message", "references"];

/**
 * Reads what a file wants. Names of other files in it are relative to it.
 *
 * @param path - Its name, for which files are relative to.
 * @throws CommandFailure naming the place
 */
export async function readSetup(text: string, path: string): Promise<Setup> {
  const document = parseDocument(text, { prettyErrors: true, uniqueKeys: true });
  const [error] = document.errors;
  if (error !== undefined) {
    throw new CommandFailure(`${path} is no YAML: ${oneLine(error.message)}`, { cause: error });
  }
  const { version, schemas, stations, ...unknown } = fieldsOf(document.toJS() ?? {}, path);
  const [key] = Object.keys(unknown);
  if (key !== undefined) throw unknownKey(key, ["version", "schemas", "stations"], path);
  if (version !== undefined && version !== 1) {
    throw new CommandFailure(`${path} is of version ${JSON.stringify(version)}, and 1 is known`);
  }
  const directory = dirname(path);
  return {
    schemas: await Promise.all(
      Object.entries(fieldsOf(schemas ?? {}, "schemas")).map(([name, given]) =>
        readSchema(name, fieldsOf(given, `schemas.${name}`), directory),
      ),
    ),
    stations: Object.entries(fieldsOf(stations ?? {}, "stations")).map(([name, given]) =>
      readStation(name, fieldsOf(given ?? {}, `stations.${name}`)),
    ),
  };
}

async function readSchema(name: string, given: Fields, directory: string): Promise<WantedSchema> {
  const where = `schemas.${name}`;
  for (const key of Object.keys(given)) {
    if (!schemaFields.includes(key)) throw unknownKey(key, schemaFields, where);
  }
  const { file, text, message, format, ...more } = given;
  if ((file === undefined) === (text === undefined)) {
    throw new CommandFailure(`${where}: write file or text, one of the two`);
  }
  const request = {
    ...more,
    ...(message !== undefined && { messageName: message }),
    format,
    text: file === undefined ? textField(text, `${where}.text`) : await readText(file, where),
  };
  // The platform checks it, field by field.
  return { name, request: request as SchemaRequest & { readonly text: string } };

  async function readText(named: unknown, place: string): Promise<string> {
    const path = resolve(directory, textField(named, `${place}.file`));
    try {
      return await readFile(path, "utf8");
    } catch (error) {
      const reason = (error as Error).message;
      throw new CommandFailure(`${place}.file: ${path} can't be read: ${reason}`, { cause: error });
    }
  }
}

function readStation(name: string, given: Fields): WantedStation {
  const where = `stations.${name}`;
  const { schema, groups, ...settings } = given;
  return {
    name,
    values: valuesOf(stationSettings, settings, where),
    attachment: readAttachment(schema, `${where}.schema`),
    groups: Object.entries(fieldsOf(groups ?? {}, `${where}.groups`)).map(([group, fields]) =>
      readGroup(group, fieldsOf(fields ?? {}, `${where}.groups.${group}`), where),
    ),
  };
}

/** The name of a schema, `none`, or a map with the name in `name`. */
function readAttachment(given: unknown, where: string): AttachmentRequest | null | undefined {
  if (given === undefined) return undefined;
  if (given === "none") return null;
  if (typeof given === "string") return { schema: given };
  const { name, ...more } = fieldsOf(given, where);
  const known = ["mode", "version", "encoding"];
  for (const key of Object.keys(more)) {
    if (!known.includes(key)) throw unknownKey(key, ["name", ...known], where);
  }
  return { ...more, schema: textField(name, `${where}.name`) };
}

function readGroup(name: string, { from, ...settings }: Fields, where: string): WantedGroup {
  const place = `${where}.groups.${name}`;
  return {
    name,
    values: valuesOf(groupSettings, settings, place),
    start: from === undefined ? undefined : startOf(from, place),
  };
}

function startOf(given: unknown, where: string): GroupStart {
  try {
    return start(textField(given, `${where}.from`));
  } catch (error) {
    throw new CommandFailure(`${where}.from: ${(error as Error).message}`, { cause: error });
  }
}

function fieldsOf(value: unknown, where: string): Fields {
  const isMap = typeof value === "object" && value !== null && !Array.isArray(value);
  if (isMap) return value as Fields;
  throw new CommandFailure(`${where}: expected a map, not ${JSON.stringify(value)}`);
}

function textField(value: unknown, where: string): string {
  if (typeof value === "string") return value;
  throw new CommandFailure(`${where}: expected text, not ${JSON.stringify(value) ?? "nothing"}`);
}
