import type { Case } from "./cases.ts";

const STREAM = "PUSH";

function consumer(name: string, config: object, rest: object = {}): Case {
  const body = { stream_name: STREAM, config: { durable_name: name, ...config }, ...rest };
  return { api: "CONSUMER.CREATE", target: `${STREAM}.${name}`, body: JSON.stringify(body) };
}

/** A consumer that is no durable one. */
function unnamed(name: string, config: object): Case {
  const body = JSON.stringify({ stream_name: STREAM, config });
  return { api: "CONSUMER.CREATE", target: `${STREAM}.${name}`, body };
}

const push = { deliver_subject: "to", ack_policy: "explicit" };
const full = {
  ...push,
  deliver_group: "g",
  flow_control: true,
  idle_heartbeat: 1e9,
  rate_limit_bps: 8000,
  headers_only: true,
};
const flowAcks = { deliver_subject: "to.f", ack_policy: "flow_control", max_ack_pending: 10 };

/** Push consumers: what they may be, and what of them may change. */
export const pushCases: readonly Case[] = [
  {
    api: "STREAM.CREATE",
    target: STREAM,
    body: JSON.stringify({ name: STREAM, subjects: ["push.>"] }),
  },
  consumer("plain", push),
  consumer("full", full),
  consumer("none", { deliver_subject: "to", ack_policy: "none" }),
  consumer("all", { deliver_subject: "to", ack_policy: "all", max_ack_pending: -1 }),
  ...[
    { deliver_subject: "to.*" },
    { deliver_subject: "to.>" },
    { deliver_subject: "to..x" },
    { deliver_subject: "push.x" },
    { deliver_subject: "to", max_waiting: 5 },
    { deliver_subject: "to", ack_policy: "none", max_ack_pending: 5 },
    { deliver_subject: "to", idle_heartbeat: 99e6 },
    { deliver_subject: "to", idle_heartbeat: 100e6 },
    { deliver_subject: "to", flow_control: true },
    { deliver_subject: "to", rate_limit_bps: 1 },
    { deliver_subject: "to", deliver_group: "a b" },
    { deliver_subject: "to", direct: true },
  ].map((config, index) => consumer(`c${index}`, config)),
  // What may change, and what may not.
  consumer("full", { ...full, rate_limit_bps: 0, headers_only: false }),
  consumer("full", { ...full, deliver_group: "" }),
  consumer("full", { ...full, deliver_subject: "other" }),
  consumer("full", { ...full, deliver_subject: "" }),
  consumer("full", { ack_policy: "explicit" }),
  consumer("full", { ...full, flow_control: false }),
  consumer("full", { ...full, idle_heartbeat: 2e9 }),
  consumer("full", { ...full, ack_policy: "all" }),
  consumer("full", { ...full, idle_heartbeat: 0 }),
  consumer("full", full, { action: "create" }),
  consumer("full", { ...full, description: "x" }, { action: "update" }),
  consumer("new", full, { action: "update" }),
  // Acknowledged by flow control.
  consumer("flow", flowAcks),
  consumer("flow", { ...flowAcks, max_ack_pending: 20 }),
  consumer("flow1", { ...flowAcks, max_ack_pending: 0 }),
  consumer("flow2", { ...flowAcks, ack_wait: 1e9 }),
  consumer("flow3", { ...flowAcks, max_deliver: 2 }),
  consumer("flow4", { ...flowAcks, backoff: [1e9] }),
  consumer("flow5", { ...flowAcks, max_ack_pending: -1 }),
  consumer("flow6", { ...flowAcks, idle_heartbeat: 2e9 }),
  consumer("flow7", flowAcks, { pedantic: true }),
  consumer("flow8", { ...flowAcks, flow_control: true }, { pedantic: true }),
  consumer(
    "flow9",
    { ...flowAcks, flow_control: true, idle_heartbeat: 1e9, max_deliver: -1 },
    {
      pedantic: true,
    },
  ),
  consumer("flow10", { ack_policy: "flow_control" }),
  // Samples and pauses.
  ...["50%", "0", "100", "200%"].map((sample_freq, index) =>
    consumer(`sampled${index}`, { ack_policy: "explicit", sample_freq }),
  ),
  consumer("sampled0", { ack_policy: "explicit", sample_freq: "" }),
  consumer("paused", { pause_until: "2020-01-01T00:00:00Z" }),
  consumer("paused", { pause_until: "2030-01-01T00:00:00Z" }),
  consumer("paused1", { pause_until: "2030-01-01T00:00:00.5+02:00", ack_policy: "explicit" }),
  consumer("paused2", { pause_until: "0001-01-01T00:00:00Z" }),
  // Priority groups.
  ...["overflow", "pinned_client", "prioritized"].map((priority_policy, index) =>
    consumer(`first${index}`, { ack_policy: "explicit", priority_policy, priority_groups: ["g"] }),
  ),
  consumer("first1", {
    ack_policy: "explicit",
    priority_policy: "pinned_client",
    priority_groups: ["g"],
    priority_timeout: 5e9,
  }),
  consumer("first2", { ack_policy: "explicit" }),
  consumer("first3", { priority_policy: "overflow", priority_groups: ["g", "h"] }),
  consumer("first4", { priority_policy: "overflow" }),
  consumer("first5", { ...push, priority_policy: "overflow", priority_groups: ["g"] }),
  // What feeds streams elsewhere.
  unnamed("direct", { deliver_subject: "to", direct: true }),
  unnamed("direct1", { direct: true }),
  unnamed("direct", { deliver_subject: "to" }),
  unnamed("feed", { sourcing: true }),
  unnamed("feed", { deliver_subject: "to", sourcing: true }),
  unnamed("feed", {}),
  consumer("durableFeed", {
    sourcing: true,
    opt_start_seq: 1,
    deliver_policy: "by_start_sequence",
  }),
  consumer("durableFeed", { sourcing: true, deliver_policy: "all" }),
];
