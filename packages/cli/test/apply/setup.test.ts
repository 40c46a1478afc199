import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { readSetup } from "../../src/apply/setup.ts";

test("a file says what there is to be", async () => {
  const setup = await readSetup(
    `
version: 1
defaults: { autoCreate: true, maxAge: 1d }
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
  empty: { groups: {} }
`,
    "stations.yaml",
  );
  assert.deepEqual(setup, {
    defaults: { values: { maxAgeMs: 86_400_000 }, isAutoCreated: true },
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
      { name: "plain", values: {}, attachment: null, groups: undefined },
      { name: "empty", values: {}, attachment: undefined, groups: [] },
    ],
    tenants: undefined,
    users: undefined,
  });
  const nothing = {
    defaults: undefined,
    schemas: undefined,
    stations: undefined,
    tenants: undefined,
    users: undefined,
  };
  assert.deepEqual(await readSetup("", "empty.yaml"), nothing);
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
    ["connectors: {}", /has no connectors: write one of version, defaults, schemas, stations/],
    ["defaults: { autoCreate: 5 }", /defaults\.autoCreate: expected true or false/],
    ["users: { a: { role: 5, raed: [] } }", /users\.a has no raed: did you mean read\?/],
    ["users: { a: { expires: soon } }", /users\.a\.expires: Write a time such as/],
    ["tenants: { acme: { storage: much } }", /tenants\.acme\.storage: expected a size/],
    ["tenants: { default: { users: {} } }", /tenants\.default\.users: .* stand in users/],
  ];
  for (const [text, message] of cases) {
    await assert.rejects(readSetup(text, "f.yaml"), { name: "CommandFailure", message }, text);
  }
});

test("users and tenants are written for people, and passwords stand elsewhere", async (t) => {
  const directory = await mkdtemp(join(tmpdir(), "oxbow-setup-"));
  t.after(() => rm(directory, { recursive: true }));
  await writeFile(join(directory, "ann"), "ann's password\n");
  const { tenants, users } = await readSetup(
    `
tenants:
  acme:
    streams: 10
    storage: 1GiB
    rate: none
    users:
      carl: { role: owner }
users:
  shop: { write: [prod.*], password: { env: SHOP } }
  ann: { role: none, expires: "2030-01-01T00:00:00Z", disabled: true, password: { file: ann } }
  ci: { expires: never, password: none }
`,
    join(directory, "f.yaml"),
    { SHOP: "shop's password" },
  );
  const quotas = {
    streamsMax: 10,
    storageBytesMax: 1024 ** 3,
    messagesPerSecondMax: null,
  };
  const carl = { name: "carl", values: { role: "owner" }, password: undefined };
  assert.deepEqual(tenants, [{ name: "acme", values: quotas, users: [carl] }]);
  const source = join(directory, "ann");
  assert.deepEqual(users, [
    {
      name: "shop",
      values: { write: ["prod.*"] },
      password: { password: "shop's password", source: "$SHOP" },
    },
    {
      name: "ann",
      values: { role: null, expiresAt: "2030-01-01T00:00:00.000Z", isDisabled: true },
      password: { password: "ann's password", source },
    },
    { name: "ci", values: { expiresAt: null }, password: null },
  ]);
});

test("a password in the file is refused, and not repeated", async () => {
  const cases: readonly (readonly [string, RegExp])[] = [
    ["hunter22", /users\.a\.password: a password doesn't belong in this file/],
    ["[hunter22]", /doesn't belong in this file/],
    ["12345678", /doesn't belong in this file/],
    ["{ env: NOWHERE }", /users\.a\.password: the environment has no NOWHERE/],
    ["{ file: /nowhere/at/all }", /users\.a\.password\.file: \/nowhere\/at\/all can't be read/],
    ["{ env: A, file: b }", /write env or file, one of the two/],
    ["{ environment: A }", /password has no environment: write one of env, file/],
  ];
  for (const [password, message] of cases) {
    const error = await readSetup(`users: { a: { password: ${password} } }`, "f.yaml", {}).then(
      () => assert.fail(password),
      (reason: Error) => reason,
    );
    assert.match(error.message, message);
    assert.doesNotMatch(error.message, /hunter22|12345678/);
  }
});
