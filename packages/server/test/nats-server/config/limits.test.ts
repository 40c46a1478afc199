import assert from "node:assert/strict";
import { suite, test } from "node:test";
import { defaultLimits, type EngineLimits } from "@oxbow/engine";
import { configOf, errorsOf, readText } from "./read-text.ts";

function limitsOf(text: string): Partial<EngineLimits> {
  return configOf(text).engine.limits ?? {};
}

suite("limits", () => {
  test("are taken in every spelling", () => {
    assert.deepEqual(
      limitsOf(`max_payload: 2MB, max_control_line: 8K, max_pending: 16MB, MAX_CONN: 5, max_subs: 6
        max_subscription_tokens: 7, max_closed_clients: 8, ping_interval: "30s", ping_max: 9
        write_deadline: "1m30s", authorization { timeout: 0.5 }, no_fast_producer_stall: true`),
      {
        payloadMax: 2 * 1024 * 1024,
        controlLineMax: 8000,
        pendingBytesMax: 16 * 1024 * 1024,
        connectionsMax: 5,
        subscriptionsMax: 6,
        subscriptionTokensMax: 7,
        closedConnectionsMax: 8,
        pingIntervalMs: 30_000,
        pingsOutMax: 9,
        writeDeadlineMs: 90_000,
        authTimeoutMs: 500,
        publisherStallMs: 0,
      },
    );
  });

  test("of a fraction of a millisecond are a millisecond", () => {
    assert.deepEqual(
      limitsOf(
        `ping_interval: "1500us", write_deadline: "100us", authorization { timeout: 0.0001 }`,
      ),
      { pingIntervalMs: 2, writeDeadlineMs: 1, authTimeoutMs: 1 },
    );
  });

  test("of 0 are as good as not said", () => {
    const text = `max_payload: 0, max_control_line: 0, max_pending: 0, max_subs: 0, ping_max: 0
      max_closed_clients: 0, ping_interval: "0s", write_deadline: "0s", authorization { timeout: 0 }`;
    assert.deepEqual(limitsOf(text), {});
    assert.equal(configOf("port: 0").engine.listen?.port, 4222);
  });

  test("may be any number", () => {
    const { connectionsMax, subscriptionsMax, payloadMax } = limitsOf(
      "max_connections: 0, max_subs: -1, max_payload: -1",
    );
    assert.equal(connectionsMax, Number.MAX_SAFE_INTEGER);
    assert.equal(subscriptionsMax, undefined);
    assert.equal(payloadMax, defaultLimits.pendingBytesMax);
  });

  test("in seconds are taken with a warning", () => {
    const { config, errors, warnings } = readText("ping_interval: 20");
    assert.deepEqual([errors, config.engine.limits?.pingIntervalMs], [[], 20_000]);
    assert.match(warnings[0] ?? "", /^a\.conf:1:1: invalid use of field "ping_interval"/);
  });

  const wrong: readonly (readonly [text: string, error: string])[] = [
    ["max_payload: 3GB", "a.conf:1:1: max_payload value is too big"],
    ["max_sub_tokens: 300", "a.conf:1:1: max_sub_tokens value is too big"],
    [
      "max_payload: 2MB, max_pending: 1MB",
      "max_payload (2097152) cannot be higher than max_pending (1048576)",
    ],
    [
      "lame_duck_duration: '1s'",
      "a.conf:1:1: invalid lame_duck_duration of 1s, minimum is 30 seconds",
    ],
    [
      "lame_duck_grace_period: '3m'",
      "lame duck grace period (180s) should be strictly lower than lame duck duration (120s)",
    ],
    [
      "write_deadline: soon",
      'a.conf:1:1: error parsing write_deadline: "soon" is no duration such as "2s" or "1m30s"',
    ],
    ["max_connections: many", "a.conf:1:1: max_connections needs an integer, not a string"],
    ["server_name: 'a b'", "a.conf:1:1: server name cannot contain spaces"],
    ["listen: a:b", 'a.conf:1:1: could not parse port "b"'],
    ["listen: true", "a.conf:1:1: expected port or host:port, got a boolean"],
  ];
  for (const [text, error] of wrong) {
    test(`not ${text}`, () => assert.deepEqual(errorsOf(text), [error]));
  }
});

test("tags are in lower case, and each is there once", () => {
  assert.deepEqual(configOf("server_tags: ['A', ' b ', 'a', '']").engine.tags, ["a", "b"]);
});

suite("doors", () => {
  test("listen everywhere unless they are told where", () => {
    const { engine, monitoring } = configOf("port: -1, http: ':8222', leafnodes { port: -1 }");
    assert.deepEqual(engine.listen, { host: "0.0.0.0", port: 0 });
    assert.equal(engine.leafnodes?.host, "0.0.0.0");
    assert.deepEqual(monitoring, { host: "0.0.0.0", port: 8222, isTls: false, basePath: "" });
  });

  test("of monitoring are where those of clients are", () => {
    const { monitoring } = configOf("host: h.example, http_port: 1, http_base_path: 'a/b/'");
    assert.deepEqual(monitoring, { host: "h.example", port: 1, isTls: false, basePath: "/a/b" });
  });

  test("of monitoring are one, and encrypted only with a certificate", () => {
    assert.deepEqual(errorsOf("http_port: 1, https_port: 2"), [
      "can't specify both HTTP (1) and HTTPs (2) ports",
      "TLS config required for HTTPS: write a tls block",
    ]);
  });

  test("of WebSocket are encrypted, or say that they are not", () => {
    assert.match(
      errorsOf("websocket { port: 1 }")[0] ?? "",
      /^websocket requires TLS configuration/,
    );
    assert.equal(configOf("websocket { no_tls: true }").engine.websocket, undefined);
  });
});
