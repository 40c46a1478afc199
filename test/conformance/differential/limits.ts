import {
  api,
  ask,
  createConsumer,
  createStream,
  type Request,
  updateStream,
} from "../support/differential.ts";

/** What of JetStream the server of {@link limitsConfig} may use, and its accounts. */
export const limitsConfig = `
jetstream {
  max_memory_store: 1MB, max_file_store: 1MB
  limits { max_ack_pending: 100, max_request_batch: 20, duplicate_window: "60s" }
}
accounts {
  LIMITED {
    users: [{ user: limited, password: pw }]
    jetstream {
      max_memory: 4000, max_file: 300000, max_streams: 3, max_consumers: 2, max_ack_pending: 50
      max_bytes_required: true, memory_max_stream_bytes: 2000, disk_max_stream_bytes: 200000
    }
  }
  SMALL { users: [{ user: small, password: pw }], jetstream { max_memory: 1000 } }
  FREE { users: [{ user: free, password: pw }], jetstream: enabled }
  WITHOUT { users: [{ user: without, password: pw }] }
  SYS { users: [{ user: sys, password: pw }] }
}
system_account: SYS
`;

const memory = { storage: "memory" };

/** An account that may have little. */
export const accountLimits: readonly Request[] = [
  api("INFO"),
  createStream({ name: "O_S", subjects: ["o.*"], ...memory }),
  createStream({ name: "O_S", subjects: ["o.*"], ...memory, max_bytes: 3000 }),
  createStream({ name: "O_S", subjects: ["o.*"], max_bytes: 250_000 }),
  createStream({
    name: "O_S",
    subjects: ["o.*"],
    ...memory,
    max_bytes: 2000,
    duplicate_window: 90e9,
    max_age: 100e9,
  }),
  createStream({ name: "O_S", subjects: ["o.*"], ...memory, max_bytes: 2000 }),
  createStream({ name: "O_T", subjects: ["o2.*"], ...memory, max_bytes: 2000 }),
  createStream({ name: "O_U", subjects: ["o3.*"], ...memory, max_bytes: 1 }),
  createStream({ name: "O_U", subjects: ["o3.*"], max_bytes: 200_000 }),
  createStream({ name: "O_V", subjects: ["o4.*"], max_bytes: 150_000 }),
  createStream({ name: "O_V", subjects: ["o4.*"], max_bytes: 100 }),
  updateStream({ name: "O_S", subjects: ["o.*"], ...memory, max_bytes: 2001 }),
  updateStream({ name: "O_S", subjects: ["o.*"], ...memory }),
  updateStream({ name: "O_T", subjects: ["o2.*"], ...memory, max_bytes: 1000 }),
  api("STREAM.RESTORE.O_V", {
    config: { name: "O_V", subjects: ["o4.*"], max_bytes: 100 },
    state: {},
  }),
  createConsumer("O_S", { name: "many", ack_policy: "explicit", max_ack_pending: 60 }),
  createConsumer("O_S", { name: "more", ack_policy: "explicit", max_ack_pending: 200 }),
  createConsumer("O_S", { name: "batch", max_batch: 30 }),
  createConsumer("O_S", { name: "default", ack_policy: "explicit" }),
  createConsumer("O_S", { name: "one", ack_policy: "explicit", max_ack_pending: 10 }),
  createConsumer("O_S", { name: "two" }),
  createConsumer("O_S", { name: "three" }),
  ask("o.a", "x"),
  ask("o.a", "x".repeat(2500)),
  api("INFO"),
  ...["O_S", "O_T", "O_U"].map((name) => api(`STREAM.DELETE.${name}`)),
  api("INFO"),
];

/** An account whose streams have no bounds of their own. */
export const smallAccount: readonly Request[] = [
  createStream({ name: "R_S", subjects: ["r.*"], ...memory }),
  ask("r.1", "x".repeat(600)),
  ask("r.2", "x".repeat(600)),
  ask("r.3", "x".repeat(600)),
  api("STREAM.DELETE.R_S"),
];

/** An account without limits of its own, on a server with little room. */
export const serverLimits: readonly Request[] = [
  api("INFO"),
  createStream({ name: "P_S", subjects: ["p.*"], ...memory, max_bytes: 2_000_000 }),
  createStream({ name: "P_S", subjects: ["p.*"], max_bytes: 2_000_000 }),
  createStream({ name: "P_S", subjects: ["p.*"], ...memory, max_bytes: 800_000 }),
  createStream({ name: "P_T", subjects: ["p2.*"], ...memory, max_bytes: 800_000 }),
  createStream({ name: "P_T", subjects: ["p2.*"], max_bytes: 800_000 }),
  createStream({ name: "P_U", subjects: ["p3.*"], max_bytes: 800_000 }),
  updateStream({ name: "P_S", subjects: ["p.*"], ...memory, max_bytes: 2_000_000 }),
  createStream({ name: "P_U", subjects: ["p3.*"], ...memory }),
  ...["1", "2", "3"].map((name) => ask(`p3.${name}`, "x".repeat(300_000))),
  {
    ...ask("p3.4", "x".repeat(300_000)),
    differs: "Oxbow refuses what does not fit, nats-server what comes when it is over its limit",
  },
  ask("p3.5", "x".repeat(300_000)),
  createConsumer("P_S", { name: "many", ack_policy: "explicit", max_ack_pending: 200 }),
  createConsumer("P_S", { name: "batch", max_batch: 30 }),
  createConsumer("P_S", { name: "defaults", ack_policy: "explicit" }),
];

/** What is left of its streams once the system account has removed them. */
export const afterPurge: readonly Request[] = [api("STREAM.NAMES"), ask("p.a", "x")];

/** An account that has no JetStream. */
export const withoutJetStream: readonly Request[] = [
  "INFO",
  "STREAM.NAMES",
  "STREAM.LIST",
  "STREAM.CREATE.Q_S",
  "STREAM.UPDATE.Q_S",
  "STREAM.INFO.Q_S",
  "STREAM.DELETE.Q_S",
  "STREAM.PURGE.Q_S",
  "STREAM.MSG.GET.Q_S",
  "STREAM.MSG.DELETE.Q_S",
  "STREAM.SNAPSHOT.Q_S",
  "STREAM.RESTORE.Q_S",
  "STREAM.LEADER.STEPDOWN.Q_S",
  "STREAM.PEER.REMOVE.Q_S",
  "CONSUMER.CREATE.Q_S",
  "CONSUMER.CREATE.Q_S.c",
  "CONSUMER.DURABLE.CREATE.Q_S.c",
  "CONSUMER.NAMES.Q_S",
  "CONSUMER.LIST.Q_S",
  "CONSUMER.INFO.Q_S.c",
  "CONSUMER.DELETE.Q_S.c",
  "CONSUMER.PAUSE.Q_S.c",
  "CONSUMER.UNPIN.Q_S.c",
  "CONSUMER.LEADER.STEPDOWN.Q_S.c",
  "CONSUMER.MSG.NEXT.Q_S.c",
  "DIRECT.GET.Q_S",
].flatMap((subject) => ["", "{", '{"group": "g"}'].map((body) => api(subject, body)));

/** The system account, which has no JetStream and can't have one. */
export const inSystemAccount: readonly Request[] = [
  api("INFO"),
  api("STREAM.NAMES"),
  api("STREAM.CREATE.Q_S", { name: "Q_S" }),
  api("CONSUMER.INFO.Q_S.c"),
  api("NOPE"),
  api("CONSUMER.MSG.NEXT.Q_S.c"),
  api("DIRECT.GET.Q_S"),
  ...["META.LEADER.STEPDOWN", "SERVER.REMOVE", "ACCOUNT.X", "ACCOUNT.STREAM.MOVE.FREE.Q_S"].map(
    (subject): Request => ({ ...api(subject), answers: 0 }),
  ),
  api("ACCOUNT.PURGE.FREE"),
  api("ACCOUNT.PURGE.NOBODY"),
  api("ACCOUNT.PURGE.n/o"),
  api("STREAM.LEADER.STEPDOWN.Q_S"),
  ask("$SYS.REQ.USER.INFO"),
];
