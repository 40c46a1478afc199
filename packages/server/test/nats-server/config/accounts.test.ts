import assert from "node:assert/strict";
import { suite, test } from "node:test";
import type { AccountOptions } from "@oxbow/engine";
import { configOf, errorsOf, readText } from "./read-text.ts";

/** What the block of one account says, without what it does not say. */
function account(body: string): Partial<AccountOptions> {
  const text = `accounts { OTHER {}, A { ${body} } }`;
  const found = configOf(text).engine.accounts?.find(({ name }) => name === "A");
  return JSON.parse(JSON.stringify(found)) as Partial<AccountOptions>;
}

function errorsIn(body: string): readonly string[] {
  return errorsOf(`accounts { OTHER {}, A {\n${body}\n} }`);
}

suite("an account", () => {
  test("may be a name alone", () => {
    const { accounts } = configOf("accounts: [ A, B ]").engine;
    assert.deepEqual(accounts, [{ name: "A" }, { name: "B" }]);
  });

  test("can be called twice or like the global one by nobody", () => {
    assert.deepEqual(errorsOf("accounts: [ A, $G, A ]".replace("$G", "'$G'")), [
      'a.conf:1:16: "$G" is a Reserved Account',
      "a.conf:1:22: Duplicate Account Entry: A",
    ]);
    assert.deepEqual(errorsOf("accounts { '$G' {} }"), ['a.conf:1:12: "$G" is a Reserved Account']);
  });

  test("that is only a variable is none", () => {
    const text =
      "accounts { PERMS { publish: a }, A { users [ {user: u, permissions: $PERMS} ] } }";
    const { accounts = [] } = configOf(text).engine;
    assert.deepEqual(
      accounts.map(({ name }) => name),
      ["A"],
    );
    assert.deepEqual(accounts[0]?.users?.[0]?.permissions, { publish: { allow: ["a"] } });
  });

  test("has limits", () => {
    assert.deepEqual(
      account("limits { max_conn: 1, MAX_SUBS: 2, max_payload: 1kb, max_leafs: 4 }"),
      {
        name: "A",
        limits: { connectionsMax: 1, subscriptionsMax: 2, payloadMax: 1024, leafnodesMax: 4 },
      },
    );
    assert.deepEqual(errorsIn("limits { max_foo: 1 }"), [
      'a.conf:2:10: Unknown field "max_foo" parsing account limits',
    ]);
  });

  test("has JetStream, or not, or so much of it", () => {
    assert.deepEqual(account("jetstream: enabled").jetstream, true);
    assert.deepEqual(account("jetstream: off").jetstream, false);
    assert.deepEqual(account("jetstream { max_mem: 1K, disk: 2, streams: 3, max_bytes: true }"), {
      name: "A",
      jetstream: {
        memoryBytesMax: 1000,
        storageBytesMax: 2,
        streamsMax: 3,
        requiresMaxBytes: true,
      },
    });
    assert.deepEqual(errorsIn("jetstream: perhaps"), [
      "a.conf:2:1: Expected 'enabled' or 'disabled' for string value, got 'perhaps'",
    ]);
  });

  test("has a destination of traces", () => {
    assert.deepEqual(account("msg_trace: t.x").trace, { destination: "t.x", samplingPercent: 100 });
    assert.deepEqual(account("trace_dest { dest: t, sampling: '5%' }").trace, {
      destination: "t",
      samplingPercent: 5,
    });
    assert.deepEqual(errorsIn("msg_trace: t.*"), [
      'a.conf:2:1: Trace destination "t.*" is not valid',
    ]);
    assert.deepEqual(readText("accounts { A { msg_trace { sampling: 5 } } }").warnings, [
      "a.conf:1:16: Trace destination sampling ignored since no destination was set",
    ]);
  });
});

suite("exports", () => {
  const good: readonly (readonly [text: string, options: object])[] = [
    ["stream: s.>", { kind: "stream", subject: "s.>" }],
    ["stream: s, accounts: [OTHER]", { kind: "stream", subject: "s", accounts: ["OTHER"] }],
    ["service: q, response: Chunk", { kind: "service", subject: "q", responseType: "chunked" }],
    [
      "service: q.*, threshold: '1s', account_token_position: 2, allow_trace: yes",
      {
        kind: "service",
        subject: "q.*",
        responseThresholdMs: 1000,
        accountTokenPosition: 2,
        allowTrace: true,
      },
    ],
    [
      "service: q, latency: lat",
      { kind: "service", subject: "q", latency: { subject: "lat", samplingPercent: 100 } },
    ],
    [
      "latency { sampling: Headers, subject: lat }, service: q",
      { kind: "service", subject: "q", latency: { subject: "lat", samplingPercent: "headers" } },
    ],
  ];
  for (const [text, options] of good) {
    test(text, () => assert.deepEqual(account(`exports [ { ${text} } ]`).exports, [options]));
  }

  const bad: readonly (readonly [text: string, error: string])[] = [
    ["stream: a, service: b", 'Detected stream "a" but already saw a service'],
    ["stream: a, response: stream", "Detected response directive on non-service"],
    ["stream: a, latency: b", "Detected latency directive on non-service"],
    ["accounts: [OTHER]", "An export needs a stream or a service"],
    [
      "service: a, response: maybe",
      'response must be one of single, singleton, stream, chunk, chunked, not "maybe"',
    ],
    [
      "service: a, latency { sampling: 101, subject: b }",
      "bad sampling percentage, should be 1-100",
    ],
    ["service: a, latency { sampling: 1 }", "Latency subject required, but missing"],
    ["service: a, accounts: [NOBODY]", '"NOBODY" account not defined for service export'],
    ["service: a, nope: 1", 'unknown field "nope"'],
  ];
  for (const [text, error] of bad) {
    test(`not ${text}`, () => {
      const errors = errorsIn(`exports [ { ${text} } ]`);
      assert.deepEqual(
        errors.map((line) => line.replace(/^a\.conf:\d+:\d+: /, "")),
        [error],
      );
    });
  }
});

suite("imports", () => {
  const good: readonly (readonly [text: string, options: object])[] = [
    [
      "stream { account: OTHER, subject: s.> }, prefix: p",
      { kind: "stream", account: "OTHER", subject: "s.>", prefix: "p" },
    ],
    [
      "service { account: OTHER, subject: q }, to: here, share: true",
      { kind: "service", account: "OTHER", subject: "q", to: "here", isShared: true },
    ],
    [
      "stream { account: OTHER, subject: s.* }, to: 't.$1', allow_trace: true",
      { kind: "stream", account: "OTHER", subject: "s.*", to: "t.$1", allowTrace: true },
    ],
  ];
  for (const [text, options] of good) {
    test(text, () => assert.deepEqual(account(`imports [ { ${text} } ]`).imports, [options]));
  }

  const origin = "{ account: OTHER, subject: s }";
  const bad: readonly (readonly [text: string, error: string])[] = [
    ["stream: s", "Stream entry should be an account map, got a string"],
    ["stream { account: OTHER }", "Expect an account name and a subject"],
    [
      `stream ${origin}, to: a, prefix: b`,
      "Stream import can not have a 'prefix' and a 'to' property",
    ],
    [`service ${origin}, allow_trace: true`, "Detected allow_trace directive on a non-stream"],
    ["stream { account: NOBODY, subject: s }", '"NOBODY" account not defined for stream import'],
    [
      `service ${origin}, to: x }, { service { account: OTHER, subject: t }, to: x`,
      'Duplicate service import subject "x", previously used in import for account "OTHER", subject "s"',
    ],
  ];
  for (const [text, error] of bad) {
    test(`not ${text}`, () => {
      const errors = errorsIn(`imports [ { ${text} } ]`);
      assert.deepEqual(
        errors.map((line) => line.replace(/^a\.conf:\d+:\d+: /, "")),
        [error],
      );
    });
  }
});

suite("mappings", () => {
  test("are to a subject, or to several by weight", () => {
    const { mappings } = configOf(`
      mappings {
        a: b
        "c.*": { destination: "d.$1", weight: 40% }
        e: [ { dest: f, weight: "20%", cluster: x }, { dest: g, weight: 30 } ]
      }`).engine;
    assert.deepEqual(JSON.parse(JSON.stringify(mappings)), [
      { source: "a", destinations: [{ subject: "b", weightPercent: 100 }] },
      { source: "c.*", destinations: [{ subject: "d.$1", weightPercent: 40 }] },
      {
        source: "e",
        destinations: [
          { subject: "f", weightPercent: 20, cluster: "x" },
          { subject: "g", weightPercent: 30 },
        ],
      },
    ]);
  });

  test("say what is wrong with them", () => {
    assert.deepEqual(
      errorsOf("mappings {\n'a..b': c\nd: { dest: e }\nf: [{ dest: g, weight: 101 }]\n}"),
      [
        'a.conf:2:1: Subject "a..b" is not a valid subject',
        'a.conf:3:4: Missing weight for mapping destination "e"',
        'a.conf:4:16: Invalid weight "101" for mapping destination',
      ],
    );
  });
});
