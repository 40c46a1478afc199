import { api, createStream, type Request, updateStream } from "../support/differential.ts";

const transform = (src: string, dest: string): object => ({ src, dest });
const consumer = { name: "durable", deliver_subject: "l_deliver" };

/** What is wrong with a mirror, or with a source, beside its name. */
const wrong: readonly object[] = [
  { subject_transforms: [transform("l..a", "x")] },
  { subject_transforms: [transform("l.*", "x.{{wildcard(5)}}")] },
  { subject_transforms: [transform("l.*", "x..y")] },
  { subject_transforms: [transform("l.*", "x.$1"), transform("l.a", "y")] },
  { subject_transforms: [transform("l.a", "x"), transform("l.b", "y")], filter_subject: "l.a" },
  { filter_subject: "l..a" },
  { external: { api: "$JS.API", deliver: "" } },
  { external: { api: "$JS.*.API", deliver: "" } },
  { external: { api: "$JS.x.API", deliver: "d.>" } },
  { external: { api: "$JS.x.API", deliver: "d.*" } },
  { external: { api: "x y", deliver: "" } },
  { opt_start_seq: 3, opt_start_time: "2020-01-01T00:00:00Z" },
  { consumer: { ...consumer, name: "no.good" } },
  { consumer: { ...consumer, name: "" } },
  { consumer: { ...consumer, deliver_subject: "l.*" } },
  { consumer: { ...consumer, deliver_subject: "" } },
  { consumer, opt_start_seq: 5 },
  { consumer, opt_start_time: "2020-01-01T00:00:00Z" },
  { consumer, filter_subject: "l.a" },
  { name: "no.good" },
  { name: "a b" },
  { name: "n/o" },
];

/** What a mirror, or a stream with sources, can't be beside. */
const beside: readonly object[] = [
  { subjects: ["l.own"] },
  { subjects: [] },
  { first_seq: 7 },
  { allow_msg_counter: true },
  { allow_atomic: true },
  { allow_batched: true },
  { allow_msg_schedules: true },
  { allow_msg_ttl: true, subject_delete_marker_ttl: 5e9 },
  { max_msg_size: 5 },
  { retention: "workqueue" },
  { subject_transform: transform("l.*", "x.$1") },
  { mirror_direct: true, allow_direct: true },
  { republish: { src: "l.*", dest: "re.$1" } },
  { deny_delete: true, deny_purge: true },
  { allow_rollup_hdrs: true },
];

const name = "L_NEW";

function tried(config: object): Request[] {
  return [api(`STREAM.CREATE.${name}`, { name, storage: "memory", ...config })].concat(
    api(`STREAM.DELETE.${name}`),
  );
}

/** Mirrors and sources that can't be, and changes of those that are there. */
export const origins: readonly Request[] = [
  createStream({ name: "L_S", subjects: ["l.*"], storage: "memory", max_msg_size: 100 }),
  createStream({ name: "L_T", subjects: ["l2.*"], storage: "memory" }),
  createStream({ name: "L_W", subjects: ["l3.>"], storage: "memory" }),
  ...wrong.flatMap((each) => tried({ mirror: { name: "L_S", ...each } })),
  ...wrong.flatMap((each) => tried({ sources: [{ name: "L_S", ...each }] })),
  ...beside.flatMap((each) => tried({ mirror: { name: "L_S" }, ...each })),
  ...beside.flatMap((each) => tried({ sources: [{ name: "L_S" }], ...each })),
  ...tried({ mirror: null, sources: null }),
  ...tried({ mirror: {} }),
  ...tried({ mirror: "L_S" }),
  ...tried({ sources: {} }),
  ...tried({ sources: [{}] }),
  ...tried({ sources: [{ name: "L_S" }, { name: "L_S" }] }),
  ...tried({
    sources: [
      { name: "L_S", filter_subject: "l.a" },
      { name: "L_S", filter_subject: "l.b" },
    ],
  }),
  ...tried({
    sources: [
      { name: "L_S", consumer },
      { name: "L_S", consumer },
    ],
  }),
  ...tried({
    sources: [{ name: "L_S", external: { api: "$JS.x.API", deliver: "l" } }],
    subjects: [">"],
  }),
  ...tried({ mirror: { name: "L_S", external: { api: "$JS.x.API", deliver: "d" } } }),
  ...tried({
    sources: [{ name: "L_W" }, { name: "far", external: { api: "$JS.x.API", deliver: "l3" } }],
  }),
  ...tried({
    sources: [{ name: "L_S", external: { api: "$JS.x.API", deliver: "own.d" } }],
    subjects: ["*.*.*"],
  }),
  ...tried({
    sources: [{ name: "L_S", external: { api: "own.api", deliver: "d" } }],
    subjects: ["own.>"],
  }),
  createStream({ name: "L_MIRROR", storage: "memory", mirror: { name: "L_S" } }),
  updateStream({ name: "L_MIRROR", storage: "memory", mirror: { name: "L_T" } }),
  updateStream({
    name: "L_MIRROR",
    storage: "memory",
    mirror: { name: "L_S", filter_subject: "l.a" },
  }),
  updateStream({ name: "L_MIRROR", storage: "memory", mirror: { name: "L_S" }, subjects: ["x"] }),
  updateStream({ name: "L_S", subjects: ["l.*"], storage: "memory", mirror: { name: "L_T" } }),
  api("STREAM.PURGE.L_MIRROR"),
  api("STREAM.DELETE.L_MIRROR"),
  api("STREAM.DELETE.L_S"),
  api("STREAM.DELETE.L_T"),
  api("STREAM.DELETE.L_W"),
];
