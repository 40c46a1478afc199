import assert from "node:assert/strict";
import { test } from "node:test";
import type { MappingOptions } from "../../src/options/accounts.ts";
import { SubjectMappings } from "../../src/routing/subject-mappings.ts";
import { SubjectScratch } from "../../src/routing/subject-scratch.ts";
import { connectClient, openEngine } from "../connection/open-engine.ts";
import { TestHost } from "../connection/test-host.ts";

function mapper(mappings: readonly MappingOptions[], cluster = ""): (subject: string) => string {
  const mappingsOfAccount = new SubjectMappings(mappings, new TestHost().random, cluster);
  const scratch = new SubjectScratch();
  return (subject) => {
    const bytes = Buffer.from(subject);
    if (!mappingsOfAccount.map(scratch, bytes, 0, bytes.length)) return `unmapped ${subject}`;
    return scratch.buffer.toString("utf8", 0, scratch.end);
  };
}

function to(
  source: string,
  subject: string,
  weightPercent = 100,
  cluster?: string,
): MappingOptions {
  return { source, destinations: [{ subject, weightPercent, cluster }] };
}

/** How often each subject comes out of 10,000. */
function count(map: (subject: string) => string, subject: string): Record<string, number> {
  const counts: Record<string, number> = {};
  for (let index = 0; index < 10_000; index++) {
    const result = map(subject);
    counts[result] = (counts[result] ?? 0) + 1;
  }
  return counts;
}

function isAbout(actual: number | undefined, expected: number): boolean {
  return actual !== undefined && Math.abs(actual - expected) < 300;
}

test("a subject goes where its mapping says", () => {
  const map = mapper([
    to("foo", "bar"),
    to("foo.*.*", "baz.$2.{{wildcard(1)}}"),
    to("orders.>", "eu.orders.>"),
    to("shard.*", "shard.{{partition(3,1)}}.{{wildcard(1)}}"),
  ]);
  assert.equal(map("foo"), "bar");
  assert.equal(map("foo.a.b"), "baz.b.a");
  assert.equal(map("orders.x.y"), "eu.orders.x.y");
  assert.match(map("shard.abc"), /^shard\.[0-2]\.abc$/);
  assert.equal(map("foo.a"), "unmapped foo.a");
  assert.equal(map("fo"), "unmapped fo");
});

test("of several mappings that match the first counts, and the last one of a source", () => {
  const map = mapper([
    to("a.*", "one.$1"),
    to("a.b", "two"),
    to(">", "all.>"),
    to("a.*", "three.$1"),
  ]);
  assert.equal(map("a.b"), "three.b");
  assert.equal(map("c"), "all.c");
});

test("messages are shared out by weight, and what is missing stays", () => {
  const map = mapper([
    {
      source: "foo",
      destinations: [
        { subject: "bar", weightPercent: 50 },
        { subject: "baz", weightPercent: 22 },
      ],
    },
  ]);
  const counts = count(map, "foo");
  assert.ok(isAbout(counts["bar"], 5_000));
  assert.ok(isAbout(counts["baz"], 2_200));
  assert.ok(isAbout(counts["foo"], 2_800));
});

test("what stays keeps its wildcards", () => {
  const counts = count(mapper([to("foo.*.>", "bar.$1.>", 20)]), "foo.a.b.c");
  assert.deepEqual(Object.keys(counts).sort(), ["bar.a.b.c", "foo.a.b.c"]);
});

test("a source that is its own destination loses the rest", () => {
  const counts = count(mapper([to("foo", "foo", 80)]), "foo");
  assert.ok(isAbout(counts["foo"], 8_000));
  assert.ok(isAbout(counts[""], 2_000));
});

test("destinations of a cluster hold there only", () => {
  const mapping: MappingOptions = {
    source: "foo",
    destinations: [
      { subject: "bar", weightPercent: 100, cluster: "SYN" },
      { subject: "baz", weightPercent: 100 },
    ],
  };
  assert.equal(mapper([mapping])("foo"), "baz");
  assert.equal(mapper([mapping], "SYN")("foo"), "bar");
  assert.equal(mapper([mapping], "OTHER")("foo"), "baz");
  assert.equal(mapper([to("foo", "bar", 100, "SYN")])("foo"), "foo");
});

test("what cannot be a mapping is refused with the text of nats-server", () => {
  const rows: [mapping: MappingOptions, text: string][] = [
    [to("a..b", "x"), `Error adding mapping for "a..b" : invalid subject`],
    [to("a", "x", 101), `Error adding mapping for "a" : individual weights need to be <= 100`],
    [
      to("a.*", "x.$2"),
      `Error adding mapping for "a.*" : invalid mapping destination: wildcard index out of range in $2: [2]`,
    ],
    [
      {
        source: "a",
        destinations: [
          { subject: "x", weightPercent: 60 },
          { subject: "y", weightPercent: 60 },
        ],
      },
      `Error adding mapping for "a" : total weight needs to be <= 100`,
    ],
    [
      {
        source: "a",
        destinations: [
          { subject: "x", weightPercent: 10 },
          { subject: "x", weightPercent: 10 },
        ],
      },
      `Error adding mapping for "a" : duplicate entry for "x"`,
    ],
  ];
  for (const [mapping, message] of rows) {
    assert.throws(() => mapper([mapping]), { code: "ENGINE_OPTION_INVALID", message });
  }
});

test("a client's publish is mapped, and no responders names the subject it went to", async () => {
  const { host } = await openEngine({
    mappings: [to("foo.*", "bar.$1"), to("lost", "lost", 0)],
  });
  const client = connectClient(host);
  client.send("SUB > 1\r\n");
  assert.equal(client.send("PUB foo.a 2\r\nhi\r\n"), "MSG bar.a 1 2\r\nhi\r\n");
  assert.equal(client.send("PUB other 2\r\nhi\r\n"), "MSG other 1 2\r\nhi\r\n");
  assert.equal(client.send("PUB lost 2\r\nhi\r\n"), "");
  client.send("UNSUB 1\r\nSUB inbox 2\r\n");
  assert.match(client.send("PUB foo.a inbox 2\r\nhi\r\n"), /503\r\nNats-Subject: bar\.a\r\n/);
});
