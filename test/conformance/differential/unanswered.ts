import { api, ask, createConsumer, createStream, type Request } from "../support/differential.ts";

const tooHigh = { "Nats-Required-Api-Level": "99" };

/** Only servers in a cluster do what these ask for; some are for the system account, and get no answer elsewhere. */
const betweenServers = [
  "META.LEADER.STEPDOWN",
  "SERVER.REMOVE",
  "META.SERVER.REMOVE",
  "ACCOUNT.PURGE.$G",
  "ACCOUNT.STREAM.MOVE.$G.J_S",
  "ACCOUNT.STREAM.CANCEL_MOVE.$G.J_S",
];

/** What streams and consumers refuse, or nobody knows. */
const unknown = [
  "STREAM.TEMPLATE.NAMES",
  "STREAM.TEMPLATE.CREATE.x",
  "NOPE",
  "STREAM",
  "STREAM.CREATE",
  "STREAM.CREATE.a.b",
  "STREAM.INFO",
  "INFO.x",
  "CONSUMER.INFO.J_S",
  "CONSUMER.RESET.J_S",
  "CONSUMER.RESET.J_S.missing",
  "CONSUMER.MSG.NEXT",
  "DIRECT",
];

/** Requests that a lone server refuses whatever they say, or does not answer, and those that nobody listens to. */
export const unanswered: readonly Request[] = [
  // Without the limit the consumer goes after 5 s, on each server at a moment of its own.
  createStream({
    name: "J_S",
    subjects: ["j.*"],
    storage: "memory",
    consumer_limits: { inactive_threshold: 3_600_000_000_000 },
  }),
  createConsumer("J_S", { name: "c", ack_policy: "explicit" }),
  ...[...betweenServers, ...unknown].flatMap((subject) =>
    ["", "{}", "{"].map((body): Request => ({ ...api(subject, body), answers: 0 })),
  ),
  ...[
    "STREAM.LEADER.STEPDOWN.J_S",
    "STREAM.PEER.REMOVE.J_S",
    "CONSUMER.LEADER.STEPDOWN.J_S.c",
  ].flatMap((subject) => [
    api(subject),
    api(subject, "{"),
    api(subject, { placement: { preferred: "x" }, peer: "x" }),
    api(subject, "", tooHigh),
  ]),
  api("STREAM.LEADER.STEPDOWN.J_NONE"),
  api("CONSUMER.MSG.NEXT.J_S"),
  api("CONSUMER.MSG.NEXT.J_S.c.d"),
  api("DIRECT.GET"),
  api("DIRECT.GET.J_S"),
  ask("$JS.API"),
  ...["c", "c.1.1.1", "c.1.1.1.1.0.0", "none.1.1.1.1.0"].map((ack) =>
    ask(`$JS.ACK.J_S.${ack}`, "+ACK"),
  ),
  { ...ask("$JS.ACK.J_S.c.1.9.9.1.0", "+ACK"), answers: 0 },
  ask("$JS.EVENT.ADVISORY.x"),
  ask("$SYS.REQ.USER.NOPE"),
  ask("$SYS.REQ.SERVER.PING"),
  ask("$SYS.REQ.USER.INFO"),
  ask("$SYS.REQ.USER.INFO", "{"),
  ask("j.nobody.listens", "x"),
  api("STREAM.DELETE.J_S"),
];
