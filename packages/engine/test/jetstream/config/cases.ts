import { pushCases } from "./push-cases.ts";
/** A request to the JetStream API. Cases run in order: later ones meet what earlier ones made. */
export interface Case {
  readonly api: "STREAM.CREATE" | "STREAM.UPDATE" | "CONSUMER.CREATE" | "CONSUMER.DURABLE.CREATE";
  /** The rest of the subject: the stream, and for consumers what follows. */
  readonly target: string;
  readonly body: string;
}

function streamCreate(config: object): Case {
  return { api: "STREAM.CREATE", target: "S", body: JSON.stringify({ name: "S", ...config }) };
}

/** Creates a stream of its own, so that it does not meet others. */
function freshStream(name: string, config: object): Case {
  return { api: "STREAM.CREATE", target: name, body: JSON.stringify({ name, ...config }) };
}

function streamUpdate(config: object, target = "MAIN"): Case {
  return { api: "STREAM.UPDATE", target, body: JSON.stringify({ name: target, ...config }) };
}

function consumer(target: string, config: object, rest: object = {}): Case {
  const body = JSON.stringify({ stream_name: "MAIN", config, ...rest });
  return { api: "CONSUMER.CREATE", target: `MAIN${target}`, body };
}

function consumerOf(stream: string, name: string, config: object): Case {
  const body = JSON.stringify({ stream_name: stream, config });
  return { api: "CONSUMER.CREATE", target: `${stream}.${name}`, body };
}

function raw(body: string): Case {
  return { api: "STREAM.CREATE", target: "S", body };
}

function rawConsumer(body: string): Case {
  return { api: "CONSUMER.CREATE", target: "MAIN", body };
}

/** Bodies that are no JSON, or JSON of the wrong shape. */
const shapeCases: readonly Case[] = [
  ...[
    "",
    "  ",
    "null",
    "5",
    '"x"',
    "[]",
    "true",
    "{",
    '{"name":"S"',
    '{"name":"S"}x',
    '{"name":"S"} {"name":"T"}',
    "{name:1}",
    "{'name':1}",
    '{"name":}',
    '{"name" 1}',
    '{"name":"S",}',
    '{"name":"S" "a"}',
    '{"subjects":["a" "b"]}',
    '{"subjects":["a",]}',
    '{"name":"a\nb"}',
    '{"name":"\\x"}',
    '{"name":"\\u12g4"}',
    '{"name":"\\ud800"}',
    '{"max_msgs":-}',
    '{"max_msgs":01}',
    '{"max_msgs":1.}',
    '{"max_msgs":1e}',
    '{"sealed":tru}',
    '{"sealed":nul}',
    '{"\u00e9":1}',
    '{"name":\u00e9}',
    "\ufeff{}",
    '{"a<b":1}',
    '{"a\\u0001\\"":1}',
    '{"name":"S","__proto__":{"x":1}}',
    '{"name":"S","bogus":1,"max_msgs":"x"}',
    '{"name":"S","max_msgs":"x","bogus":1}',
    '{"name":"S","max_msgs":"x","retention":"y"}',
    '{"name":5}',
    '{"name":"S","max_msgs":1.5}',
    '{"name":"S","max_msgs":1e3}',
    '{"name":"S","max_msgs":true}',
    '{"name":"S","max_msgs":{}}',
    '{"name":"S","max_msgs":[]}',
    '{"name":"S","max_msgs":99999999999999999999}',
    '{"name":"S","max_msg_size":3000000000}',
    '{"name":"S","first_seq":-1}',
    '{"name":"S","max_age":"1s"}',
    '{"name":"S","subjects":"x"}',
    '{"name":"S","subjects":[1]}',
    '{"name":"S","metadata":{"a":1}}',
    '{"name":"S","metadata":[]}',
    '{"name":"S","no_ack":1}',
    '{"name":"S","retention":"foo"}',
    '{"name":"S","retention":null}',
    '{"name":"S","retention":{}}',
    '{"name":"S","storage":"disk"}',
    '{"name":"S","discard":"newest"}',
    '{"name":"S","compression":"zip"}',
    '{"name":"S","persist_mode":"x"}',
    '{"name":"S","persist_mode":7}',
    '{"name":"S","placement":{"tags":5}}',
    '{"name":"S","consumer_limits":{"max_ack_pending":"x"}}',
    '{"name":"S","mirror":"x"}',
    '{"name":"S","mirror":{"name":5}}',
    '{"name":"S","mirror":{"name":"x","bogus":1}}',
    '{"name":"S","mirror":{"external":{"api":5}}}',
    '{"name":"S","mirror":{"opt_start_time":5}}',
    '{"name":"S","mirror":{"opt_start_time":"abc"}}',
    '{"name":"S","sources":[{"name":5}]}',
    '{"name":"S","sources":{"name":5}}',
    '{"pedantic":"x"}',
  ].map(raw),
  ...[
    '{"stream_name":"MAIN","config":"x"}',
    '{"stream_name":"MAIN","config":{"bogus":5}}',
    '{"stream_name":"MAIN","config":{"ack_wait":"5"}}',
    '{"stream_name":"MAIN","config":{"backoff":"x"}}',
    '{"stream_name":"MAIN","config":{"backoff":["x"]}}',
    '{"stream_name":"MAIN","config":{"deliver_policy":"first"}}',
    '{"stream_name":"MAIN","config":{"ack_policy":"maybe"}}',
    '{"stream_name":"MAIN","config":{"replay_policy":"slow"}}',
    '{"stream_name":"MAIN","config":{"priority_policy":"x"}}',
    '{"stream_name":"MAIN","config":{"priority_policy":null}}',
    '{"stream_name":"MAIN","action":"destroy"}',
    '{"stream_name":"MAIN","action":null}',
    '{"stream_name":"MAIN","config":{"opt_start_time":"2020-01-01"}}',
    '{"stream_name":"MAIN","config":{"opt_start_time":"2020-01-01T00:00:00"}}',
    '{"stream_name":"MAIN","config":{"opt_start_time":"2020-01-01T00:00:00Zx"}}',
    '{"stream_name":"MAIN","config":{"opt_start_time":"2020-02-30T00:00:00Z"}}',
    '{"stream_name":"MAIN","config":{"opt_start_time":"2020-01-01T25:00:00Z"}}',
    '{"stream_name":"MAIN","config":{"opt_start_time":"2020-01-01T5:00:00Z"}}',
    '{"stream_name":"MAIN","config":{"opt_start_time":"2020-01-01 05:00:00Z"}}',
    '{"stream_name":"MAIN","config":{"opt_start_time":""}}',
  ].map(rawConsumer),
];

const longText = "x".repeat(5000);

/** Requests to create streams, refused and accepted. */
export const streamCreateCases: readonly Case[] = [
  freshStream("MAIN", { subjects: ["main.>"], max_msgs: 1000, metadata: { b: "2", a: "<1>" } }),
  freshStream("MAIN", { subjects: ["main.>"], max_msgs: 1000, metadata: { a: "<1>", b: "2" } }),
  freshStream("MAIN", { subjects: ["main.>"], max_msgs: 1000 }),
  freshStream("MAIN", { subjects: ["main.>"], max_msgs: 1001, metadata: { a: "<1>", b: "2" } }),
  raw('{"name":"T"}'),
  { api: "STREAM.CREATE", target: "a/b", body: '{"name":"a/b"}' },
  freshStream("x".repeat(256), {}),
  streamCreate({ sealed: true }),
  streamCreate({ mirror_direct: true }),
  streamCreate({ description: longText }),
  streamCreate({ metadata: { key: "v".repeat(128 * 1024) } }),
  streamCreate({ num_replicas: 6 }),
  streamCreate({ num_replicas: -1 }),
  streamCreate({ num_replicas: 3 }),
  streamCreate({ max_age: -1 }),
  streamCreate({ max_age: 99_999_999 }),
  streamCreate({ duplicate_window: -1 }),
  streamCreate({ duplicate_window: 99_999_999 }),
  streamCreate({ max_age: 1e9, duplicate_window: 2e9 }),
  streamCreate({ deny_purge: true, allow_rollup_hdrs: true }),
  streamCreate({ allow_msg_counter: true, discard: "new" }),
  streamCreate({ allow_msg_counter: true, allow_msg_ttl: true }),
  streamCreate({ allow_msg_counter: true, allow_msg_schedules: true }),
  streamCreate({ allow_msg_counter: true, retention: "interest" }),
  streamCreate({ discard_new_per_subject: true }),
  streamCreate({ discard_new_per_subject: true, discard: "new" }),
  streamCreate({ subject_delete_marker_ttl: -1 }),
  streamCreate({ subject_delete_marker_ttl: 1 }),
  streamCreate({ subject_delete_marker_ttl: 1e9, pedantic: true }),
  streamCreate({ subject_delete_marker_ttl: 1e9, allow_msg_ttl: true, pedantic: true }),
  streamCreate({ allow_msg_schedules: true, discard: "new" }),
  streamCreate({ allow_msg_schedules: true, pedantic: true }),
  streamCreate({ persist_mode: "async", storage: "memory" }),
  streamCreate({ persist_mode: "async", num_replicas: 3 }),
  streamCreate({ persist_mode: "async", allow_atomic: true }),
  streamCreate({ mirror: { name: "M" }, first_seq: 5 }),
  streamCreate({ mirror: { name: "M" }, subjects: ["s"] }),
  streamCreate({ mirror: { name: "M" }, sources: [{ name: "N" }] }),
  streamCreate({ mirror: { name: "M" }, allow_msg_counter: true }),
  streamCreate({ mirror: { name: "M" }, allow_atomic: true }),
  streamCreate({ mirror: { name: "M" }, allow_batched: true }),
  streamCreate({ mirror: { name: "M" }, allow_msg_schedules: true }),
  streamCreate({ mirror: { name: "M" }, subject_delete_marker_ttl: 1e9 }),
  streamCreate({ mirror: { name: "M.N" } }),
  streamCreate({ sources: [{ name: "N" }], allow_msg_schedules: true }),
  streamCreate({ sources: [{ name: "" }] }),
  raw('{"name":"S","sources":[null]}'),
  streamCreate({ subjects: ["a..b"] }),
  streamCreate({ subjects: ["a b"] }),
  streamCreate({ subjects: [""] }),
  streamCreate({ subjects: [">.a"] }),
  streamCreate({ subjects: ["a", "a"] }),
  streamCreate({ subjects: ["a.*", "*.b"] }),
  streamCreate({ subjects: ["a.>", "a.b"] }),
  streamCreate({ subjects: [">"] }),
  streamCreate({ subjects: [">"], no_ack: true, num_replicas: 3 }),
  streamCreate({ subjects: ["$JS.API.>"] }),
  streamCreate({ subjects: ["*.API.>"] }),
  streamCreate({ subjects: ["$NRG.x"] }),
  streamCreate({ subjects: ["$SYS.>"] }),
  streamCreate({ placement: { preferred: "x" } }),
  streamCreate({ max_msgs: -5, pedantic: true }),
  streamCreate({ max_msg_size: -5, pedantic: true }),
  streamCreate({ max_age: 1e9, pedantic: true }),
  // Accepted.
  freshStream("A1", {}),
  freshStream("A2", { max_msgs: -7, max_bytes: 0, max_consumers: -3, max_msg_size: -2 }),
  raw('{"name":"S","max_age":34560000000000001,"storage":"memory"}'),
  freshStream("A4", { max_age: 1e9, description: "a <b> & c", discard: "NEW", no_ack: true }),
  freshStream("A5", { subjects: ["$JS.EVENT.ADVISORY.>", "$SYS.ACCOUNT.x.CONNECT"] }),
  freshStream("A6", { subjects: ["a6.*", "a6x.*.b"], first_seq: 100, allow_direct: true }),
  freshStream("A7", { deny_delete: true, deny_purge: true, storage: "memory", max_bytes: 1024 }),
  freshStream("A8", { discard: "new", discard_new_per_subject: true, max_msgs_per_subject: 1 }),
  freshStream("A9", { consumer_limits: { inactive_threshold: 60e9, max_ack_pending: 10 } }),
  freshStream("A10", { allow_rollup_hdrs: true, duplicate_window: 1e9, placement: {} }),
  freshStream("A11", {
    metadata: { "_nats.ver": "1", "_nats.level": "9", "_nats.req.level": "7" },
  }),
  raw('{"NAME":"S","Storage":"memory","MAX_AGE":34560000000000001}'),
  raw('{"name":"S","storage":"memory","max_age":34560000000000001,"metadata":{"a":null}}'),
  raw(
    '{"name":"S","storage":"memory","max_age":34560000000000001,"max_msgs":-9223372036854775808}',
  ),
];

/** Requests to update streams that the ones above made. */
const streamUpdateCases: readonly Case[] = [
  streamUpdate({}, "NOPE"),
  streamUpdate({ max_age: -1 }, "NOPE"),
  { api: "STREAM.UPDATE", target: "MAIN", body: '{"name":"OTHER"}' },
  streamUpdate({ storage: "memory" }),
  streamUpdate({ retention: "workqueue" }),
  streamUpdate({ allow_msg_counter: true }),
  streamUpdate({ persist_mode: "async" }),
  streamUpdate({ mirror: { name: "X" } }),
  streamUpdate({ discard_new_per_subject: true }),
  streamUpdate({ max_msgs: -5, pedantic: true }),
  streamUpdate({ storage: "memory", max_bytes: 1024, deny_purge: true }, "A7"),
  streamUpdate({ storage: "memory", max_bytes: 1024, deny_delete: true }, "A7"),
  streamUpdate({ subjects: ["main.>", "more.*"], max_msgs: 7, allow_direct: true }),
  streamUpdate({ subjects: ["main.>"], metadata: { c: "3" }, description: "new" }),
  streamUpdate({ max_age: 5e9, allow_rollup_hdrs: true, sealed: true }, "A1"),
  streamUpdate({ max_msgs: 5 }, "A1"),
];

/** Requests to create consumers of the stream MAIN, and of A9, which has consumer limits. */
const consumerCases: readonly Case[] = [
  { api: "CONSUMER.CREATE", target: "MAIN.c", body: '{"stream_name":"OTHER","config":{}}' },
  { api: "CONSUMER.CREATE", target: "NOPE.c", body: '{"stream_name":"NOPE","config":{}}' },
  { api: "CONSUMER.DURABLE.CREATE", target: "MAIN.d", body: '{"stream_name":"MAIN","config":{}}' },
  {
    api: "CONSUMER.DURABLE.CREATE",
    target: "MAIN.d",
    body: '{"stream_name":"MAIN","config":{"durable_name":"e"}}',
  },
  consumer("", { durable_name: "d" }),
  consumer(".c", { durable_name: "d" }),
  consumer(".a/b", {}),
  consumer(".c.main.a", { filter_subjects: ["main.a"] }),
  consumer(".c.main.a", { filter_subject: "main.b" }),
  consumer(".c", { num_replicas: 3 }),
  consumer(".c", { num_replicas: -1 }),
  consumer("", { name: "a.b" }),
  consumer(".c", { description: longText }),
  consumer(".c", { metadata: { key: "v".repeat(128 * 1024) } }),
  consumer(".c", { ack_wait: -1 }),
  consumer(".c", { backoff: [1e9, -1] }),
  consumer(".c", { backoff: [1e9, 2e9], max_deliver: 1 }),
  consumer(".c", { ack_policy: "flow_control" }),
  consumer(".c", { ack_policy: "flow_control", deliver_subject: "d", max_ack_pending: -1 }),
  consumer(".c", { ack_policy: "flow_control", deliver_subject: "d", ack_wait: 1 }),
  consumer(".c", { ack_policy: "flow_control", deliver_subject: "d", max_deliver: 5 }),
  consumer(".c", { deliver_subject: "d.*" }),
  consumer(".c", { deliver_subject: "d..e" }),
  consumer(".c", { deliver_subject: "main.x" }),
  consumer(".c", { deliver_subject: "d", max_waiting: 5 }),
  consumer(".c", { deliver_subject: "d", max_ack_pending: 5 }),
  consumer(".c", { deliver_subject: "d", idle_heartbeat: 5 }),
  consumer(".c", { deliver_subject: "d", flow_control: true }),
  consumer(".c", { rate_limit_bps: 5 }),
  consumer(".c", { idle_heartbeat: 1e9 }),
  consumer(".c", { flow_control: true }),
  consumer(".c", { max_expires: 5 }),
  consumer(".c", { direct: true }),
  consumer(".c", { direct: true, deliver_subject: "d", durable_name: "c" }),
  consumer(".c", { filter_subject: "main.a", filter_subjects: ["main.b"] }),
  consumer(".c", { filter_subject: "main..a" }),
  consumer(".c", { filter_subjects: ["main.a", ""] }),
  consumer(".c", { filter_subjects: ["main..a"] }),
  consumer(".c", { filter_subjects: ["main.a", "main.>"] }),
  consumer(".c", { filter_subjects: ["main.a", "main.a"] }),
  consumer(".c", { deliver_policy: "all", opt_start_seq: 5 }),
  consumer(".c", { deliver_policy: "last", opt_start_time: "2020-01-01T00:00:00Z" }),
  consumer(".c", { deliver_policy: "new", opt_start_seq: 5 }),
  consumer(".c", { deliver_policy: "last_per_subject", opt_start_seq: 5 }),
  consumer(".c", { deliver_policy: "last_per_subject" }),
  consumer(".c", { deliver_policy: "by_start_sequence" }),
  consumer(".c", {
    deliver_policy: "by_start_sequence",
    opt_start_seq: 5,
    opt_start_time: "2020-01-01T00:00:00Z",
  }),
  consumer(".c", { deliver_policy: "by_start_time" }),
  consumer(".c", {
    deliver_policy: "by_start_time",
    opt_start_seq: 5,
    opt_start_time: "2020-01-01T00:00:00Z",
  }),
  consumer(".c", { sample_freq: "x%" }),
  consumer(".c", { sample_freq: "-5" }),
  consumer(".c", { sample_freq: "99999999999999999999" }),
  consumer(".c", { priority_policy: "overflow" }),
  consumer(".c", { priority_policy: "overflow", priority_groups: [""] }),
  consumer(".c", { priority_policy: "overflow", priority_groups: ["not good"] }),
  consumer(".c", { priority_policy: "overflow", priority_groups: ["g"], deliver_subject: "d" }),
  consumer(".c", { priority_groups: ["g"] }),
  consumer(".c", { priority_timeout: 1e9 }),
  consumer(".c", { max_deliver: -5 }, { pedantic: true }),
  consumer(".c", { max_waiting: -5 }, { pedantic: true }),
  consumer(".c", { max_ack_pending: -5 }, { pedantic: true }),
  consumer(".c", { max_batch: -5 }, { pedantic: true }),
  consumer(".c", { max_expires: -5 }, { pedantic: true }),
  consumer(".c", { max_bytes: -5 }, { pedantic: true }),
  consumer(".c", { idle_heartbeat: -5 }, { pedantic: true }),
  consumer(".c", { inactive_threshold: -5 }, { pedantic: true }),
  consumer(".c", { priority_timeout: -5 }, { pedantic: true }),
  consumer(".c", { ack_policy: "explicit", ack_wait: 1e9, backoff: [2e9] }, { pedantic: true }),
  consumer(".c", {}, { action: "update" }),
  consumer(".c", { durable_name: "x".repeat(256) }),
  { ...consumer("", {}), target: `MAIN.${"x".repeat(256)}`, body: durableBody("x".repeat(256)) },
  // Accepted.
  consumer("", { ack_policy: "explicit" }),
  consumer(".e", { ack_policy: "explicit" }, { action: "create" }),
  consumer(".e", { ack_policy: "explicit" }, { action: "create" }),
  consumer(".e", { ack_policy: "explicit", inactive_threshold: 5e9 }, { action: "create" }),
  consumer(".none", { ack_policy: "none", filter_subject: "elsewhere", mem_storage: true }),
  {
    api: "CONSUMER.DURABLE.CREATE",
    target: "MAIN.old",
    body: '{"stream_name":"MAIN","config":{"durable_name":"old","ack_policy":"all"}}',
  },
  consumer(".d", {
    durable_name: "d",
    ack_policy: "explicit",
    backoff: [1e9, 2e9],
    max_deliver: 5,
    filter_subjects: ["main.a", "main.*.b"],
    headers_only: true,
    metadata: { z: "1", "_nats.req.level": "9" },
  }),
  consumer(".d.main.a", { durable_name: "d", ack_policy: "explicit", filter_subject: "main.a" }),
  consumer(".d", { durable_name: "d", ack_policy: "explicit" }, { action: "create" }),
  consumer(".d", { durable_name: "d", ack_policy: "all" }),
  consumer(".d", { durable_name: "d", ack_policy: "explicit", deliver_policy: "new" }),
  consumer(".d", { durable_name: "d", ack_policy: "explicit", mem_storage: true }),
  consumer(".d", { durable_name: "d", ack_policy: "explicit", replay_policy: "original" }),
  consumer(".d", { durable_name: "d", ack_policy: "explicit", max_waiting: 7 }),
  consumer(".d", { durable_name: "d", ack_policy: "explicit", deliver_subject: "x" }),
  consumer(".d", { durable_name: "d", ack_policy: "explicit", sourcing: true }),
  consumer(".d", { durable_name: "d", ack_policy: "explicit", inactive_threshold: 9e9 }),
  consumer(".seq", { deliver_policy: "by_start_sequence", opt_start_seq: 5 }),
  consumer(".seq", { deliver_policy: "by_start_sequence", opt_start_seq: 6 }),
  consumer(".time", {
    deliver_policy: "by_start_time",
    opt_start_time: "2020-01-01T00:00:00.1200+05:30",
  }),
  consumer(".time", {
    deliver_policy: "by_start_time",
    opt_start_time: "2020-01-01T00:00:00Z",
  }),
  consumer(".negatives", {
    max_deliver: -5,
    max_waiting: -5,
    max_ack_pending: -5,
    max_batch: -5,
    max_expires: -5,
    max_bytes: -5,
    idle_heartbeat: -5,
    inactive_threshold: -5,
    priority_timeout: -5,
  }),
  consumer(".limits", { ack_policy: "explicit", max_batch: 10, max_expires: 1e6, max_bytes: 1024 }),
  consumer(".lps", { deliver_policy: "last_per_subject", filter_subject: "main.>" }),
  consumer(".lp", { deliver_policy: "undefined", ack_policy: "all", max_ack_pending: -1 }),
  ...[
    { ack_policy: "explicit", max_ack_pending: 11 },
    { ack_policy: "explicit", inactive_threshold: 61e9 },
    { ack_policy: "explicit" },
  ].map(
    (config): Case => ({
      api: "CONSUMER.CREATE",
      target: "A9.c",
      body: JSON.stringify({ stream_name: "A9", config }),
    }),
  ),
  streamUpdate({ consumer_limits: { max_ack_pending: 5 } }, "A9"),
  consumer(".replay", { replay_policy: "original" }),
];

/** Streams whose messages go when they are consumed, and which consumers they may have. */
const retentionCases: readonly Case[] = [
  freshStream("INTEREST", { retention: "interest", subjects: ["i.>"] }),
  freshStream("WORK", { retention: "workqueue", subjects: ["w.>"] }),
  streamUpdate({ retention: "workqueue", subjects: ["i.>"] }, "INTEREST"),
  streamUpdate({ retention: "limits", subjects: ["i.>"] }, "INTEREST"),
  streamUpdate({ retention: "interest", subjects: ["i.>"] }, "INTEREST"),
  streamUpdate({ retention: "limits", subjects: ["w.>"] }, "WORK"),
  streamUpdate({ retention: "interest", subjects: ["w.>"] }, "WORK"),
  ...[
    { num_replicas: 1 },
    { ack_policy: "none" },
    { ack_policy: "all" },
    { ack_policy: "explicit", deliver_policy: "new" },
    { ack_policy: "explicit", deliver_policy: "last" },
    { ack_policy: "explicit", deliver_policy: "by_start_sequence", opt_start_seq: 1 },
    { ack_policy: "explicit", durable_name: "c" },
    { ack_policy: "explicit", durable_name: "c", filter_subject: "w.a.*" },
  ].map((config) => consumerOf("WORK", "c", config)),
  ...[
    { ack_policy: "explicit" },
    { ack_policy: "explicit", filter_subject: "w.>" },
    { ack_policy: "explicit", filter_subject: "w.a.b" },
    { ack_policy: "explicit", filter_subjects: ["w.b.>", "w.*.x"] },
    { ack_policy: "explicit", filter_subjects: ["w.b.>", "w.c.>"], durable_name: "d" },
    { ack_policy: "explicit", filter_subjects: ["w.b.>", "w.a.x"], durable_name: "d" },
    { ack_policy: "explicit", durable_name: "d" },
  ].map((config) => consumerOf("WORK", "d", config)),
  consumerOf("WORK", "e", { ack_policy: "explicit", filter_subject: "w.e" }),
  consumerOf("INTEREST", "c", { ack_policy: "none" }),
  consumerOf("INTEREST", "d", { ack_policy: "all", deliver_policy: "new" }),
];

/** Streams that store under other subjects, or publish again. */
const rewriteCases: readonly Case[] = [
  ...[
    { src: "", dest: "" },
    { src: "rw.*", dest: "out.$1" },
    { src: "rw.*", dest: "out.{{wildcard(1)}}.{{partition(3,1)}}" },
    { src: "rw..", dest: "out.$1" },
    { src: "rw.>.x", dest: "out.$1" },
    { src: "rw x", dest: "out" },
    { src: "rw.*", dest: "out.$2" },
    { src: "rw.*", dest: "out.*" },
    { src: "rw.*", dest: "out.>" },
    { src: "rw.>", dest: "out" },
    { src: "rw.*", dest: "out.{{nothing(1)}}" },
    { src: "rw.*", dest: "out.{{partition(x,1)}}" },
    { src: "rw.*", dest: "out..x" },
    { src: "rw.*", dest: "out x" },
    { src: "rw.*", dest: "" },
    { src: "", dest: "out.>" },
    { src: "elsewhere.*", dest: "out.$1" },
  ].map((transform, index) =>
    freshStream(`TRANSFORM${index}`, {
      subjects: [`rw${index}.*`],
      subject_transform: transform,
    }),
  ),
  ...[
    {},
    { dest: "" },
    { src: "", dest: "" },
    { dest: "out.>" },
    { dest: "out" },
    { src: "a.*", dest: "out.$1" },
    { src: "a.*", dest: "out.$2", headers_only: true },
    { src: "a.*", dest: "out.$1", headers_only: true },
    { src: "a..", dest: "out" },
    { src: "a.*", dest: "out.*" },
    { src: ">", dest: ">" },
    { src: ">", dest: "rp.>" },
    { src: "elsewhere", dest: "*.x" },
    { src: "a", dest: "{{x" },
    null,
  ].map((republish, index) =>
    freshStream(`REPUBLISH${index}`, { subjects: [`rp.${index}.>`], republish }),
  ),
  freshStream("RPIMPLICIT", {
    subjects: ["ri.>"],
    subject_transform: { src: "ri.>", dest: "ro.>" },
    republish: { src: ">", dest: ">" },
  }),
  freshStream("RPIMPLICIT2", {
    subjects: ["rj.>"],
    subject_transform: { src: "rj.>", dest: "rk.>" },
    republish: { src: ">", dest: ">" },
    pedantic: true,
  }),
  freshStream("RPIMPLICIT3", {
    subjects: ["rl.>"],
    subject_transform: { src: "rl.>", dest: "rl.x.>" },
    republish: { src: ">", dest: ">" },
  }),
  freshStream("RPPEDANTIC", { subjects: ["rm.>"], republish: { dest: "out.>" }, pedantic: true }),
  streamUpdate({ subjects: ["ri.>"], republish: { src: "ri.*", dest: "rx.$1" } }, "RPIMPLICIT"),
  streamUpdate({ subjects: ["ri.>"], republish: { src: ">", dest: "ri.x.>" } }, "RPIMPLICIT"),
  streamUpdate({ subjects: ["ri.>"], subject_transform: { src: "a.*", dest: "$2" } }, "RPIMPLICIT"),
  streamUpdate({ subjects: ["ri.>"], subject_transform: { src: "a.*", dest: "$1" } }, "RPIMPLICIT"),
  streamUpdate({ subjects: ["ri.>"] }, "RPIMPLICIT"),
  ...[
    {},
    { cluster: "x" },
    { tags: ["a", "b"] },
    { cluster: "x", tags: ["a"] },
    { preferred: "x" },
  ].map((placement, index) => freshStream(`PLACED${index}`, { placement })),
  streamUpdate({ placement: { cluster: "y" } }, "PLACED1"),
  streamUpdate({}, "PLACED1"),
];

/** Streams whose messages have lifetimes of their own. */
const lifetimeCases: readonly Case[] = [
  ...[
    { allow_msg_ttl: true },
    { subject_delete_marker_ttl: 1e9 },
    { subject_delete_marker_ttl: 1e9, deny_purge: true },
    { subject_delete_marker_ttl: 1e9, allow_msg_ttl: true, allow_rollup_hdrs: true },
    { subject_delete_marker_ttl: 999_999_999 },
    { subject_delete_marker_ttl: -1 },
    { subject_delete_marker_ttl: 1e9, pedantic: true },
    { subject_delete_marker_ttl: 1e9, allow_msg_ttl: true, pedantic: true },
    {
      subject_delete_marker_ttl: 1e9,
      allow_msg_ttl: true,
      allow_rollup_hdrs: true,
      pedantic: true,
    },
    { subject_delete_marker_ttl: 1e9, allow_msg_counter: true },
    { subject_delete_marker_ttl: 1e9, allow_rollup_hdrs: true, deny_purge: true },
  ].map((config, index) => freshStream(`TTL${index}`, config)),
  streamUpdate({ subject_delete_marker_ttl: 2e9 }, "TTL0"),
  streamUpdate({ allow_msg_ttl: true }, "TTL0"),
  streamUpdate({ allow_msg_ttl: false }, "TTL0"),
  streamUpdate({ allow_msg_ttl: true, allow_rollup_hdrs: true }, "TTL1"),
  streamUpdate({ allow_msg_ttl: true, subject_delete_marker_ttl: 5e9, max_age: 2e9 }, "TTL1"),
];

/** Streams that hold schedules. */
const scheduleCases: readonly Case[] = [
  ...[
    { allow_msg_schedules: true },
    { allow_msg_schedules: true, deny_purge: true },
    { allow_msg_schedules: true, discard: "new" },
    { allow_msg_schedules: true, pedantic: true },
    { allow_msg_schedules: true, allow_rollup_hdrs: true, pedantic: true },
    { allow_msg_schedules: true, allow_msg_counter: true },
    { allow_msg_schedules: true, sources: [{ name: "X" }] },
    { allow_msg_schedules: true, mirror: { name: "X" } },
    { allow_msg_schedules: true, retention: "workqueue", storage: "memory" },
  ].map((config, index) => freshStream(`SCHEDULES${index}`, config)),
  streamUpdate({}, "SCHEDULES0"),
  streamUpdate({ allow_msg_schedules: true, allow_msg_ttl: true }, "SCHEDULES0"),
  freshStream("ASYNC", { persist_mode: "async" }),
  streamUpdate({}, "ASYNC"),
  streamUpdate({ persist_mode: "async", max_msgs: 5 }, "ASYNC"),
  streamUpdate({ persist_mode: "async", allow_atomic: true }, "ASYNC"),
  freshStream("COMPRESSED", { compression: "s2" }),
  streamUpdate({ compression: "none" }, "COMPRESSED"),
];

/** All that is answered as nats-server answers it. */
export const supportedCases: readonly Case[] = [
  ...streamCreateCases,
  ...streamUpdateCases,
  ...consumerCases,
  ...shapeCases,
  ...retentionCases,
  ...rewriteCases,
  ...lifetimeCases,
  ...scheduleCases,
  ...pushCases,
];

/** How a case is called in the recording of answers. */
export function caseName({ api, target, body }: Case, index: number): string {
  return `${index} ${api}.${target.slice(0, 20)} ${body.slice(0, 100)}`;
}

/** What nats-server accepts and this server does not do yet. */
export const unsupportedCases: readonly Case[] = [
  { api: "STREAM.CREATE", target: "U16", body: '{"name":"U16","max_msgs":9223372036854775807}' },
];

function durableBody(name: string): string {
  return JSON.stringify({ stream_name: "MAIN", config: { durable_name: name } });
}
