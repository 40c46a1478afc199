import assert from "node:assert/strict";
import { test } from "node:test";
import { withJetStream } from "../support/test-jetstream.ts";

/** Goal: configurations are refused as nats-server refuses them. Method: its answers, version 2.14.5, as a table. */
const O = { name: "O" };
const external = (api: string, deliver: string): object => ({ ...O, external: { api, deliver } });
const transformed = (...subject_transforms: object[]): object => ({ ...O, subject_transforms });
const BROKEN = { src: "a..b", dest: "b" };
const BEYOND = { src: "a.*", dest: "b.{{wildcard(3)}}" };
const OUT_OF_RANGE =
  "invalid mapping destination: wildcard index out of range in {{wildcard(3)}}: [3]";
const bothFilters = { ...O, filter_subject: "a", subject_transforms: [{ src: "a", dest: "b" }] };
const overlapping = transformed({ src: "a.*", dest: "b" }, { src: "a.>", dest: "c" });
const noName = { ...O, consumer: { name: "", deliver_subject: "x.y" } };

const refused: readonly (readonly [object, number, string])[] = [
  [
    { mirror: { ...O, filter_subject: "a..b" } },
    10049,
    "subject filter 'a..b' for the mirror invalid subject",
  ],
  [
    { mirror: bothFilters },
    10150,
    "mirror with multiple subject transforms cannot also have a single subject filter",
  ],
  [{ mirror: transformed(BROKEN) }, 10151, "mirror transform source: invalid subject a..b"],
  [{ mirror: overlapping }, 10152, "mirror subject filters can not overlap"],
  [{ sources: [overlapping] }, 10146, "source transform: invalid subject"],
  [{ mirror: transformed(BEYOND) }, 10154, `mirror transform: ${OUT_OF_RANGE}`],
  [
    { mirror: external("$JS.API", "d") },
    10021,
    "stream external api prefix $JS.API must not overlap with $JS.API",
  ],
  [
    { mirror: external("x.*", "d") },
    10052,
    'stream external api prefix "x.*" must be a valid subject without wildcards',
  ],
  [
    { mirror: external("x", "d.*") },
    10024,
    "stream external delivery prefix d.* must not contain wildcards",
  ],
  [{ mirror: O, max_msg_size: 50 }, 10030, "stream mirror must have max message size >= source"],
  [{ mirror: { name: "M" } }, 10052, "detected cycle"],
  [{ mirror: { name: "a.b" } }, 10142, "mirrored stream name is invalid"],
  [{ mirror: noName }, 10213, "stream mirror consumer config is invalid"],
  [
    { mirror: O, mirror_direct: true, pedantic: true },
    10157,
    "pedantic mode: origin stream has direct get set, mirror has it disabled",
  ],
  [{ sources: [O, O] }, 10140, "duplicate source configuration detected"],
  [
    { sources: [bothFilters] },
    10144,
    "source with multiple subject transforms cannot also have a single subject filter",
  ],
  [
    { sources: [{ ...O, filter_subject: "a..b" }] },
    10049,
    "subject filter 'a..b' for the source: invalid subject",
  ],
  [{ sources: [transformed(BROKEN)] }, 10145, "source transform source: invalid subject a..b"],
  [{ sources: [transformed(BEYOND)] }, 10146, `source transform: ${OUT_OF_RANGE}`],
  [{ sources: [{ name: "M" }] }, 10052, "detected cycle"],
  [{ sources: [O], max_msg_size: 50 }, 10046, "stream source must have max message size >= target"],
  [
    { sources: [external("x", "o"), O] },
    10022,
    "stream external delivery prefix o overlaps with stream subject o.>",
  ],
  [{ sources: [noName] }, 10215, "stream source consumer config is invalid"],
];

test("origins that make no sense are refused as by nats-server", () =>
  withJetStream(async (server) => {
    await server.createStream("O", { max_msg_size: 100 });
    for (const [config, code, description] of refused) {
      const { error } = await server.api("STREAM.CREATE.M", { name: "M", ...config });
      assert.deepEqual(
        [error?.err_code, error?.description],
        [code, description],
        JSON.stringify(config),
      );
    }
  }));

test("streams that feed on the same are no cycle, one that feeds on another and its mirror is", () =>
  withJetStream(async (server) => {
    await server.createStream("O");
    await server.ok("STREAM.CREATE.M1", { name: "M1", mirror: O });
    await server.ok("STREAM.CREATE.M2", { name: "M2", mirror: O });
    const mirrors = [{ name: "M1" }, { name: "M2" }];
    await server.ok("STREAM.CREATE.S1", { name: "S1", sources: mirrors });
    const sources = [O, { name: "M1" }];
    const { error } = await server.api("STREAM.CREATE.S2", { name: "S2", sources });
    assert.deepEqual([error.err_code, error.description], [10052, "detected cycle"]);
  }));

test("what a mirror mirrors can't be changed, but taken away", () =>
  withJetStream(async (server) => {
    await server.createStream("O");
    await server.ok("STREAM.CREATE.M", { name: "M", mirror: O });
    const other = { ...O, filter_subject: "o.4" };
    const { error } = await server.api("STREAM.UPDATE.M", { name: "M", mirror: other });
    assert.equal(error.err_code, 10055);
    await server.ok("STREAM.UPDATE.M", { name: "M", mirror: O, description: "same" });
    await server.ok("STREAM.UPDATE.M", { name: "M" });
    const { error: again } = await server.api("STREAM.UPDATE.M", { name: "M", mirror: O });
    assert.notEqual(again, undefined);
  }));
