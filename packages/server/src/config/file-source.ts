import {
  type ConfEntry,
  type ConfMap,
  type ConfValue,
  confToPlain,
  describeConfKind,
  formatConfPosition,
} from "@oxbow/wire/nats-conf";
import { nearestWord } from "../units/index.ts";
import { natsServerBlockKeys, natsServerKeys } from "./nats-server-keys.ts";
import type { ServerConfig } from "./server-config.ts";
import type { ConfigProblem, ConfigSource } from "./source.ts";

/** What a file says, and what is wrong with the parts that could not be read. */
interface FileSource {
  readonly source: ConfigSource;
  readonly problems: readonly ConfigProblem[];
}

/** Takes the value of one key: sets options, or reports why not. */
type KeyReader = (file: FileReader, entry: ConfEntry) => void;

/**
 * Maps a file in nats-server's language to options. Keys are read without regard to case, as nats-server does. A key
 * that neither of the two knows is a problem that names the nearest known one; a key of nats-server that would change
 * what clients may do, and that is not supported, is a problem too: it must not be passed over in silence.
 */
export function readConfigFile(entries: ConfMap): FileSource {
  const reader = new FileReader();
  reader.readBlock(entries, topKeys, "", natsServerKeys);
  return reader;
}

class FileReader implements FileSource {
  readonly source: ConfigSource = new Map();
  readonly problems: ConfigProblem[] = [];

  readBlock(
    entries: ConfMap,
    keys: Readonly<Record<string, KeyReader>>,
    block: string,
    natsServer: ReadonlySet<string>,
  ): void {
    for (const entry of entries.values()) {
      const key = entry.key.toLowerCase();
      const read = Object.hasOwn(keys, key) ? keys[key] : undefined;
      if (read !== undefined) read(this, entry);
      else if (!entry.isReferenced)
        this.#reportUnknown(entry, Object.keys(keys), block, natsServer);
    }
  }

  set(key: keyof ServerConfig, entry: ConfEntry, raw: unknown): void {
    this.source.set(key, { raw, origin: originOf(entry) });
  }

  report(entry: ConfEntry, message: string): void {
    this.problems.push({ origin: originOf(entry), message });
  }

  #reportUnknown(
    entry: ConfEntry,
    known: readonly string[],
    block: string,
    natsServer: ReadonlySet<string>,
  ): void {
    const where = block === "" ? "" : ` in ${block}`;
    if (natsServer.has(entry.key.toLowerCase())) {
      this.report(entry, `this key of nats-server is not supported${where}: take it out`);
      return;
    }
    const nearest = nearestWord(entry.key, known);
    const hint =
      nearest === undefined ? `known are ${known.join(", ")}` : `did you mean ${nearest}?`;
    this.report(entry, `unknown key${where}: ${hint}`);
  }
}

function originOf(entry: ConfEntry): string {
  return `${formatConfPosition(entry.keyPosition)} ${entry.key}`;
}

const ignore: KeyReader = () => {};

/** Passes the value on as it is; the option's own schema checks it. */
function plain(key: keyof ServerConfig): KeyReader {
  return (file, entry) => file.set(key, entry, confToPlain(entry.value));
}

/** nats-server writes -1 for a free port. */
const port: KeyReader = (file, entry) => {
  const value = confToPlain(entry.value);
  file.set("port", entry, value === -1 || value === "-1" ? 0 : value);
};

/** Durations are text such as `"2m"`, or, as in old files, a bare number of seconds. */
function duration(key: keyof ServerConfig): KeyReader {
  return (file, entry) => {
    const { value } = entry;
    const isNumber = value.kind === "integer" || value.kind === "float";
    file.set(key, entry, isNumber ? value.value * 1000 : confToPlain(value));
  };
}

/** `"host:port"`, `":port"`, or the port alone. */
const listen: KeyReader = (file, entry) => {
  const value = confToPlain(entry.value);
  if (typeof value === "number") {
    port(file, entry);
    return;
  }
  const match = typeof value === "string" ? /^(?:\[(.+)\]|([^:]*)):(-?\d+)$/.exec(value) : null;
  if (match === null) {
    file.report(entry, 'expected "host:port" or a port');
    return;
  }
  const host = match[1] ?? match[2] ?? "";
  // Without a host nats-server listens on every address.
  file.set("host", entry, host === "" ? "0.0.0.0" : host);
  file.set("port", entry, match[3] === "-1" ? 0 : match[3]);
};

/** A number of things, where 0 and -1 mean "any number" for nats-server. */
const subscriptions: KeyReader = (file, entry) => {
  const value = confToPlain(entry.value);
  file.set("subscriptionsMax", entry, value === -1 ? 0 : value);
};

/** A limit that is not set where nats-server writes -1 or 0. */
function limit(key: keyof ServerConfig): KeyReader {
  return (file, entry) => {
    const value = confToPlain(entry.value);
    if (value !== -1) file.set(key, entry, value);
  };
}

const storeDirectory: KeyReader = plain("data");

/** `always`, or how long a write may stay unsynced. */
const syncInterval: KeyReader = (file, entry) => {
  const { value } = entry;
  const text = confToPlain(value);
  if (value.kind === "integer") file.set("sync", entry, `interval:${value.value}s`);
  else if (text === "always" || text === "never") file.set("sync", entry, text);
  else file.set("sync", entry, `interval:${String(text).replace(/^interval:/, "")}`);
};

const jetstreamKeys: Readonly<Record<string, KeyReader>> = {
  enabled: plain("jetstream"),
  store_dir: storeDirectory,
  max_mem: limit("memoryBytesMax"),
  max_memory_store: limit("memoryBytesMax"),
  max_mem_store: limit("memoryBytesMax"),
  max_file: limit("storageBytesMax"),
  max_file_store: limit("storageBytesMax"),
  sync: syncInterval,
  sync_interval: syncInterval,
  key: plain("encryptionKey"),
  ek: plain("encryptionKey"),
  encryption_key: plain("encryptionKey"),
  prev_key: plain("encryptionPreviousKey"),
  prev_encryption_key: plain("encryptionPreviousKey"),
  cipher: plain("encryptionCipher"),
};

/** A truth value, `enabled`, `disabled`, or a map of settings. */
const jetstream: KeyReader = (file, entry) => {
  const { value } = entry;
  if (value.kind === "map") {
    file.readBlock(value.entries, jetstreamKeys, "jetstream", natsServerBlockKeys.jetstream);
    return;
  }
  const plainValue = confToPlain(value);
  const words: Readonly<Record<string, boolean>> = { enabled: true, disabled: false };
  file.set("jetstream", entry, words[String(plainValue).toLowerCase()] ?? plainValue);
};

const credential =
  (key: "user" | "password" | "token"): KeyReader =>
  (file, entry) => {
    const text = confToPlain(entry.value);
    if (typeof text === "string" && /^\$2[aby]\$/.test(text)) {
      file.report(entry, "hashed secrets are not supported: write the secret itself");
    } else {
      file.set(key, entry, text);
    }
  };

const userList: KeyReader = (file, entry) => {
  if (entry.value.kind !== "array") {
    file.report(entry, `expected an array of users, not ${describeConfKind(entry.value)}`);
    return;
  }
  const users = entry.value.items.map((item) => readUser(file, entry, item));
  file.set(
    "users",
    entry,
    users.filter((user) => user !== undefined),
  );
};

function readUser(file: FileReader, list: ConfEntry, item: ConfValue): unknown {
  if (item.kind !== "map") {
    const where = formatConfPosition(item.position);
    file.report(
      list,
      `expected { user: …, password: … } at ${where}, not ${describeConfKind(item)}`,
    );
    return undefined;
  }
  const user = new FileReader();
  user.readBlock(item.entries, userKeys, "a user", natsServerBlockKeys.user);
  file.problems.push(...user.problems);
  return { user: user.source.get("user")?.raw, password: user.source.get("password")?.raw };
}

const userKeys: Readonly<Record<string, KeyReader>> = {
  user: credential("user"),
  username: credential("user"),
  password: credential("password"),
  pass: credential("password"),
};

const authorizationKeys: Readonly<Record<string, KeyReader>> = {
  ...userKeys,
  token: credential("token"),
  timeout: duration("authTimeoutMs"),
  users: userList,
};

const authorization: KeyReader = (file, entry) => {
  if (entry.value.kind === "map") {
    const known = natsServerBlockKeys.authorization;
    file.readBlock(entry.value.entries, authorizationKeys, "authorization", known);
  } else {
    file.report(entry, `expected a map such as { token: … }, not ${describeConfKind(entry.value)}`);
  }
};

const topKeys: Readonly<Record<string, KeyReader>> = {
  host: plain("host"),
  net: plain("host"),
  port,
  listen,
  server_name: plain("serverName"),
  authorization,
  jetstream,
  store_dir: storeDirectory,
  max_payload: plain("payloadMax"),
  max_control_line: plain("controlLineMax"),
  max_connections: limit("connectionsMax"),
  max_conn: limit("connectionsMax"),
  max_subscriptions: subscriptions,
  max_subs: subscriptions,
  max_pending: plain("pendingBytesMax"),
  ping_interval: duration("pingIntervalMs"),
  ping_max: plain("pingsOutMax"),
  write_deadline: duration("writeDeadlineMs"),
  data: storeDirectory,
  platform: plain("platform"),
  http_port: plain("httpPort"),
  http_tls_cert: plain("httpTlsCertificate"),
  http_tls_key: plain("httpTlsKey"),
  http_trusted_proxy: plain("httpTrustedProxies"),
  notify_allow: plain("notifyAllowed"),
  otlp_endpoint: plain("otlpEndpoint"),
  memphis_port: plain("memphisPort"),
  memphis_rest_port: plain("memphisRestPort"),
  encryption_key: plain("encryptionKey"),
  encryption_key_file: plain("encryptionKeyFile"),
  encryption_previous_key: plain("encryptionPreviousKey"),
  encryption_cipher: plain("encryptionCipher"),
  sync: syncInterval,
  memory: plain("memory"),
  auth: plain("auth"),
  log: plain("log"),
  debug: ignore,
  trace: ignore,
  trace_verbose: ignore,
  trace_headers: ignore,
  logtime: ignore,
  logtime_utc: ignore,
};
