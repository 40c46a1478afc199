import { type CalloutOptions, isNkey } from "@oxbow/engine";
import { type ConfValue, describeConfKind } from "@oxbow/wire/nats-conf";
import type { Draft } from "./draft.ts";
import { aliases, type Field, type Fields, type Reading, readMap } from "./reading.ts";
import { readText, text, unfit } from "./values.ts";

const names =
  (what: string, side: "authUsers" | "allowedAccounts"): Field<Draft<CalloutOptions>> =>
  (callout, value) => {
    if (value.kind !== "array") {
      throw unfit(value, `Expected ${what} field to be an array, got ${describeConfKind(value)}`);
    }
    callout[side] = value.items.map((item) => readText(item, what));
  };

export const calloutFields: Fields<Draft<CalloutOptions>> = {
  issuer: (callout, value, _reading, entry) => {
    const issuer = readText(value, entry.key);
    if (!isNkey("account", issuer)) {
      throw unfit(
        value,
        `Expected callout user to be a valid public account nkey, got "${issuer}"`,
      );
    }
    callout.issuer = issuer;
  },
  ...aliases(
    ["account", "acc"],
    text((callout, value) => {
      callout.account = value;
    }),
  ),
  ...aliases(["auth_users", "users"], names("auth_users", "authUsers")),
  ...aliases(["xkey", "key"], (callout, value, _reading, entry) => {
    const curveKey = readText(value, entry.key);
    if (!isNkey("curve", curveKey)) {
      throw unfit(value, `Expected callout xkey to be a valid public xkey, got "${curveKey}"`);
    }
    callout.curveKey = curveKey;
  }),
  allowed_accounts: names("allowed accounts", "allowedAccounts"),
};

/** `auth_callout { issuer, auth_users, … }`: the service that decides who comes in. */
export function readCallout(value: ConfValue, reading: Reading): CalloutOptions | undefined {
  if (value.kind !== "map") {
    throw unfit(
      value,
      `Expected authorization callout to be a map/struct, got ${describeConfKind(value)}`,
    );
  }
  const callout: Draft<CalloutOptions> = {};
  const unknown = (key: string): string => `Unknown field "${key}" parsing authorization callout`;
  if (!readMap(value.entries, calloutFields, callout, reading, unknown)) return undefined;
  const { issuer, authUsers = [] } = callout;
  if (issuer === undefined) {
    throw unfit(value, "Authorization callouts require an issuer to be specified");
  }
  if (authUsers.length === 0) {
    throw unfit(value, "Authorization callouts require authorized users to be specified");
  }
  return { ...callout, issuer, authUsers };
}
