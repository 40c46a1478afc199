/** What operations are about, as the document tells it, in the order in which they are shown. */
export const tags: readonly Tag[] = [
  tag("station", "Stations", "What messages are put into and taken from."),
  tag(
    "message",
    "Messages",
    "Produce, look at what is stored, search, follow, and consume for a group.",
  ),
  tag("group", "Consumer groups", "Who consumes a station together, and how far they are."),
  tag("producer", "Producers", "Who puts messages in."),
  tag("consumer", "Consumers", "Who takes messages, as members of groups."),
  tag(
    "deadLetter",
    "Dead letters",
    "Messages that were refused or failed, and sending them again.",
  ),
  tag("schema", "Schemas", "What messages have to be like, in versions."),
  tag("attachment", "Schemas of stations", "Which schema a station holds its messages to."),
  tag("ingest", "Webhooks", "URLs by which others send messages into a station."),
  tag("lineage", "Lineage", "Which station is made of which others, and by whom."),
  tag("history", "History", "The last 24 hours, in points of ten seconds."),
  tag("kv", "Keys and values", "Buckets of keys and values, with revisions."),
  tag("object", "Objects", "Stores of objects of any size."),
  tag("request", "Requests", "Ask whoever answers on a subject of NATS, and wait for the answer."),
  tag("user", "Users", "Who may do what, and by which password or access key."),
  tag("tenant", "Tenants", "Who shares a server without seeing the others."),
  tag("session", "Sessions", "Logins of browsers. Programs need none: they use an access key."),
  tag("notification", "Notifications", "Who is told when something needs attention."),
  tag("audit", "Audit", "Who changed what."),
  tag("platform", "Platform", "What there is altogether, and what needs attention."),
  tag("system", "System", "The process of the server. For owners of the server only."),
];

interface Tag {
  readonly name: string;
  /** As a heading has it. */
  readonly "x-displayName": string;
  readonly description: string;
}

function tag(name: string, displayName: string, description: string): Tag {
  return { name, "x-displayName": displayName, description };
}
