import { readFile } from "node:fs/promises";
import { dirname, resolve } from "node:path";
import type { GroupStart } from "oxbow";
import type { AttachmentRequest, SchemaRequest } from "oxbow/control";
import { parseDocument } from "yaml";
import { CommandFailure, oneLine } from "../failures.ts";
import { start } from "../platform/values.ts";
import { type Fields, fieldsOf, namedFields, requireKnown, textField } from "./fields.ts";
import { groupSettings, stationSettings, type Values, valuesOf } from "./settings.ts";
import { readTenants, readUsers, type WantedTenant, type WantedUser } from "./setup-accounts.ts";

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
  /** `undefined` where the file does not speak of its groups. */
  readonly groups: readonly WantedGroup[] | undefined;
}

/** What stations are to be like where nobody says so; what is left out stays as it is. */
export interface WantedDefaults {
  readonly values: Values;
  readonly isAutoCreated: boolean | undefined;
}

/** What a file wants there to be; `undefined` is what it does not speak of. */
export interface Setup {
  readonly defaults: WantedDefaults | undefined;
  readonly schemas: readonly WantedSchema[] | undefined;
  readonly stations: readonly WantedStation[] | undefined;
  readonly tenants: readonly WantedTenant[] | undefined;
  /** Of the tenant of who applies it. */
  readonly users: readonly WantedUser[] | undefined;
}

const sections = ["version", "defaults", "schemas", "stations", "tenants", "users"];
const schemaFields = ["format", "compatibility", "file", "text", "message", "references"];

/**
 * Reads what a file wants, and the files that it names: their names are relative to it.
 *
 * @param path - Its name, for which files are relative to.
 * @param environment - Where passwords may be.
 * @throws CommandFailure naming the place
 */
export async function readSetup(
  text: string,
  path: string,
  environment: Readonly<Record<string, string | undefined>> = process.env,
): Promise<Setup> {
  const document = parseDocument(text, { prettyErrors: true, uniqueKeys: true });
  const [error] = document.errors;
  if (error !== undefined) {
    throw new CommandFailure(`${path} is no YAML: ${oneLine(error.message)}`, { cause: error });
  }
  const given = fieldsOf(document.toJS(), path);
  requireKnown(given, sections, path);
  const { version, defaults, schemas, stations, tenants, users } = given;
  if (version !== undefined && version !== 1) {
    throw new CommandFailure(`${path} is of version ${JSON.stringify(version)}, and 1 is known`);
  }
  const place = { directory: dirname(path), environment };
  return {
    defaults: defaults === undefined ? undefined : readDefaults(defaults),
    schemas: schemas === undefined ? undefined : await readSchemas(schemas, place.directory),
    stations: stations === undefined ? undefined : readStations(stations),
    tenants: tenants === undefined ? undefined : await readTenants(tenants, place),
    users: users === undefined ? undefined : await readUsers(users, "users", place),
  };
}

function readSchemas(given: unknown, directory: string): Promise<WantedSchema[]> {
  const named = namedFields(given, "schemas");
  return Promise.all(named.map(([name, fields]) => readSchema(name, fields, directory)));
}

async function readSchema(name: string, given: Fields, directory: string): Promise<WantedSchema> {
  const where = `schemas.${name}`;
  requireKnown(given, schemaFields, where);
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

function readDefaults(given: unknown): WantedDefaults {
  const { autoCreate, ...settings } = fieldsOf(given, "defaults");
  if (autoCreate !== undefined && typeof autoCreate !== "boolean") {
    throw new CommandFailure(`defaults.autoCreate: expected true or false`);
  }
  return {
    values: valuesOf(stationSettings, settings, "defaults"),
    isAutoCreated: autoCreate,
  };
}

function readStations(given: unknown): WantedStation[] {
  return namedFields(given, "stations").map(([name, fields]) => readStation(name, fields));
}

function readStation(name: string, given: Fields): WantedStation {
  const where = `stations.${name}`;
  const { schema, groups, ...settings } = given;
  return {
    name,
    values: valuesOf(stationSettings, settings, where),
    attachment: readAttachment(schema, `${where}.schema`),
    groups:
      groups === undefined
        ? undefined
        : namedFields(groups, `${where}.groups`).map(([group, fields]) =>
            readGroup(group, fields, where),
          ),
  };
}

/** The name of a schema, `none`, or a map with the name in `name`. */
function readAttachment(given: unknown, where: string): AttachmentRequest | null | undefined {
  if (given === undefined) return undefined;
  if (given === "none") return null;
  if (typeof given === "string") return { schema: given };
  const fields = fieldsOf(given, where);
  requireKnown(fields, ["name", "mode", "version", "encoding"], where);
  const { name, ...more } = fields;
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
