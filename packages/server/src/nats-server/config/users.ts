import { CONNECTION_TYPES, type ConnectionType, isNkey, type UserOptions } from "@oxbow/engine";
import { type ConfPosition, type ConfValue, describeConfKind } from "@oxbow/wire/nats-conf";
import { nameAndPassword } from "./credentials.ts";
import type { Draft } from "./draft.ts";
import { readPermissions } from "./permissions.ts";
import { aliases, attempt, type Field, type Fields, type Reading, readMap } from "./reading.ts";
import { boolean, readTexts, text, unfit } from "./values.ts";

/** A user, with the place it was written at. */
export type UserDraft = Draft<UserOptions> & { readonly position: ConfPosition };

export const connectionTypesField: Field<{ connectionTypes?: readonly ConnectionType[] }> = (
  user,
  value,
) => {
  user.connectionTypes = readTexts(value, "allowed connection types").map((word) => {
    const type = CONNECTION_TYPES.find((known) => known === word.toUpperCase());
    if (type !== undefined) return type;
    throw unfit(
      value,
      `unknown connection type "${word}": write some of ${CONNECTION_TYPES.join(", ")}`,
    );
  });
};

export const userFields: Fields<UserDraft> = {
  nkey: text((user, value) => {
    user.nkey = value;
  }),
  ...nameAndPassword,
  ...aliases(["permission", "permissions", "authorization"], (user, value, reading) => {
    user.permissions = readPermissions(value, reading);
  }),
  ...aliases(["allowed_connection_types", "connection_types", "clients"], connectionTypesField),
  proxy_required: boolean((user, value) => {
    user.proxyRequired = value;
  }),
};

/** `users: [ … ]` of an authorization or account block: with a name and a password, or with an nkey. */
export function readUsers(value: ConfValue, reading: Reading): UserOptions[] {
  if (value.kind !== "array") {
    throw unfit(value, `Expected users field to be an array, got ${describeConfKind(value)}`);
  }
  const users: UserOptions[] = [];
  for (const item of value.items) {
    const user = attempt(reading, () => readUser(item, reading));
    if (user !== undefined) users.push(user);
  }
  return users;
}

function readUser(value: ConfValue, reading: Reading): UserOptions | undefined {
  if (value.kind !== "map") {
    throw unfit(value, `Expected user entry to be a map/struct, got ${describeConfKind(value)}`);
  }
  const { position } = value;
  const draft: UserDraft = { position };
  if (!readMap(value.entries, userFields, draft, reading)) return undefined;
  const { nkey = "", user = "", password = "" } = draft;
  const rest = {
    permissions: draft.permissions,
    connectionTypes: draft.connectionTypes,
    proxyRequired: draft.proxyRequired,
  };
  if (nkey === "") {
    if (user === "") throw unfit(value, "User entry requires a user");
    return { user, password, ...rest };
  }
  if (!isNkey("user", nkey)) throw unfit(value, "Not a valid public nkey for a user");
  if (user !== "" || password !== "") {
    throw unfit(value, "Nkey users do not take usernames or passwords");
  }
  return { user: "", password: "", nkey, ...rest };
}
