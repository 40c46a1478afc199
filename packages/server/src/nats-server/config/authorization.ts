import type { ConfValue } from "@oxbow/wire/nats-conf";
import { readCallout } from "./callout.ts";
import { simpleCredentials } from "./credentials.ts";
import type { AuthorizationDraft } from "./draft.ts";
import { readPermissions } from "./permissions.ts";
import { aliases, type Field, type Fields, type Reading, readMap } from "./reading.ts";
import { readUsers } from "./users.ts";
import { boolean, readDurationOrSeconds, readMapValue, unfit } from "./values.ts";

/** Above this nobody means it. */
const timeoutSaneMs = 60_000;

/** `timeout`: seconds, or a duration in text. */
export const authTimeout: Field<{ timeoutMs?: number }> = (target, value, reading, entry) => {
  const timeoutMs = readDurationOrSeconds(value, entry.key);
  if (timeoutMs > timeoutSaneMs) {
    const advice = "is high, consider keeping it under 60 seconds";
    reading.findings.warn(
      entry.keyPosition,
      `invalid use of field "${entry.key}": timeout of ${timeoutMs / 1000} seconds ${advice}; a duration such as "1m" needs quotes`,
    );
  }
  target.timeoutMs = timeoutMs;
};

export const authorizationFields: Fields<AuthorizationDraft> = {
  ...simpleCredentials,
  timeout: authTimeout,
  users: (authorization, value, reading) => {
    authorization.users = readUsers(value, reading);
  },
  ...aliases(
    ["default_permission", "default_permissions", "permissions"],
    (authorization, value, reading) => {
      authorization.defaultPermissions = readPermissions(value, reading);
    },
  ),
  ...aliases(["auth_callout", "auth_hook"], (authorization, value, reading) => {
    authorization.callout = readCallout(value, reading);
  }),
  proxy_required: boolean((authorization, value) => {
    authorization.proxyRequired = value;
  }),
};

/** The server's `authorization` block. */
export function readAuthorization(value: ConfValue, reading: Reading): AuthorizationDraft {
  const authorization: AuthorizationDraft = {};
  readMap(readMapValue(value, "authorization"), authorizationFields, authorization, reading);
  const { user, password, token, users } = authorization;
  const hasUser = (user ?? "") !== "";
  const hasToken = (token ?? "") !== "";
  if ((hasUser || (password ?? "") !== "") && hasToken) {
    throw unfit(value, "Cannot have a user/pass and token");
  }
  if (users !== undefined && hasUser) {
    throw unfit(value, "Can not have a single user/pass and a users array");
  }
  if (users !== undefined && hasToken) {
    throw unfit(value, "Can not have a token and a users array");
  }
  return authorization;
}
