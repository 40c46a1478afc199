import type { ConfigDraft } from "../config/draft.ts";
import type { FlagKind, GivenFlag } from "./flag-values.ts";

/** A flag that says what a key of the configuration file says, and that goes before it. */
type ConfigFlag =
  | { readonly kind: "boolean"; apply(draft: ConfigDraft, value: boolean): void }
  | { readonly kind: "integer"; apply(draft: ConfigDraft, value: number): void }
  | { readonly kind: "text"; apply(draft: ConfigDraft, value: string): void };

const booleanFlag = (apply: (draft: ConfigDraft, value: boolean) => void): ConfigFlag => ({
  kind: "boolean",
  apply,
});
const integerFlag = (apply: (draft: ConfigDraft, value: number) => void): ConfigFlag => ({
  kind: "integer",
  apply,
});
const textFlag = (apply: (draft: ConfigDraft, value: string) => void): ConfigFlag => ({
  kind: "text",
  apply,
});

function named(names: string, flag: ConfigFlag): Readonly<Record<string, ConfigFlag>> {
  return Object.fromEntries(names.split(" ").map((name) => [name, flag]));
}

const addressFlags = {
  ...named(
    "p port",
    integerFlag((draft, value) => {
      draft.port = value;
    }),
  ),
  ...named(
    "a addr net",
    textFlag((draft, value) => {
      draft.host = value;
    }),
  ),
  ...named(
    "client_advertise",
    textFlag((draft, value) => {
      draft.advertise = value;
    }),
  ),
  ...named(
    "n name server_name",
    textFlag((draft, value) => {
      draft.serverName = value;
    }),
  ),
  ...named(
    "m http_port",
    integerFlag((draft, value) => {
      draft.httpPort = value;
    }),
  ),
  ...named(
    "ms https_port",
    integerFlag((draft, value) => {
      draft.httpsPort = value;
    }),
  ),
  ...named(
    "P pid",
    textFlag((draft, value) => {
      draft.pidFile = value;
    }),
  ),
  ...named(
    "ports_file_dir",
    textFlag((draft, value) => {
      draft.portsFileDirectory = value;
    }),
  ),
  ...named(
    "profile",
    integerFlag((draft, value) => {
      draft.profilingPort = value;
    }),
  ),
};

const loggingFlags = {
  ...named(
    "D debug",
    booleanFlag(({ logging }, value) => {
      logging.debug = value;
    }),
  ),
  ...named(
    "V trace",
    booleanFlag(({ logging }, value) => {
      logging.trace = value;
    }),
  ),
  ...named(
    "VV",
    booleanFlag(({ logging }, value) => {
      logging.trace = value;
      logging.traceVerbose = value;
    }),
  ),
  ...named(
    "DV",
    booleanFlag(({ logging }, value) => {
      logging.debug = value;
      logging.trace = value;
    }),
  ),
  ...named(
    "DVV",
    booleanFlag(({ logging }, value) => {
      logging.debug = value;
      logging.trace = value;
      logging.traceVerbose = value;
    }),
  ),
  ...named(
    "T logtime",
    booleanFlag(({ logging }, value) => {
      logging.time = value;
    }),
  ),
  ...named(
    "logtime_utc",
    booleanFlag(({ logging }, value) => {
      logging.timeUtc = value;
    }),
  ),
  ...named(
    "l log",
    textFlag(({ logging }, value) => {
      logging.file = value;
    }),
  ),
  ...named(
    "log_size_limit",
    integerFlag(({ logging }, value) => {
      logging.fileSizeMax = value;
    }),
  ),
  ...named(
    "max_traced_msg_len",
    integerFlag(({ logging }, value) => {
      logging.tracedLengthMax = value;
    }),
  ),
  ...named(
    "s syslog",
    booleanFlag(({ logging }, value) => {
      logging.syslog = value;
    }),
  ),
  ...named(
    "r remote_syslog",
    textFlag(({ logging }, value) => {
      logging.remoteSyslog = value;
    }),
  ),
};

const authorizationFlags = {
  ...named(
    "user",
    textFlag((draft, value) => {
      draft.authorization = { ...draft.authorization, user: value };
    }),
  ),
  ...named(
    "pass",
    textFlag((draft, value) => {
      draft.authorization = { ...draft.authorization, password: value };
    }),
  ),
  ...named(
    "auth",
    textFlag((draft, value) => {
      draft.authorization = { ...draft.authorization, token: value };
    }),
  ),
};

const jetstreamFlags = {
  ...named(
    "js jetstream",
    booleanFlag((draft, value) => {
      draft.isJetStreamOn = value;
    }),
  ),
  ...named(
    "sd store_dir",
    textFlag((draft, value) => {
      draft.storeDirectory = value;
    }),
  ),
};

const tlsFlags = {
  ...named(
    "tls",
    booleanFlag((draft, value) => {
      draft.tlsFlags = { ...draft.tlsFlags, enabled: value };
    }),
  ),
  ...named(
    "tlsverify",
    booleanFlag((draft, value) => {
      draft.tlsFlags = { ...draft.tlsFlags, verify: value };
    }),
  ),
  ...named(
    "tlscert",
    textFlag((draft, value) => {
      draft.tlsFlags = { ...draft.tlsFlags, certificateFile: value };
    }),
  ),
  ...named(
    "tlskey",
    textFlag((draft, value) => {
      draft.tlsFlags = { ...draft.tlsFlags, keyFile: value };
    }),
  ),
  ...named(
    "tlscacert",
    textFlag((draft, value) => {
      draft.tlsFlags = { ...draft.tlsFlags, authoritiesFile: value };
    }),
  ),
};

const clusterFlags = {
  ...named(
    "routes",
    textFlag((draft, value) => {
      const routes = value.split(",").map((route) => route.trim());
      draft.cluster = { ...draft.cluster, routes: routes.filter((route) => route !== "") };
    }),
  ),
  ...named(
    "cluster cluster_listen",
    textFlag((draft, value) => {
      draft.cluster = { ...draft.cluster, listens: value !== "" };
    }),
  ),
  ...named(
    "cluster_name",
    textFlag((draft, value) => {
      draft.cluster = { ...draft.cluster, name: value };
    }),
  ),
  // They say how a cluster is told about, and nobody is told about one.
  ...named(
    "cluster_advertise",
    textFlag(() => {}),
  ),
  ...named(
    "no_advertise",
    booleanFlag(() => {}),
  ),
  ...named(
    "connect_retries",
    integerFlag(() => {}),
  ),
};

const configFlags: Readonly<Record<string, ConfigFlag>> = {
  ...addressFlags,
  ...loggingFlags,
  ...authorizationFlags,
  ...jetstreamFlags,
  ...tlsFlags,
  ...clusterFlags,
};

/** Flags that ask for something else than to serve. */
const actionKinds: Readonly<Record<string, FlagKind>> = {
  h: "boolean",
  help: "boolean",
  help_tls: "boolean",
  v: "boolean",
  version: "boolean",
  t: "boolean",
  c: "text",
  config: "text",
  sl: "text",
  signal: "text",
};

/** Every flag, and what it takes. */
export const flagKinds: Readonly<Record<string, FlagKind>> = {
  ...actionKinds,
  ...Object.fromEntries(Object.entries(configFlags).map(([name, { kind }]) => [name, kind])),
};

/** Has flags go before what a configuration file said. */
export function applyFlags(draft: ConfigDraft, flags: readonly GivenFlag[]): void {
  for (const given of flags) {
    const flag = configFlags[given.name];
    if (flag?.kind === "boolean" && given.kind === "boolean") flag.apply(draft, given.value);
    if (flag?.kind === "integer" && given.kind === "integer") flag.apply(draft, given.value);
    if (flag?.kind === "text" && given.kind === "text") flag.apply(draft, given.value);
  }
}
