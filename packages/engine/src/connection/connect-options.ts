import type { Credentials } from "../auth/identity.ts";

/** What a client wants, from the JSON of its CONNECT. */
export interface ConnectOptions extends Credentials {
  /** Answer each operation with +OK. */
  readonly verbose: boolean;
  /** Check the subjects of what it publishes. */
  readonly pedantic: boolean;
  /** Deliver to it what it publishes itself, if it subscribes to it. */
  readonly echo: boolean;
  /** 1: it takes INFO at any time. */
  readonly protocol: number;
  readonly headers: boolean;
  /** Tell it at once when a request reaches nobody. */
  readonly noResponders: boolean;
  /** Name of the client, not of the user. */
  readonly name: string;
  readonly lang: string;
  readonly version: string;
  /** It asks for an account by name, which no client may. */
  readonly wantsAccount: boolean;
}

/** What holds for a client that has not sent CONNECT. */
export const defaultConnectOptions: ConnectOptions = {
  verbose: true,
  pedantic: true,
  echo: true,
  protocol: 0,
  headers: false,
  noResponders: false,
  name: "",
  lang: "",
  version: "",
  user: "",
  password: "",
  token: "",
  nkey: "",
  signature: "",
  jwt: "",
  proxySignature: "",
  wantsAccount: false,
};

/**
 * Reads the JSON of a CONNECT. Fields that are left out, or `null`, keep what `previous` says, as a second CONNECT only
 * changes what it names. Unknown fields are ignored.
 *
 * @returns `undefined` if it is not a JSON object or a field has the wrong type.
 */
export function parseConnectOptions(
  json: string,
  previous: ConnectOptions,
): ConnectOptions | undefined {
  let value: unknown;
  try {
    value = JSON.parse(json);
  } catch {
    return undefined; // Broken JSON closes the connection like a wrong type does.
  }
  if (typeof value !== "object" || Array.isArray(value)) return undefined;
  const fields = new FieldReader((value ?? {}) as Readonly<Record<string, unknown>>);
  const options: ConnectOptions = {
    verbose: fields.boolean("verbose", previous.verbose),
    pedantic: fields.boolean("pedantic", previous.pedantic),
    echo: fields.boolean("echo", previous.echo),
    protocol: fields.integer("protocol", previous.protocol),
    headers: fields.boolean("headers", previous.headers),
    noResponders: fields.boolean("no_responders", previous.noResponders),
    name: fields.string("name", previous.name),
    lang: fields.string("lang", previous.lang),
    version: fields.string("version", previous.version),
    user: fields.string("user", previous.user),
    password: fields.string("pass", previous.password),
    token: fields.string("auth_token", previous.token),
    nkey: fields.string("nkey", previous.nkey),
    signature: fields.string("sig", previous.signature),
    jwt: fields.string("jwt", previous.jwt),
    proxySignature: fields.string("proxy_sig", previous.proxySignature),
    wantsAccount:
      fields.string("account", "") !== "" ||
      fields.boolean("new_account", false) ||
      previous.wantsAccount,
  };
  return fields.areValid ? options : undefined;
}

/** Takes typed fields out of an object, and remembers whether one had the wrong type. */
class FieldReader {
  areValid = true;
  readonly #fields: Readonly<Record<string, unknown>>;

  constructor(fields: Readonly<Record<string, unknown>>) {
    this.#fields = fields;
  }

  boolean(name: string, fallback: boolean): boolean {
    const value = this.#get(name) ?? fallback;
    return typeof value === "boolean" ? value : this.#refuse(fallback);
  }

  string(name: string, fallback: string): string {
    const value = this.#get(name) ?? fallback;
    return typeof value === "string" ? value : this.#refuse(fallback);
  }

  integer(name: string, fallback: number): number {
    const value = this.#get(name) ?? fallback;
    return Number.isInteger(value) ? (value as number) : this.#refuse(fallback);
  }

  #get(name: string): unknown {
    return Object.hasOwn(this.#fields, name) ? this.#fields[name] : undefined;
  }

  #refuse<T>(fallback: T): T {
    this.areValid = false;
    return fallback;
  }
}
