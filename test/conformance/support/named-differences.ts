/** A message as its receiver saw it. */
export interface SeenMessage {
  readonly subject: string;
  readonly reply: string | undefined;
  readonly header: string;
  readonly body: string;
}

interface NamedDifference {
  /** Matches the names that lead to a field of a JSON answer, joined by points; `[]` stands for any index. */
  readonly path: RegExp;
  readonly reason: string;
}

/** All that may differ between the answers of two servers, and why. */
export const namedDifferences: readonly NamedDifference[] = [
  { path: /(^|\.)(created|ts|time|last_active|first_ts|last_ts|last_seen)$/, reason: "time" },
  { path: /\.pinned_ts$/, reason: "time" },
  { path: /(^|\.)pause_remaining$/, reason: "time left" },
  {
    path: /(^|\.)state\.bytes$/,
    reason: "what a message weighs in a store is that store's affair",
  },
  { path: /^(memory|storage)$/, reason: "size of what is stored" },
  { path: /^api\.level$/, reason: "versions differ" },
  { path: /^server\.(id|name)$/, reason: "name of the server" },
  { path: /^server\.seq$/, reason: "how many events the server has sent" },
  { path: /^server\.(ver|feature_flags)$/, reason: "versions differ" },
  { path: /(^|\.)cluster\.leader$/, reason: "name of the server" },
  { path: /(^|\.)pinned_client_id$/, reason: "random" },
  { path: /(^|\.)metadata\._nats\.(ver|level)$/, reason: "versions differ" },
];

/** How a parser of JSON words what it cannot read is its own affair; a field nobody knows is named by all. */
const wordsOfParser = /^invalid JSON: (?!.*unknown field).*$/;

/** Lists that nats-server makes by walking a map, in an order that is another one each time. */
const unordered = /^(streams\[\]\.)?sources$/;

function byText(a: unknown, b: unknown): number {
  return JSON.stringify(a) < JSON.stringify(b) ? -1 : 1;
}

/** The same for messages that two servers should hold equal. */
export function comparable(message: SeenMessage): unknown {
  return {
    subject: message.subject,
    reply: message.reply?.replace(/\.\d{19}\./, ".<time>."),
    header: message.header
      .replace(/Nats-Time-Stamp: [^\r]+/g, "Nats-Time-Stamp: <time>")
      .replace(/\.\d{19}\./g, ".<time>.")
      .replace(/Nats-Pin-Id: [^\r]+/g, "Nats-Pin-Id: <random>"),
    body: comparableBody(message.body),
  };
}

function comparableBody(body: string): unknown {
  if (!body.startsWith("{")) return body;
  try {
    return withoutDifferences("", JSON.parse(body));
  } catch {
    return body;
  }
}

function withoutDifferences(path: string, value: unknown): unknown {
  if (namedDifferences.some((difference) => difference.path.test(path))) return blank(path, value);
  if (typeof value === "string") return value.replace(wordsOfParser, "invalid JSON: …");
  if (Array.isArray(value)) {
    const items = value.map((each) => withoutDifferences(`${path}[]`, each));
    return unordered.test(path) ? items.toSorted(byText) : items;
  }
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value).map(([name, each]): [string, unknown] => [
    name,
    withoutDifferences(path === "" ? name : `${path}.${name}`, each),
  ]);
  return Object.fromEntries(entries);
}

/** Keeps the kind of value, and whether there is any: the zero time says "never", and nothing weighs nothing. */
function blank(path: string, value: unknown): unknown {
  if (value === 0 && !path.startsWith("api.")) return value;
  if (typeof value === "string" && value.startsWith("0001-01-01")) return value;
  return `<${typeof value}>`;
}
