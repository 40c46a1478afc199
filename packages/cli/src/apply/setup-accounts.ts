import { readFile } from "node:fs/promises";
import { resolve } from "node:path";
import { CommandFailure } from "../failures.ts";
import { type Fields, fieldsOf, namedFields, requireKnown, textField } from "./fields.ts";
import { tenantSettings, userSettings, type Values, valuesOf } from "./settings.ts";

/** A password that stands elsewhere than in the file. */
export interface GivenPassword {
  readonly password: string;
  /** For people: where it stands. */
  readonly source: string;
}

/** A user as a file wants it; what is left out stays as it is. */
export interface WantedUser {
  readonly name: string;
  readonly values: Values;
  /** `null` for none; where it is left out, a random one is made for a user who is made. */
  readonly password: GivenPassword | null | undefined;
}

/** A tenant as a file wants it; what is left out stays as it is. */
export interface WantedTenant {
  readonly name: string;
  readonly values: Values;
  /** `undefined` where the file does not speak of its users. */
  readonly users: readonly WantedUser[] | undefined;
}

/** Where secrets are looked for. */
export interface SecretPlace {
  /** What names of files are relative to. */
  readonly directory: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
}

/** @throws CommandFailure naming the place */
export function readTenants(given: unknown, place: SecretPlace): Promise<WantedTenant[]> {
  return Promise.all(
    namedFields(given, "tenants").map(async ([name, { users, ...settings }]) => {
      const where = `tenants.${name}`;
      if (users !== undefined && name === "default") {
        throw new CommandFailure(
          `${where}.users: the users of this tenant stand in users, at the top of the file`,
        );
      }
      return {
        name,
        values: valuesOf(tenantSettings, settings, where),
        users: users === undefined ? undefined : await readUsers(users, `${where}.users`, place),
      };
    }),
  );
}

/** @throws CommandFailure naming the place; no password is in it */
export function readUsers(
  given: unknown,
  where: string,
  place: SecretPlace,
): Promise<WantedUser[]> {
  return Promise.all(
    namedFields(given, where).map(async ([name, { password, ...settings }]) => ({
      name,
      values: valuesOf(userSettings, settings, `${where}.${name}`),
      password: await readPassword(password, `${where}.${name}.password`, place),
    })),
  );
}

async function readPassword(
  given: unknown,
  where: string,
  { directory, environment }: SecretPlace,
): Promise<GivenPassword | null | undefined> {
  if (given === undefined) return undefined;
  if (given === "none") return null;
  if (typeof given !== "object" || given === null || Array.isArray(given)) throw inTheFile(where);
  const fields: Fields = fieldsOf(given, where);
  requireKnown(fields, ["env", "file"], where);
  const { env, file } = fields;
  if ((env === undefined) === (file === undefined)) {
    throw new CommandFailure(`${where}: write env or file, one of the two`);
  }
  if (file === undefined) {
    const name = textField(env, `${where}.env`);
    const password = environment[name] ?? "";
    if (password !== "") return { password, source: `$${name}` };
    throw new CommandFailure(`${where}: the environment has no ${name}: set it to the password`);
  }
  const path = resolve(directory, textField(file, `${where}.file`));
  const password = (await readSecret(path, where)).replace(/\r?\n$/, "");
  if (password !== "") return { password, source: path };
  throw new CommandFailure(`${where}: ${path} is empty: write the password into it`);
}

async function readSecret(path: string, where: string): Promise<string> {
  try {
    return await readFile(path, "utf8");
  } catch (error) {
    const reason = (error as Error).message;
    throw new CommandFailure(`${where}.file: ${path} can't be read: ${reason}`, { cause: error });
  }
}

function inTheFile(where: string): CommandFailure {
  return new CommandFailure(
    `${where}: a password doesn't belong in this file: write { env: NAME } or { file: NAME }, none, or leave it out, and a random one is made and told once`,
  );
}
