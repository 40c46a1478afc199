import assert from "node:assert/strict";
import { test } from "node:test";
import { readSetup } from "../../src/apply/setup.ts";

test("a file says what there is to be", async () => {
  const setup = await readSetup(
    `
version: 1
schemas:
  order: { format: json, compatibility: full, text: '{"type":"object"}' }
stations:
  orders:
    maxAge: 30d
    schema: { name: order, mode: warn }
    groups:
      billing: { from: now, maxDeliveries: 5 }
      audit:
  plain: { schema: none }
  empty:
`,
    "stations.yaml",
  );
  assert.deepEqual(setup, {
    schemas: [
      {
        name: "order",
        request: { format: "json", compatibility: "full", text: '{"type":"object"}' },
      },
    ],
    stations: [
      {
        name: "orders",
        values: { maxAgeMs: 2_592_000_000 },
        attachment: { schema: "order", mode: "warn" },
        groups: [
          { name: "billing", values: { maxDeliveries: 5 }, start: { from: "now" } },
          { name: "audit", values: {}, start: undefined },
        ],
      },
      { name: "plain", values: {}, attachment: null, groups: [] },
      { name: "empty", values: {}, attachment: undefined, groups: [] },
    ],
  });
  assert.deepEqual(await readSetup("", "empty.yaml"), { schemas: [], stations: [] });
});

test("what can't be is refused with its place", async () => {
  const cases: readonly (readonly [string, RegExp])[] = [
    ["stations: [", /^f\.yaml is no YAML: /],
    ["a: 1\na: 2", /is no YAML: .*unique/],
    ["- a", /^f\.yaml: expected a map/],
    ["station: {}", /f\.yaml has no station: did you mean stations\?/],
    ["version: 2", /f\.yaml is of version 2, and 1 is known/],
    ["stations: { a: 5 }", /stations\.a: expected a map, not 5/],
    ["stations: { a: { groups: { g: { from: there } } } }", /stations\.a\.groups\.g\.from: Write/],
    ["stations: { a: { schema: { mode: warn } } }", /stations\.a\.schema\.name: expected text/],
    ["stations: { a: { schema: { name: s, moed: x } } }", /schema has no moed: did you mean mode/],
    ["schemas: { s: { format: json } }", /schemas\.s: write file or text/],
    ["schemas: { s: { file: nowhere.json } }", /schemas\.s\.file: .*nowhere\.json can't be read/],
    ["users: {}", /has no users: write one of version, schemas, stations/],
  ];
  for (const [text, message] of cases) {
    await assert.rejects(readSetup(text, "f.yaml"), { name: "CommandFailure", message }, text);
  }
});
