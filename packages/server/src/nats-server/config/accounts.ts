import { type AccountLimits, type AccountOptions, isNkey } from "@oxbow/engine";
import { type ConfEntry, type ConfValue, describeConfKind } from "@oxbow/wire/nats-conf";
import { readExports } from "./account-exports.ts";
import { readImports } from "./account-imports.ts";
import { readAccountJetStream } from "./account-jetstream.ts";
import type { Draft, Mutable } from "./draft.ts";
import { readMappings } from "./mappings.ts";
import { readPercent } from "./percent.ts";
import { readPermissions } from "./permissions.ts";
import { aliases, attempt, type Fields, type Reading, readMap } from "./reading.ts";
import { isValidPublishSubject } from "./subjects.ts";
import { readUsers } from "./users.ts";
import { integer, readMapValue, readText, unfit } from "./values.ts";

/** The account of everybody who is given no other; a file can't describe it. */
const globalAccountName = "$G";

type LimitsDraft = Partial<Mutable<AccountLimits>>;

const limitFields: Fields<LimitsDraft> = {
  ...aliases(
    ["max_connections", "max_conn"],
    integer((limits, value) => {
      limits.connectionsMax = value;
    }),
  ),
  ...aliases(
    ["max_subscriptions", "max_subs"],
    integer((limits, value) => {
      limits.subscriptionsMax = value;
    }),
  ),
  ...aliases(
    ["max_payload", "max_pay"],
    integer((limits, value) => {
      limits.payloadMax = value;
    }),
  ),
  ...aliases(
    ["max_leafnodes", "max_leafs"],
    integer((limits, value) => {
      limits.leafnodesMax = value;
    }),
  ),
};

export const accountFields: Fields<Draft<AccountOptions>> = {
  // Nothing refers to it; it has to be one all the same.
  nkey: (_account, value) => {
    if (value.kind === "string" && isNkey("account", value.value)) return;
    throw unfit(value, "Not a valid public nkey for an account");
  },
  users: (account, value, reading) => {
    account.users = readUsers(value, reading);
  },
  default_permissions: (account, value, reading) => {
    account.defaultPermissions = readPermissions(value, reading);
  },
  jetstream: (account, value, reading) => {
    account.jetstream = readAccountJetStream(value, reading);
  },
  exports: (account, value, reading) => {
    account.exports = readExports(value, reading);
  },
  imports: (account, value, reading) => {
    account.imports = readImports(value, reading);
  },
  ...aliases(["mappings", "maps"], (account, value, reading) => {
    account.mappings = readMappings(value, reading);
  }),
  limits: (account, value, reading) => {
    const limits: LimitsDraft = {};
    readMap(
      readMapValue(value, "limits"),
      limitFields,
      limits,
      reading,
      (key) => `Unknown field "${key}" parsing account limits`,
    );
    account.limits = limits;
  },
  ...aliases(["msg_trace", "trace_dest"], (account, value, reading, entry) => {
    account.trace = readTrace(value, reading, entry);
  }),
};

interface TraceDraft {
  destination?: string;
  samplingPercent?: number;
}

const traceFields: Fields<TraceDraft> = {
  dest: (trace, value, _reading, entry) => {
    const destination = readText(value, entry.key);
    if (!isValidPublishSubject(destination)) {
      throw unfit(value, `Trace destination "${destination}" is not valid`);
    }
    trace.destination = destination;
  },
  sampling: (trace, value) => {
    trace.samplingPercent = readPercent(value, "sampling", 1, (written) => {
      return `Trace destination sampling value ${written} is invalid, needs to be [1..100]`;
    });
  },
};

/** Where traced messages are told about: a subject, or `{ dest, sampling }`. */
function readTrace(
  value: ConfValue,
  reading: Reading,
  entry: ConfEntry,
): AccountOptions["trace"] | undefined {
  const trace: TraceDraft = {};
  if (value.kind === "string") {
    traceFields["dest"]?.(trace, value, reading, entry);
  } else {
    readMap(
      readMapValue(value, entry.key),
      traceFields,
      trace,
      reading,
      (key) => `Unknown field "${key}" parsing account message trace map/struct "${entry.key}"`,
    );
  }
  const { destination, samplingPercent = 100 } = trace;
  if (destination !== undefined) return { destination, samplingPercent };
  reading.findings.warn(
    entry.keyPosition,
    "Trace destination sampling ignored since no destination was set",
  );
  return undefined;
}

/** The `accounts` block: names, or a map of accounts. */
export function readAccounts(value: ConfValue, reading: Reading): AccountOptions[] {
  if (value.kind === "array") return readNames(value.items, reading);
  const accounts: AccountOptions[] = [];
  for (const entry of readMapValue(value, "accounts").values()) {
    // A key that is only there to be referred to is no account.
    if (entry.isReferenced) continue;
    const { key: name, keyPosition, value: body } = entry;
    if (body.kind !== "map") {
      reading.findings.error(keyPosition, "Expected map entries for accounts");
    } else if (name === globalAccountName) {
      reading.findings.error(keyPosition, `"${name}" is a Reserved Account`);
    } else {
      const account: Draft<AccountOptions> = {};
      readMap(body.entries, accountFields, account, reading);
      accounts.push({ ...account, name });
    }
  }
  return accounts;
}

function readNames(items: readonly ConfValue[], reading: Reading): AccountOptions[] {
  const names = new Set<string>();
  for (const item of items) {
    attempt(reading, () => {
      if (item.kind !== "string") {
        throw unfit(item, `an account's name needs a string, not ${describeConfKind(item)}`);
      }
      if (item.value === globalAccountName) {
        throw unfit(item, `"${item.value}" is a Reserved Account`);
      }
      if (names.has(item.value)) throw unfit(item, `Duplicate Account Entry: ${item.value}`);
      names.add(item.value);
    });
  }
  return Array.from(names, (name) => ({ name }));
}
