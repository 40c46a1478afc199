import { isNkey } from "@oxbow/engine";
import { type ConfValue, describeConfKind } from "@oxbow/wire/nats-conf";
import type { ConfigDraft } from "./draft.ts";
import { aliases, type Field, type Fields, type Reading, readMap } from "./reading.ts";
import type { ResolverConfig } from "./server-config.ts";
import { readTls } from "./tls.ts";
import {
  boolean,
  integer,
  readBoolean,
  readDurationText,
  readMapValue,
  readText,
  readTexts,
  text,
  unfit,
} from "./values.ts";

/** How every JWT begins: `{"` in base64. */
const jwtPrefix = "eyJ";

/** A JWT itself, or the file that holds one, perhaps between decorating lines. */
function readJwt(value: ConfValue, written: string, { files }: Reading): string {
  let content = written;
  try {
    content = files.readText(written);
  } catch (error) {
    if (!written.startsWith(jwtPrefix)) {
      const isMissing = (error as NodeJS.ErrnoException).code === "ENOENT";
      const reason = isMissing ? "no such file or directory" : (error as Error).message;
      throw unfit(value, `error parsing operator JWT: open ${written}: ${reason}`);
    }
  }
  const jwt = /-{3,}[^\n]*BEGIN[^\n]*-{3,}\s*([\w\-.]+)\s*-{3,}/.exec(content)?.[1] ?? content;
  if (jwt.trim().startsWith(jwtPrefix)) return jwt.trim();
  throw unfit(value, "error parsing operator JWT: no JWT there");
}

const operators: Field<ConfigDraft> = (draft, value, reading, entry) => {
  const jwts = readTexts(value, entry.key).map((written) => readJwt(value, written, reading));
  draft.operator = { ...draft.operator, operators: jwts };
};

const trustedKeys: Field<ConfigDraft> = (draft, value, _reading, entry) => {
  const keys = readTexts(value, entry.key);
  const wrong = keys.find((key) => !isNkey("operator", key));
  if (wrong !== undefined) {
    throw unfit(value, `trust key "${wrong}" required to be a valid public operator nkey`);
  }
  draft.operator = { ...draft.operator, trustedKeys: keys };
};

const preload: Field<ConfigDraft> = (draft, value) => {
  if (value.kind !== "map") {
    throw unfit(value, "preload should be a map of account_public_key:account_jwt");
  }
  const jwts = [...value.entries.values()].map(({ key, value: jwt }) => {
    if (jwt.kind !== "string") throw unfit(jwt, "preload map value should be a string JWT");
    return [key, jwt.value] as const;
  });
  draft.operator = { ...draft.operator, preload: Object.fromEntries(jwts) };
};

interface DirectoryDraft {
  type?: string;
  directory?: string;
  allowsDelete?: boolean;
  hardDelete?: boolean;
  accountsMax?: number;
  ttlMs?: number;
  intervalMs?: number;
  timeoutMs?: number;
}

const directoryFields: Fields<DirectoryDraft> = {
  type: text((resolver, value) => {
    resolver.type = value;
  }),
  dir: text((resolver, value) => {
    resolver.directory = value;
  }),
  allow_delete: boolean((resolver, value) => {
    resolver.allowsDelete = value;
  }),
  hard_delete: boolean((resolver, value) => {
    resolver.hardDelete = value;
  }),
  limit: integer((resolver, value) => {
    resolver.accountsMax = value;
  }),
  ttl: (resolver, value, _reading, entry) => {
    resolver.ttlMs = readDurationText(value, entry.key);
  },
  interval: (resolver, value, _reading, entry) => {
    resolver.intervalMs = readDurationText(value, entry.key);
  },
  timeout: (resolver, value, _reading, entry) => {
    resolver.timeoutMs = readDurationText(value, entry.key);
  },
};

/** `MEMORY`, `URL(…)`, or a map with a type and a directory. */
const resolver: Field<ConfigDraft> = (draft, value, reading) => {
  const read = value.kind === "map" ? readDirectory(value, reading) : readWord(value);
  if (read !== undefined) draft.operator = { ...draft.operator, resolver: read };
};

/** How a web server is trusted, and who asks it. */
const resolverTls: Field<ConfigDraft> = (draft, value, reading, entry) => {
  for (const { key, value: flag } of readMapValue(value, entry.key).values()) {
    if (key.toLowerCase() === "insecure" && readBoolean(flag, key)) {
      throw unfit(flag, "resolver_tls insecure: not supported: name the authority in ca_file");
    }
  }
  const tls = readTls(value, reading, false);
  if (tls !== undefined) draft.operator = { ...draft.operator, resolverTls: tls };
};

function readWord(value: ConfValue): ResolverConfig {
  if (value.kind !== "string") {
    throw unfit(value, `error parsing operator resolver, wrong type: ${describeConfKind(value)}`);
  }
  const url = /url\(\s*"?([^\s")]*)"?\s*\)/i.exec(value.value)?.[1];
  if (url !== undefined) {
    if (!URL.canParse(url)) throw unfit(value, `error parsing account resolver url ["${url}"]`);
    return { kind: "url", url };
  }
  if (/mem(ory)?/i.test(value.value)) return { kind: "memory" };
  throw unfit(value, wrongResolver);
}

const wrongResolver =
  'error parsing account resolver, should be MEM or URL("url") or a map containing dir and type state=[FULL|CACHE])';

function readDirectory(value: ConfValue, reading: Reading): ResolverConfig | undefined {
  const draft: DirectoryDraft = {};
  if (!readMap(readMapValue(value, "resolver"), directoryFields, draft, reading)) return undefined;
  const type = (draft.type ?? "").toUpperCase();
  if (type === "MEM" || type === "MEMORY") return { kind: "memory" };
  if (type !== "FULL" && type !== "CACHE") throw unfit(value, wrongResolver);
  const { directory = "", accountsMax, timeoutMs } = draft;
  if (directory === "") {
    throw unfit(value, "dir has no value and needs to point to a directory");
  }
  if (!reading.files.canBeDirectory(directory)) {
    throw unfit(value, "dir needs to point to an accessible directory");
  }
  const { allowsDelete = false, hardDelete, ttlMs, intervalMs } = draft;
  if (type === "CACHE") {
    if (intervalMs !== undefined) throw unfit(value, "CACHE does not accept sync");
    if (allowsDelete) throw unfit(value, "CACHE does not accept allow_delete");
    if (hardDelete !== undefined) throw unfit(value, "CACHE does not accept hard_delete");
    return { kind: "cache", directory, accountsMax, timeoutMs, ttlMs };
  }
  if (ttlMs !== undefined) throw unfit(value, "FULL does not accept ttl");
  if (hardDelete !== undefined && !allowsDelete) {
    throw unfit(value, "hard_delete has no effect without delete");
  }
  const onDelete = allowsDelete ? (hardDelete === true ? "remove" : "rename") : "refuse";
  return { kind: "full", directory, accountsMax, timeoutMs, intervalMs, onDelete };
}

/** Everything that operator mode adds to the top level of a file. */
export const operatorFields: Fields<ConfigDraft> = {
  ...aliases(
    ["operator", "operators", "root", "roots", "root_operator", "root_operators"],
    operators,
  ),
  ...aliases(["trusted", "trusted_keys"], trustedKeys),
  ...aliases(["resolver", "account_resolver", "accounts_resolver"], resolver),
  resolver_tls: resolverTls,
  resolver_preload: preload,
  resolver_pinned_accounts: (draft, value, _reading, entry) => {
    const pinnedAccounts = readTexts(value, entry.key);
    draft.operator = { ...draft.operator, pinnedAccounts };
  },
  default_sentinel: (draft, value, _reading, entry) => {
    const defaultSentinel = readText(value, entry.key);
    draft.operator = { ...draft.operator, defaultSentinel };
  },
};
