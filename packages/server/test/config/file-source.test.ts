import assert from "node:assert/strict";
import { suite, test } from "node:test";
import { parseNatsConf } from "@oxbow/wire/nats-conf";
import { readConfigFile } from "../../src/config/file-source.ts";

function read(text: string): { values: Record<string, unknown>; problems: readonly string[] } {
  const { source, problems } = readConfigFile(parseNatsConf(text, { file: "a.conf" }));
  return {
    values: Object.fromEntries([...source].map(([key, { raw }]) => [key, raw])),
    problems: problems.map(({ origin, message }) => `${origin}: ${message}`),
  };
}

suite("keys of nats-server", () => {
  const cases: readonly (readonly [text: string, values: Record<string, unknown>])[] = [
    ["host: 127.0.0.1\nport: 4333", { host: "127.0.0.1", port: 4333 }],
    ["NET: localhost\nPort: -1", { host: "localhost", port: 0 }],
    ['listen: "127.0.0.1:4333"', { host: "127.0.0.1", port: "4333" }],
    ["listen: 4333", { port: 4333 }],
    ["listen: ':4333'", { host: "0.0.0.0", port: "4333" }],
    ['listen: "[::1]:-1"', { host: "::1", port: 0 }],
    ["server_name: a", { serverName: "a" }],
    ["max_payload: 2mb\nmax_control_line: 8kb", { payloadMax: 2_097_152, controlLineMax: 8192 }],
    ["max_connections: 5\nmax_subs: -1", { connectionsMax: 5, subscriptionsMax: 0 }],
    ["max_connections: -1", {}],
    ["max_pending: 1mb\nping_max: 3", { pendingBytesMax: 1_048_576, pingsOutMax: 3 }],
    ['ping_interval: "2m"\nwrite_deadline: 5s', { pingIntervalMs: "2m", writeDeadlineMs: "5s" }],
    ["ping_interval: 30", { pingIntervalMs: 30_000 }],
    ["jetstream: enabled", { jetstream: true }],
    ["jetstream: false", { jetstream: false }],
    [
      "jetstream { store_dir: /d, max_mem: 1g, max_file: -1, sync_interval: always }",
      { data: "/d", memoryBytesMax: 1e9, sync: "always" },
    ],
    ["jetstream { sync_interval: 10s }", { sync: "interval:10s" }],
    ["jetstream { sync_interval: 10 }", { sync: "interval:10s" }],
    ["sync: interval:100", { sync: "interval:100" }],
    ["authorization { user: a, pass: b }", { user: "a", password: "b" }],
    ["authorization { token: t, timeout: 0.5 }", { token: "t", authTimeoutMs: 500 }],
    [
      "authorization { users [ {user: a, password: b}\n {username: c, pass: d} ] }",
      {
        users: [
          { user: "a", password: "b" },
          { user: "c", password: "d" },
        ],
      },
    ],
    ["debug: true\ntrace: false\nlogtime: no", {}],
    ["PORT_OF_ALL: 4\nport: $PORT_OF_ALL", { port: 4 }],
  ];
  for (const [text, values] of cases) {
    test(text.replaceAll("\n", "; "), () => assert.deepEqual(read(text), { values, problems: [] }));
  }
});

suite("refusals", () => {
  const cases: readonly (readonly [text: string, problem: string])[] = [
    ["a: 1\nprot: 4", "a.conf:2:1 prot: unknown key: did you mean port?"],
    [
      "jetstream { storedir: x }",
      "a.conf:1:13 storedir: unknown key in jetstream: did you mean store_dir?",
    ],
    ["accounts {}", "a.conf:1:1 accounts: this key of nats-server is not supported: take it out"],
    [
      "authorization { users [ {nkey: U} ] }",
      "a.conf:1:26 nkey: this key of nats-server is not supported in a user: take it out",
    ],
    [
      "authorization: x",
      "a.conf:1:1 authorization: expected a map such as { token: … }, not a string",
    ],
    [
      "authorization { users [ a ] }",
      "a.conf:1:17 users: expected { user: …, password: … } at a.conf:1:25, not a string",
    ],
    ["listen: nowhere", 'a.conf:1:1 listen: expected "host:port" or a port'],
    [
      "authorization { token: $2a$11$abc }",
      "a.conf:1:17 token: hashed secrets are not supported: write the secret itself",
    ],
  ];
  for (const [text, problem] of cases) {
    test(text.replaceAll("\n", "; "), () =>
      assert.ok(read(text).problems.includes(problem), read(text).problems.join("\n")),
    );
  }

  test("a key far from all known ones is answered with their list", () => {
    assert.match(
      read("zzzzzz: 1").problems[0] ?? "",
      /unknown key: known are host, net, port, listen/,
    );
  });
});
