import type { Permissions, ResponsePermissions, SubjectPermissions } from "@oxbow/engine";
import { type ConfValue, describeConfKind } from "@oxbow/wire/nats-conf";
import type { Draft } from "./draft.ts";
import { aliases, type Field, type Fields, type Reading, readMap } from "./reading.ts";
import { isValidSubject } from "./subjects.ts";
import { integer, readDurationText, readMapValue, unfit } from "./values.ts";

/** What nats-server allows of answers where a file just says that they are allowed. */
const defaultResponses: ResponsePermissions = { countMax: 1, expiresMs: 120_000 };

const subjects =
  (side: keyof SubjectPermissions, allowsQueue: boolean): Field<Draft<SubjectPermissions>> =>
  (permission, value) => {
    permission[side] = readSubjects(value, allowsQueue);
  };

const sides = (allowsQueue: boolean): Fields<Draft<SubjectPermissions>> => ({
  allow: subjects("allow", allowsQueue),
  deny: subjects("deny", allowsQueue),
});

const publishSides = sides(false);
const subscribeSides = sides(true);

const responseFields: Fields<Draft<ResponsePermissions>> = {
  ...aliases(["max", "max_msgs", "max_messages", "max_responses"], integer(setCountMax)),
  ...aliases(["expires", "expiration", "ttl"], (responses, value) => {
    if (value.kind !== "string") throw unfit(value, "error parsing expires, not a duration string");
    setExpiry(responses, readDurationText(value, "expires"));
  }),
};

/** 0 leaves the default, anything negative is no limit. */
function setCountMax(responses: Draft<ResponsePermissions>, count: number): void {
  if (count !== 0) responses.countMax = Math.max(count, -1);
}

function setExpiry(responses: Draft<ResponsePermissions>, expiresMs: number): void {
  if (expiresMs !== 0) responses.expiresMs = expiresMs < 0 ? -1 : expiresMs;
}

export const permissionFields: Fields<Draft<Permissions>> = {
  ...aliases(["pub", "publish", "import"], (permissions, value, reading) => {
    permissions.publish = readSide(value, publishSides, reading);
  }),
  ...aliases(["sub", "subscribe", "export"], (permissions, value, reading) => {
    permissions.subscribe = readSide(value, subscribeSides, reading);
  }),
  ...aliases(["publish_allow_responses", "allow_responses"], (permissions, value, reading) => {
    permissions.responses = readResponses(value, reading);
  }),
};

/** `permissions { publish, subscribe, allow_responses }` of a user, an account or a server. */
export function readPermissions(value: ConfValue, reading: Reading): Permissions {
  if (value.kind !== "map") {
    throw unfit(
      value,
      `Expected permissions to be a map/struct, not ${describeConfKind(value)}: write { publish: …, subscribe: … }`,
    );
  }
  const permissions: Draft<Permissions> = {};
  readMap(
    value.entries,
    permissionFields,
    permissions,
    reading,
    (key) => `Unknown field "${key}" parsing permissions`,
  );
  return permissions;
}

/** A subject, an array of subjects, or a map with `allow` and `deny`. An empty map says nothing. */
function readSide(
  value: ConfValue,
  fields: Fields<Draft<SubjectPermissions>>,
  reading: Reading,
): SubjectPermissions | undefined {
  if (value.kind !== "map") return { allow: readSubjects(value, fields === subscribeSides) };
  if (value.entries.size === 0) return undefined;
  const permission: Draft<SubjectPermissions> = {};
  readMap(
    value.entries,
    fields,
    permission,
    reading,
    (key) =>
      `Unknown field name "${key}" parsing subject permissions, only 'allow' or 'deny' are permitted`,
  );
  return permission;
}

/** Subjects; `undefined` for an empty list, which to nats-server is none at all: nothing is restricted. */
function readSubjects(value: ConfValue, allowsQueue: boolean): readonly string[] | undefined {
  const items = value.kind === "array" ? value.items : [value];
  if (items.length === 0) return undefined;
  return items.map((item) => {
    if (item.kind !== "string") {
      throw unfit(
        item,
        value.kind === "array"
          ? "Subject in permissions array cannot be cast to string"
          : `Expected subject permissions to be a subject, or array of subjects, got ${describeConfKind(item)}`,
      );
    }
    checkSubject(item, item.value, allowsQueue);
    return item.value;
  });
}

/** Subscribe permissions may name a queue group after the subject. */
function checkSubject(value: ConfValue, subject: string, allowsQueue: boolean): void {
  if (isValidSubject(subject)) return;
  const [first = "", second, ...rest] = subject.split(/\s+/).filter((part) => part !== "");
  if (!allowsQueue || second === undefined || rest.length > 0) {
    throw unfit(value, `subject "${subject}" is not a valid subject`);
  }
  if (!isValidSubject(first)) throw unfit(value, `subject "${first}" is not a valid subject`);
  if (!isValidSubject(second)) throw unfit(value, `queue "${second}" is not a valid queue`);
}

function readResponses(value: ConfValue, reading: Reading): ResponsePermissions | undefined {
  if (value.kind === "boolean") return value.value ? defaultResponses : undefined;
  if (value.kind !== "map") {
    throw unfit(value, "error parsing response permissions, expected a boolean or a map");
  }
  const responses: Draft<ResponsePermissions> = {};
  readMap(
    readMapValue(value, "allow_responses"),
    responseFields,
    responses,
    reading,
    (key) => `Unknown field "${key}" parsing permissions`,
  );
  return {
    countMax: responses.countMax ?? defaultResponses.countMax,
    expiresMs: responses.expiresMs ?? defaultResponses.expiresMs,
  };
}
