import { readFileSync } from "node:fs";
import type { Context } from "../contexts/context.ts";
import { ContextStore } from "../contexts/context-store.ts";
import { CommandFailure, UsageError } from "../failures.ts";
import { type ClientOptions, DEFAULT_URL } from "./options.ts";

const DEFAULT_PORT = "4222";
const DEFAULT_TIMEOUT_MS = 5_000;

/** As whom to connect. */
export type TargetCredentials =
  | { readonly user: string; readonly password: string }
  | { readonly token: string }
  /** A `.creds` file. */
  | { readonly file: string }
  | { readonly nkeySeed: string };

/** Files of TLS. Without any it is as the server wants it. */
export interface TargetTls {
  readonly caFile?: string;
  readonly certFile?: string;
  readonly keyFile?: string;
  readonly handshakeFirst?: boolean;
}

/** Where to connect, and as whom. */
export interface ServerTarget {
  /** `host:port` of each server to try. */
  readonly servers: readonly string[];
  readonly credentials: TargetCredentials | undefined;
  readonly tls: TargetTls | undefined;
  readonly timeoutMs: number;
}

type Environment = Readonly<Record<string, string | undefined>>;

/** What one source says: options, the environment, or a context. What is undefined it leaves to others. */
interface Layer {
  readonly urls: readonly ServerUrl[] | undefined;
  /** What connects; its kind is one of `user`, `token`, `creds` and `nkey`. */
  readonly identity: Identity | undefined;
  readonly password: string | undefined;
  readonly tls: TargetTls;
}

interface Identity {
  readonly kind: "user" | "token" | "creds" | "nkey";
  readonly value: string;
}

/**
 * Resolves options > environment > context > defaults. A context that an option names comes before the environment. A URL may
 * carry credentials (`nats://user:password@host`), which the same source's others win over. The credentials of a context
 * that nobody named go to its own server only.
 *
 * @throws UsageError if the URL is none of NATS, or there are credentials of two kinds; CommandFailure for a context that
 * can't be read
 */
export function serverTarget(
  options: ClientOptions,
  environment: Environment = process.env,
  contexts: Pick<ContextStore, "current" | "read"> = new ContextStore(environment),
): ServerTarget {
  const layers = layersOf(options, environment, contexts);
  const urls = layers.find((layer) => layer.urls !== undefined)?.urls ?? [urlOf(DEFAULT_URL)];
  const identity = layers.find((layer) => layer.identity !== undefined)?.identity;
  const password = layers.find((layer) => layer.password !== undefined)?.password;
  const tls: TargetTls = Object.assign({}, ...layers.map((layer) => layer.tls).reverse());
  // A client would say that it has no connection; that they can't be read is better told now.
  for (const path of [tls.caFile, tls.certFile, tls.keyFile]) {
    if (path !== undefined) secretIn(path);
  }
  const isTls = Object.keys(tls).length > 0 || urls.some((url) => url.isTls);
  return {
    servers: urls.map(({ address }) => address),
    credentials: identity && credentialsOf(identity, password),
    tls: isTls ? tls : undefined,
    timeoutMs: options.timeout ?? DEFAULT_TIMEOUT_MS,
  };
}

function layersOf(
  options: ClientOptions,
  environment: Environment,
  contexts: Pick<ContextStore, "current" | "read">,
): Layer[] {
  const flags = layerOf(options);
  if (options.context !== undefined) {
    return [flags, layerOf(withFiles(contexts.read(options.context)))];
  }
  const of = (name: string): string | undefined =>
    nonEmpty(environment[`OXBOW_${name.toUpperCase()}`]);
  // Several may be set, for different programs.
  const kind = (["user", "token", "creds", "nkey"] as const).find((each) => of(each));
  const variables = layerOf({
    ...given("server", of("url")),
    ...given("password", of("password")),
    ...(kind !== undefined && given(kind, of(kind))),
  });
  const layers = [flags, variables];
  if (layers.some((layer) => layer.urls !== undefined)) return layers;
  const name = of("context") ?? contexts.current();
  return name === undefined ? layers : [...layers, layerOf(withFiles(contexts.read(name)))];
}

type Settings = Omit<ClientOptions, "context" | "timeout"> & Pick<Context, "tlsFirst">;

function layerOf(settings: Settings): Layer {
  const { server, user, token, creds, nkey, tlsCa, tlsCert, tlsKey, tlsFirst } = settings;
  const urls = server?.split(",").map((url) => urlOf(url.trim()));
  const identities = Object.entries({ user, token, creds, nkey })
    .filter(([, value]) => value !== undefined)
    .map(([kind, value]) => ({ kind, value }) as Identity);
  if (identities.length > 1) {
    const kinds = identities.map(({ kind }) => `--${kind}`).join(" and ");
    throw new UsageError(`${kinds} exclude one another: write one`);
  }
  const [identity = urls?.[0]?.identity] = identities;
  return {
    urls,
    identity,
    password: settings.password ?? urls?.[0]?.password,
    tls: {
      ...given("caFile", tlsCa),
      ...given("certFile", tlsCert),
      ...given("keyFile", tlsKey),
      ...given("handshakeFirst", tlsFirst),
    },
  };
}

/** Secrets that stand in files of their own are read now. */
function withFiles({ description: _, passwordFile, tokenFile, ...context }: Context): Settings {
  return {
    ...context,
    ...given("password", passwordFile === undefined ? context.password : secretIn(passwordFile)),
    ...given("token", tokenFile === undefined ? context.token : secretIn(tokenFile)),
  };
}

function credentialsOf({ kind, value }: Identity, password: string | undefined): TargetCredentials {
  switch (kind) {
    case "user":
      return { user: value, password: password ?? "" };
    case "token":
      return { token: value };
    case "creds":
      // Read again for each connection; that it can be read at all is better told now.
      secretIn(value);
      return { file: value };
    case "nkey":
      return { nkeySeed: seedIn(value) };
  }
}

/** The line of a file that is the seed; others may say what it is for. */
function seedIn(path: string): string {
  const seed = /^S[A-Z][A-Z2-7]{50,}$/m.exec(secretIn(path))?.[0];
  if (seed !== undefined) return seed;
  throw new CommandFailure(`${path} has no seed of an NKey: a line that begins with SU`);
}

function secretIn(path: string): string {
  try {
    return readFileSync(path, "utf8").replace(/\r?\n$/, "");
  } catch (error) {
    throw new CommandFailure(`${path} can't be read: ${(error as Error).message}`, {
      cause: error,
    });
  }
}

interface ServerUrl {
  readonly address: string;
  readonly isTls: boolean;
  readonly identity: Identity | undefined;
  readonly password: string | undefined;
}

function urlOf(text: string): ServerUrl {
  const withScheme = /^[a-z]+:\/\//i.test(text) ? text : `nats://${text}`;
  const url = URL.canParse(withScheme) ? new URL(withScheme) : undefined;
  const isNats = url !== undefined && ["nats:", "tcp:", "tls:"].includes(url.protocol);
  if (!isNats || url.hostname === "" || !["", "/"].includes(url.pathname)) {
    throw new UsageError(`"${text}" is no address of a server: write --server ${DEFAULT_URL}`);
  }
  const value = decodeURIComponent(url.username);
  const password = decodeURIComponent(url.password);
  return {
    address: `${url.hostname}:${url.port === "" ? DEFAULT_PORT : url.port}`,
    isTls: url.protocol === "tls:",
    identity: value === "" ? undefined : { kind: password === "" ? "token" : "user", value },
    password: nonEmpty(password),
  };
}

function given<Key extends string, Value>(
  key: Key,
  value: Value | undefined,
): { readonly [K in Key]?: Value } {
  return (value === undefined ? {} : { [key]: value }) as { readonly [K in Key]?: Value };
}

function nonEmpty(text: string | undefined): string | undefined {
  return text === "" ? undefined : text;
}
