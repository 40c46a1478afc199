import { z } from "zod";
import {
  durationMs,
  networks,
  nonEmptyText,
  oneOf,
  onOrOff,
  parsedText,
  portOrOff,
  sizeBytes,
  truth,
  wholeNumber,
} from "./fields.ts";
import type { EncryptionCipher, LogLevel, ServerConfig, UserCredentials } from "./server-config.ts";
import { parseSyncMode } from "./sync-mode.ts";

/** One option: where it can be set, what it means, what it may be and what it is when nobody sets it. */
export interface ServerOption<Value> {
  /** As commander reads it: `--port <number>`. `undefined` where only a file can say it. */
  readonly flag: string | undefined;
  readonly environment: string | undefined;
  /** One sentence without its full stop. */
  readonly help: string;
  /** The default in words, for help. */
  readonly defaultText: string | undefined;
  readonly schema: z.ZodType<Value>;
}

const second = 1000;
const hour = 3600 * second;
const mebibyte = 1024 ** 2;
const logLevels: readonly LogLevel[] = ["silent", "error", "warn", "info", "debug", "trace"];
const ciphers: readonly EncryptionCipher[] = ["aes", "chacha"];
const users: z.ZodType<readonly UserCredentials[]> = z.array(
  z.object({ user: nonEmptyText(), password: nonEmptyText() }),
);

/** Every option of a server, in the order help shows them. */
export const serverOptions: {
  readonly [Key in keyof ServerConfig]: ServerOption<ServerConfig[Key]>;
} = {
  host: option("host <address>", "address to listen on", nonEmptyText(), "127.0.0.1"),
  port: option(
    "port <number>",
    "port to listen on, 0 picks a free one",
    wholeNumber(0, 65_535),
    4222,
  ),
  httpPort: {
    ...optional(
      "http-port <number>",
      "port for HTTP; 0, or one that is in use and was not asked for, picks a free one; off for none",
      portOrOff(),
    ),
    defaultText: "9000",
  },
  httpTlsCertificate: optional(
    "http-tls-cert <path>",
    "file with the certificate, PEM, that HTTP is encrypted with",
    nonEmptyText(),
  ),
  httpTlsKey: optional(
    "http-tls-key <path>",
    "file with the key of --http-tls-cert",
    nonEmptyText(),
  ),
  httpTrustedProxies: option(
    "http-trusted-proxy <networks>",
    "proxies before HTTP whose X-Forwarded-… is believed: 10.1.0.0/16,127.0.0.1",
    networks(),
    [],
    "",
  ),
  memphisPort: optional(
    "memphis-port <number>",
    "port for clients of Memphis, which ask for 6666; 0 picks a free one",
    wholeNumber(0, 65_535),
  ),
  memphisRestPort: optional(
    "memphis-rest-port <number>",
    "port for the REST gateway of Memphis, which is asked at 4444; 0 picks a free one",
    wholeNumber(0, 65_535),
  ),
  data: option("data <directory>", "directory of the data", nonEmptyText(), "./oxbow-data"),
  sync: option(
    "sync <mode>",
    "always, interval:<ms> or never: when an acknowledged message is on disk",
    parsedText("always, interval:<ms> such as interval:100, or never", parseSyncMode),
    { mode: "always" },
    "always",
  ),
  encryptionKey: optional(
    "encryption-key <secret>",
    "secret that the data directory is encrypted with",
    nonEmptyText(),
  ),
  encryptionKeyFile: optional(
    "encryption-key-file <path>",
    "file with the secret of --encryption-key",
    nonEmptyText(),
  ),
  encryptionPreviousKey: optional(
    "encryption-previous-key <secret>",
    "the secret before, to change it",
    nonEmptyText(),
  ),
  encryptionCipher: option(
    "encryption-cipher <name>",
    `${ciphers.join(" or ")}, for a directory that is not encrypted yet`,
    oneOf(ciphers),
    "aes",
  ),
  memory: option("memory", "keep everything in memory and nothing on disk", truth(), false),
  serverName: optional("server-name <name>", "name shown to clients", nonEmptyText()),
  auth: option(
    "auth",
    "ask for credentials; random ones are made at the first start",
    truth(),
    false,
  ),
  user: optional("user <name>", "user that clients must give", nonEmptyText()),
  password: optional("password <secret>", "password of --user", nonEmptyText()),
  token: optional("token <secret>", "token that clients must give", nonEmptyText()),
  users: fileOnly("users that clients may give", users, []),
  payloadMax: option(
    "max-payload <size>",
    "largest message",
    sizeBytes(1, 64 * mebibyte),
    mebibyte,
    "1MiB",
  ),
  controlLineMax: option(
    "max-control-line <size>",
    "longest protocol line",
    sizeBytes(64, mebibyte),
    4096,
    "4KiB",
  ),
  connectionsMax: option(
    "max-connections <count>",
    "most clients at a time",
    wholeNumber(1, 1_000_000),
    65_536,
  ),
  subscriptionsMax: option(
    "max-subscriptions <count>",
    "most subscriptions of a client, 0 for any number",
    wholeNumber(0, Number.MAX_SAFE_INTEGER),
    0,
  ),
  pendingBytesMax: option(
    "max-pending <size>",
    "most bytes that may wait for a client before it is cut off",
    sizeBytes(1024, 16 * 1024 * mebibyte),
    64 * mebibyte,
    "64MiB",
  ),
  pingIntervalMs: option(
    "ping-interval <duration>",
    "how often a silent client is asked whether it is there",
    durationMs(1, 24 * hour),
    120 * second,
    "2m",
  ),
  pingsOutMax: option(
    "ping-max <count>",
    "pings without an answer before a client is cut off",
    wholeNumber(1, 1000),
    2,
  ),
  authTimeoutMs: option(
    "auth-timeout <duration>",
    "how long a client may take to give its credentials",
    durationMs(1, hour),
    2 * second,
    "2s",
  ),
  writeDeadlineMs: option(
    "write-deadline <duration>",
    "how long a client may take none of what waits for it before it is cut off",
    durationMs(1, hour),
    10 * second,
    "10s",
  ),
  platform: option(
    "platform <on|off>",
    "whether stations, groups and schemas are served",
    onOrOff(),
    true,
    "on",
  ),
  notifyAllowed: option(
    "notify-allow <networks>",
    "private networks that notifications may go to: 10.1.0.0/16,127.0.0.1",
    networks(),
    [],
    "",
  ),
  otlpEndpoint: optional(
    "otlp-endpoint <url>",
    "where spans are sent to, OTLP over HTTP: http://127.0.0.1:4318; the variables of OpenTelemetry hold, too",
    nonEmptyText(),
  ),
  jetstream: fileOnly("whether streams and consumers are served", truth(), true),
  memoryBytesMax: optional(
    "max-memory <size>",
    "most bytes of streams in memory",
    sizeBytes(0, Number.MAX_SAFE_INTEGER),
  ),
  storageBytesMax: optional(
    "max-storage <size>",
    "most bytes of streams on disk",
    sizeBytes(0, Number.MAX_SAFE_INTEGER),
  ),
  log: option("log <level>", `what to log: ${logLevels.join(", ")}`, oneOf(logLevels), "info"),
};

/** The options as one schema: defaults filled in, every problem reported with the key it is about. */
export const serverConfigSchema: z.ZodType<ServerConfig> = z.object(
  Object.fromEntries(Object.entries(serverOptions).map(([key, { schema }]) => [key, schema])),
) as unknown as z.ZodType<ServerConfig>;

function option<Value>(
  flag: string,
  help: string,
  schema: z.ZodType<Value>,
  initial: Value,
  initialText: string = String(initial),
): ServerOption<Value> {
  return {
    ...optional(flag, help, schema),
    defaultText: initial === false ? undefined : initialText,
    schema: schema.default(initial as z.core.util.NoUndefined<Value>),
  };
}

function optional<Value>(
  flag: string,
  help: string,
  schema: z.ZodType<Value>,
): ServerOption<Value | undefined> {
  const name = flag.split(" ")[0] ?? flag;
  return {
    flag: `--${flag}`,
    environment: `OXBOW_${name.toUpperCase().replaceAll("-", "_")}`,
    help,
    defaultText: undefined,
    schema: schema.optional(),
  };
}

function fileOnly<Value>(
  help: string,
  schema: z.ZodType<Value>,
  initial: Value,
): ServerOption<Value> {
  return {
    flag: undefined,
    environment: undefined,
    help,
    defaultText: undefined,
    schema: schema.default(initial as z.core.util.NoUndefined<Value>),
  };
}
