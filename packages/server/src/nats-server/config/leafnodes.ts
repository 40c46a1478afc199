import { isNkey, type LeafnodeOptions, type UserOptions } from "@oxbow/engine";
import type { ConfValue } from "@oxbow/wire/nats-conf";
import { authTimeout } from "./authorization.ts";
import { nameAndPassword } from "./credentials.ts";
import type { Draft } from "./draft.ts";
import { aliases, attempt, type Field, type Fields, type Reading, readMap } from "./reading.ts";
import { readTls } from "./tls.ts";
import { withoutEffect } from "./unsupported.ts";
import { boolean, integer, readArray, readListen, readMapValue, text, unfit } from "./values.ts";

type LeafUser = UserOptions & { readonly account?: string | undefined };

interface LeafAuthorization {
  user?: string;
  password?: string;
  nkey?: string;
  account?: string;
  proxyRequired?: boolean;
  timeoutMs?: number;
  users?: readonly LeafUser[];
}

const userFields: Fields<LeafAuthorization> = {
  ...nameAndPassword,
  account: text((target, value) => {
    target.account = value;
  }),
  proxy_required: boolean((target, value) => {
    target.proxyRequired = value;
  }),
};

const authorizationFields: Fields<LeafAuthorization> = {
  ...userFields,
  nkey: (target, value) => {
    if (value.kind !== "string" || !isNkey("user", value.value)) {
      throw unfit(value, "Not a valid public nkey for leafnode authorization");
    }
    target.nkey = value.value;
  },
  timeout: authTimeout,
  users: (target, value, reading, entry) => {
    const users = readArray(value, entry.key).map((item) =>
      attempt(reading, () => {
        const user: LeafAuthorization = {};
        readMap(readMapValue(item, "user entry"), userFields, user, reading);
        return leafUser(user);
      }),
    );
    target.users = users.filter((user) => user !== undefined);
  },
};

function leafUser({ user, password, nkey, account, proxyRequired }: LeafAuthorization): LeafUser {
  return { user: user ?? "", password: password ?? "", nkey, account, proxyRequired };
}

const authorization: Field<Draft<LeafnodeOptions>> = (leafnodes, value, reading, entry) => {
  const draft: LeafAuthorization = {};
  readMap(readMapValue(value, entry.key), authorizationFields, draft, reading);
  const hasOne = draft.user !== undefined || draft.nkey !== undefined;
  if (hasOne && draft.users !== undefined) {
    throw unfit(value, "can not have a single user/pass and a users array");
  }
  leafnodes.users = hasOne ? [leafUser(draft)] : draft.users;
  leafnodes.authTimeoutMs = draft.timeoutMs || undefined;
};

/** Links to other servers; those that are switched off ask for nothing. */
const remotes: Field<Draft<LeafnodeOptions>> = (_leafnodes, value, _reading, entry) => {
  for (const remote of readArray(value, entry.key)) {
    const entries = [...readMapValue(remote, entry.key).values()];
    const isDisabled = entries.some(
      ({ key, value: flag }) =>
        key.toLowerCase() === "disabled" && flag.kind === "boolean" && flag.value,
    );
    if (!isDisabled) {
      throw unfit(
        value,
        "leafnodes remotes: not supported: Oxbow joins no other server; take them out",
      );
    }
  }
};

const noLinks = "leaf nodes are not let in yet";

export const leafnodeFields: Fields<Draft<LeafnodeOptions>> = {
  listen: (leafnodes, value) => {
    const { host, port } = readListen(value);
    leafnodes.host = host;
    leafnodes.port = port;
  },
  port: integer((leafnodes, value) => {
    leafnodes.port = value;
  }),
  ...aliases(
    ["host", "net"],
    text((leafnodes, value) => {
      leafnodes.host = value;
    }),
  ),
  tls: (leafnodes, value, reading) => {
    leafnodes.tls = readTls(value, reading);
  },
  authorization,
  remotes,
  ...aliases(["leafnode_advertise", "advertise", "no_advertise"], withoutEffect(noLinks)),
  ...aliases(["reconnect", "reconnect_delay", "reconnect_interval"], withoutEffect(noLinks)),
  ...aliases(["dial_timeout", "min_version", "minimum_version"], withoutEffect(noLinks)),
  ...aliases(["compression", "write_deadline", "write_timeout"], withoutEffect(noLinks)),
  ...aliases(["isolate_leafnode_interest", "isolate"], withoutEffect(noLinks)),
};

/** The `leafnodes` block: the door for servers that join as leaf nodes. */
export function readLeafnodes(value: ConfValue, reading: Reading): Draft<LeafnodeOptions> {
  const leafnodes: Draft<LeafnodeOptions> = {};
  readMap(readMapValue(value, "leafnodes"), leafnodeFields, leafnodes, reading);
  return leafnodes;
}
