import {
  api,
  ask,
  collect,
  createConsumer,
  createStream,
  pull,
  type Request,
} from "../support/differential.ts";

const forever = { batch: 2, expires: 60e9 };

function waiting(consumer: string, body: object | string, name: string): Request {
  return { ...pull(`N_S.${consumer}`, body), leaves: name };
}

/** Pulls that wait, and what ends their waiting. */
export const waitingPulls: readonly Request[] = [
  // Without the limit the consumers go after 5 s, on each server at a moment of its own.
  createStream({
    name: "N_S",
    subjects: ["n.*"],
    storage: "memory",
    consumer_limits: { inactive_threshold: 3_600_000_000_000 },
  }),
  createConsumer("N_S", { name: "few", ack_policy: "explicit", max_waiting: 2 }),
  waiting("few", forever, "first"),
  waiting("few", { ...forever, max_bytes: 200 }, "second"),
  pull("N_S.few", forever),
  pull("N_S.few", { ...forever, expires: 10e6 }),
  api("CONSUMER.INFO.N_S.few"),
  pull("N_S.few", { batch: 1, no_wait: true }),
  ask("n.a", "1"),
  ask("n.a", "2"),
  ask("n.a", "3"),
  ask("n.a", "4"),
  collect("first", 2),
  collect("second", 3),
  waiting("few", forever, "deleted"),
  waiting("few", { batch: 1, expires: 60e9, idle_heartbeat: 25e9 }, "also deleted"),
  api("CONSUMER.DELETE.N_S.few"),
  collect("deleted"),
  collect("also deleted"),
  createConsumer("N_S", { name: "gone", ack_policy: "explicit", deliver_policy: "new" }),
  waiting("gone", forever, "stream"),
  createConsumer("N_S", {
    name: "pinned",
    ack_policy: "explicit",
    deliver_policy: "new",
    priority_policy: "pinned_client",
    priority_groups: ["g"],
  }),
  waiting("pinned", { ...forever, group: "g" }, "pin"),
  waiting("pinned", { ...forever, group: "g" }, "other"),
  ask("n.a", "5"),
  { ...collect("pin"), stays: true },
  api("CONSUMER.INFO.N_S.pinned"),
  api("CONSUMER.UNPIN.N_S.pinned", { group: "g" }),
  api("STREAM.DELETE.N_S"),
];
