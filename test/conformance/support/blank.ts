/** Keys of metadata in which a server speaks of itself. */
const OWN_METADATA = "_nats.";

/**
 * An answer without what differs from run to run and from server to server. JSON becomes a value, so that the order of
 * its fields and the way it is escaped do not count.
 */
export function blankedAnswer(text: string): unknown {
  if (text.startsWith("{")) return blankedValue("", JSON.parse(text));
  return blankedReply(text)
    ?.replace(/Nats-Time-Stamp: [^\\]+/g, "Nats-Time-Stamp: <time>")
    .replace(/Bad Request - unexpected[^\\]+/, "Bad Request - …");
}

/** A reply subject, or text with one in it, without its timestamp. */
export function blankedReply(text: string | undefined): string | undefined {
  return text?.replace(/\.\d{19}\./, ".<ns>.");
}

function blankedValue(key: string, value: unknown): unknown {
  if (typeof value === "string") return blankedText(value);
  // What a message weighs in a store is the store's own affair; none at all weighs nothing everywhere.
  if (key === "bytes" && value !== 0) return "<bytes>";
  if (Array.isArray(value)) return value.map((each) => blankedValue("", each));
  if (typeof value !== "object" || value === null) return value;
  // How much was asked before, and which level of the API the server claims.
  if (key === "api") return "<api>";
  const entries = Object.entries(value)
    .map(([name, each]): [string, unknown] => [name, blankedValue(name, each)])
    .filter(([name, each]) => !name.startsWith(OWN_METADATA) && !isEmptyMetadata(name, each));
  return Object.fromEntries(entries);
}

function blankedText(text: string): string {
  // The zero time says "never" and is a fact, not a measurement.
  if (/^\d{4}-\d\d-\d\dT[\d:.]+Z$/.test(text)) return text.startsWith("0001") ? text : "<time>";
  if (/^N[A-Z2-7]{55}$/.test(text)) return "<server>";
  // How a parser words what it cannot read is its own affair; a field nobody knows is named by all.
  if (text.startsWith("invalid JSON: ") && !text.includes("unknown field"))
    return "invalid JSON: …";
  return text;
}

function isEmptyMetadata(name: string, value: unknown): boolean {
  return (
    name === "metadata" &&
    typeof value === "object" &&
    value !== null &&
    Object.keys(value).length === 0
  );
}
