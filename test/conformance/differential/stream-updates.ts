import {
  api,
  changedIn215,
  createStream,
  type Request,
  updateStream,
} from "../support/differential.ts";

const base = { name: "C_S", subjects: ["c.*"], storage: "memory" };

const changes: readonly object[] = [
  {},
  { subjects: ["c.*", "c2.*"] },
  { description: "new" },
  { max_msgs: 10, max_bytes: 1e6, max_msg_size: 100, max_msgs_per_subject: 3, max_age: 60e9 },
  { max_age: 1e9 },
  { max_consumers: 5 },
  { retention: "workqueue" },
  { retention: "interest" },
  { retention: "limits" },
  { storage: "file" },
  { discard: "new" },
  { duplicate_window: 1e9 },
  { first_seq: 7 },
  { allow_direct: true },
  { allow_rollup_hdrs: true },
  { allow_msg_ttl: true },
  { allow_msg_ttl: false },
  { allow_msg_counter: true },
  { allow_atomic: true, allow_batched: true },
  { allow_msg_schedules: true },
  { allow_msg_schedules: false },
  { persist_mode: "async" },
  { compression: "s2" },
  { metadata: { a: "b" } },
  { subject_transform: { src: "c.*", dest: "d.$1" } },
  { republish: { src: "c.*", dest: "r.$1" } },
  { consumer_limits: { max_ack_pending: 5 } },
  { placement: { cluster: "x" } },
  { mirror: { name: "X" } },
  { template_owner: "x" },
  { deny_delete: true, deny_purge: true },
  { deny_delete: false, deny_purge: true },
  { deny_delete: true, deny_purge: false },
  { deny_delete: true, deny_purge: true, bogus: 1 },
  { deny_delete: true, deny_purge: true, sealed: true },
  { deny_delete: true, deny_purge: true, sealed: false },
];

const replicas = "2.14 takes more replicas than there are servers where a stream is there already";

/** Changes of a stream one after the other, each with all else at its default. */
export const streamUpdates: readonly Request[] = [
  createStream(base),
  changedIn215(replicas, updateStream({ ...base, num_replicas: 3 })),
  updateStream({ ...base, num_replicas: -1 }),
  updateStream({ ...base, num_replicas: 6 }),
  ...changes.map((change) => updateStream({ ...base, ...change })),
  changedIn215(replicas, updateStream({ ...base, num_replicas: 3 })),
  api("STREAM.INFO.C_S"),
  api("STREAM.UPDATE.C_S", { ...base, name: "C_OTHER" }),
  api("STREAM.UPDATE.C_S"),
  api("STREAM.UPDATE.C_S", "{"),
  api("STREAM.PURGE.C_S"),
  api("STREAM.DELETE.C_S"),
];
