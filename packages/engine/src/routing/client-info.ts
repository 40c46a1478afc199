/** What is told about a client, in nats-server's names and order. What is unknown is left out. */
export interface ClientInfo {
  /** When it connected. */
  readonly start?: string;
  /** Its address. */
  readonly host?: string;
  readonly id?: number;
  /** Its account. */
  readonly acc: string;
  /** The account that asks on its behalf. */
  readonly svc?: string;
  readonly user?: string;
  readonly name?: string;
  readonly lang?: string;
  readonly ver?: string;
  /** Round-trip time in nanoseconds. */
  readonly rtt?: number;
  readonly server?: string;
  readonly cluster?: string;
  readonly jwt?: string;
  readonly issuer_key?: string;
  readonly name_tag?: string;
  readonly tags?: readonly string[];
  readonly kind?: string;
  readonly client_type?: string;
  /** The reply subject before the request came through a service import, where that matters. */
  readonly reply?: string;
}

const names: readonly (keyof ClientInfo)[] = [
  "start",
  "host",
  "id",
  "acc",
  "svc",
  "user",
  "name",
  "lang",
  "ver",
  "rtt",
  "server",
  "cluster",
  "jwt",
  "issuer_key",
  "name_tag",
  "tags",
  "kind",
  "client_type",
  "reply",
];

/** The fields of `info` in their order, without those that are empty or unknown. */
export function orderedInfo(info: ClientInfo): ClientInfo {
  const ordered: Record<string, unknown> = {};
  for (const name of names) {
    const value = info[name];
    const isEmpty = value === undefined || value === "" || value === 0;
    if (!isEmpty && !(Array.isArray(value) && value.length === 0)) ordered[name] = value;
  }
  return ordered as unknown as ClientInfo;
}

/** What JSON says about a client; `undefined` if it is none. Unknown fields are left out. */
export function parseClientInfo(json: string): ClientInfo | undefined {
  let value: unknown;
  try {
    value = JSON.parse(json);
  } catch {
    return undefined; // A header that somebody else wrote.
  }
  if (typeof value !== "object" || value === null || Array.isArray(value)) return undefined;
  const info = value as Partial<ClientInfo>;
  return orderedInfo({ ...info, acc: typeof info.acc === "string" ? info.acc : "" });
}
