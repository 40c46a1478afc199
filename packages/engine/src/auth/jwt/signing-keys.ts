import { text } from "../../json/scalar-shapes.ts";
import type { Shape } from "../../json/shape.ts";
import { always, struct } from "../../json/struct-shape.ts";
import { type UserPermissionLimits, userPermissionLimitsFields } from "./claims.ts";

/** What users may do that a scoped signing key has issued. */
export interface UserScope {
  readonly kind: string;
  readonly key: string;
  readonly role: string;
  /** May have placeholders such as `{{name()}}` in its subjects. */
  readonly template: UserPermissionLimits;
  readonly description: string;
}

/** The keys that may issue users of an account; `undefined` for those that may give them what they like. */
export type SigningKeys = ReadonlyMap<string, UserScope | undefined>;

const scope: Shape<UserScope> = struct<UserScope>("UserScope", {
  kind: always(text),
  key: always(text),
  role: always(text),
  template: always(
    struct<UserPermissionLimits>("UserPermissionLimits", userPermissionLimitsFields(-1)),
  ),
  description: always(text),
});

const userScope = "user_scope";

/** A list of keys and scopes. Anything else in it is ignored, as nats-server does. */
export const signingKeys: Shape<SigningKeys> = {
  goType: "jwt.SigningKeys",
  zero: () => new Map(),
  read(node, current, at, reader) {
    if (node.kind === "null") return current;
    if (node.kind !== "array") {
      reader.mismatch(node, "[]interface {}", at);
      return current;
    }
    const keys = new Map(current);
    for (const item of node.items) {
      if (item.kind === "string") keys.set(item.value, undefined);
      if (item.kind !== "object") continue;
      const found = scope.read(item, scope.zero(), at, reader);
      if (found.kind === userScope) keys.set(found.key, found);
      else reader.fatal(`unknown signing key scope ${JSON.stringify(found.kind)}`);
    }
    return keys;
  },
  write: (value) =>
    [...value]
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, found]) => (found === undefined ? key : scope.write(found))),
  isEmpty: (value) => value.size === 0,
};
