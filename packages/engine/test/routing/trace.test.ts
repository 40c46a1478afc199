import assert from "node:assert/strict";
import { test } from "node:test";
import { gunzipSync } from "node:zlib";
import type { ManualSocket } from "../connection/test-host.ts";
import { hpub, message, messages, pub, TestAccounts } from "./support/accounts.ts";

interface Trace {
  readonly server: { readonly name: string; readonly seq: number };
  readonly request: { readonly header: Record<string, string[]>; readonly msgsize: number };
  readonly events: readonly Record<string, unknown>[];
}

function tracesIn(received: string, subject = "traces"): Trace[] {
  return messages(received)
    .filter((each) => each.subject === subject)
    .map(({ payload }) => JSON.parse(payload) as Trace);
}

async function tracer(): Promise<{ accounts: TestAccounts; client: ManualSocket }> {
  const accounts = await TestAccounts.open({ a: {} }, { serverName: "srv" });
  const client = accounts.client("a", { name: "me" });
  client.send("SUB traces 9\r\n");
  return { accounts, client };
}

test("a trace tells who published, and who got it or why not", async () => {
  const { accounts, client } = await tracer();
  const quiet = accounts.client("a", { name: "quiet", echo: false });
  quiet.send("SUB traces 9\r\nSUB foo 1\r\n");
  client.send("SUB foo 1\r\nSUB foo g 2\r\n");
  quiet.send(hpub("foo", ["Nats-Trace-Dest: traces"], "hi"));
  const [trace] = tracesIn(client.take());
  assert.equal(trace?.server.name, "srv");
  assert.deepEqual(trace?.request, { header: { "Nats-Trace-Dest": ["traces"] }, msgsize: 39 });
  const [ingress, ...rest] = trace?.events ?? [];
  assert.deepEqual(
    [ingress?.["type"], ingress?.["name"], ingress?.["subj"]],
    ["in", "quiet", "foo"],
  );
  assert.deepEqual(
    rest.map(({ name, queue = "", error = "" }) => `${name} ${queue} ${error}`).sort(),
    ["me  ", "me g ", "quiet  Not delivered because of no echo"],
  );
});

test("a trace comes encoded as its publisher accepts it", async () => {
  const { client } = await tracer();
  const rows: [accepted: string, encoding: string][] = [
    ["gzip", "gzip"],
    ["snappy", "snappy"],
    ["s2", "snappy"],
    ["bad one", "identity"],
  ];
  for (const [accepted, encoding] of rows) {
    const headers = ["Nats-Trace-Dest: traces", `Accept-Encoding: ${accepted}`];
    const { headers: block, payload } = message(client.send(hpub("foo", headers)));
    assert.equal(block, `NATS/1.0\r\nContent-Encoding: ${encoding}\r\n\r\n`);
    const bytes = Buffer.from(payload, "latin1");
    if (encoding === "gzip") assert.match(gunzipSync(bytes).toString(), /^\{"server":/);
    else if (encoding === "snappy") assert.equal(bytes.toString("latin1", 4, 10), "sNaPpY");
    else assert.match(payload, /^\{"server":/);
  }
});

test("a message with the header of old servers is not traced, by nobody", async () => {
  const { client } = await tracer();
  client.send("SUB foo 1\r\n");
  const old = ["Nats-Trace-Dest: traces", "Nats-Trace-Origin-Account: B"];
  const got = message(client.send(hpub("foo", old, "x")));
  assert.match(got.headers, /Nats-Trace-Dest: trace disabled\r\n\r\n$/);
  assert.equal(client.send(hpub("foo", [...old, "Nats-Trace-Only: on"], "x")), "");
});

test("a share of the messages with a sampled traceparent is traced, the rest by nobody", async () => {
  const accounts = await TestAccounts.open({
    a: { trace: { destination: "traces", samplingPercent: 20 } },
  });
  const client = accounts.client("a");
  client.send("SUB traces 9\r\nSUB foo 1\r\n");
  const sampled = hpub("foo", ["TraceParent: 00-1-2-01"], "x");
  const received = messages(client.send(sampled.repeat(1_000)));
  const traced = received.filter(({ subject }) => subject === "traces").length;
  assert.ok(traced > 130 && traced < 270, `${traced}`);
  const disabled = received.filter(({ headers }) => headers.includes("trace disabled")).length;
  assert.equal(disabled + traced, 1_000);
});

test("a trace may have no subscriber, and its message no receiver", async () => {
  const { client } = await tracer();
  client.send("SUB inbox 1\r\nUNSUB 9\r\n");
  const answer = message(client.send(hpub("nobody", ["Nats-Trace-Dest: traces"], "", "inbox")));
  assert.match(answer.headers, /^NATS\/1\.0 503/);
  assert.equal(client.send(pub("traces", "x")), "");
});

test("a trace tells of a message that is refused because it is too large", async () => {
  const accounts = await TestAccounts.open({ a: {} }, { limits: { payloadMax: 100 } });
  const client = accounts.client("a", { name: "me" });
  client.send("SUB traces 9\r\nSUB foo 1\r\n");
  const headers = "NATS/1.0\r\nNats-Trace-Dest: traces\r\n\r\n";
  for (const [arrived, isTraced] of [
    [headers, true],
    [`${headers}the beginning of a payload`, true],
    [headers.slice(0, -2), true],
    ["", false],
    ["NATS/1.0\r\nOther: traces\r\n\r\n", false],
  ] as const) {
    const large = accounts.client("a", { name: "large" });
    const answer = large.send(`HPUB foo ${headers.length} 200\r\n${arrived}`);
    assert.match(answer, /Maximum Payload Violation/);
    const received = client.take();
    assert.equal(messages(received).filter(({ subject }) => subject === "foo").length, 0);
    const [trace] = tracesIn(received);
    if (!isTraced) {
      assert.equal(trace, undefined);
      continue;
    }
    assert.equal(trace?.request.msgsize, 200);
    const [ingress, ...rest] = trace?.events ?? [];
    assert.equal(ingress?.["error"], "maximum payload exceeded");
    assert.equal(ingress?.["subj"], "foo");
    assert.deepEqual(rest, []);
  }
});
