import assert from "node:assert/strict";
import { test } from "node:test";
import { pendingResponsesMax } from "../../src/routing/pending-responses.ts";
import {
  importService,
  message,
  messages,
  pub,
  service,
  TestAccounts,
} from "./support/accounts.ts";

interface Metric {
  readonly type: string;
  readonly status: number;
  readonly description?: string;
  readonly start: string;
  readonly service: number;
  readonly system: number;
  readonly total: number;
  readonly requestor: { readonly rtt: number };
  readonly responder?: { readonly rtt: number };
}

const nsPerMs = 1e6;

async function open(samplingPercent: number | "headers" = 100): Promise<TestAccounts> {
  return TestAccounts.open({
    foo: { exports: [service("q", { latency: { samplingPercent, subject: "latency" } })] },
    bar: { imports: [importService("foo", "q")] },
  });
}

test("the time of a service excludes that of the network", async () => {
  const accounts = await open();
  const { clock } = accounts.host;
  const responder = accounts.client("foo");
  const requester = accounts.client("bar");
  responder.send("SUB q 1\r\nSUB latency 2\r\n");
  requester.send("SUB inbox 1\r\n");
  // Pings tell the round trips.
  clock.advance(2_500);
  clock.advance(20);
  responder.send("PONG\r\n");
  clock.advance(10);
  requester.send("PONG\r\n");
  responder.take();
  requester.send(pub("q", "", "inbox"));
  const { reply } = message(responder.take());
  assert.match(reply, /^_R_\.\w{6}\.\w{6}\.\w{8}\.T$/);
  clock.advance(1_000);
  const received = messages(responder.send(pub(reply, "!")));
  const metric = JSON.parse(received[0]?.payload ?? "") as Metric;
  assert.equal(metric.type, "io.nats.server.metric.v1.service_latency");
  assert.equal(metric.status, 200);
  const responderNs = metric.responder?.rtt ?? 0;
  const requesterNs = metric.requestor.rtt;
  assert.ok(responderNs >= 20 * nsPerMs && requesterNs > responderNs);
  assert.equal(metric.service, 1_000 * nsPerMs - responderNs);
  assert.equal(metric.total, 1_000 * nsPerMs + requesterNs);
  assert.equal(metric.total, metric.service + metric.system + responderNs + requesterNs);
});

test("a service that does not answer in time is told of", async () => {
  const accounts = await open();
  const responder = accounts.client("foo");
  const requester = accounts.client("bar");
  responder.send("SUB q 1\r\nSUB latency 2\r\n");
  requester.send("SUB inbox 1\r\n");
  requester.send(pub("q", "", "inbox"));
  responder.take();
  accounts.host.clock.advance(120_001);
  const got = messages(responder.take()).find(({ subject }) => subject === "latency");
  const metric = JSON.parse(got?.payload ?? "") as Metric;
  assert.deepEqual([metric.status, metric.description], [504, "Service Timeout"]);
});

test("a share of the requests is measured", async () => {
  const accounts = await open(25);
  const watcher = accounts.client("foo");
  accounts.client("foo").send("SUB q 1\r\n");
  watcher.send("SUB latency 2\r\n");
  const requester = accounts.client("bar");
  requester.send(pub("q").repeat(1_000));
  const count = messages(watcher.take()).length;
  assert.ok(count > 180 && count < 320, `${count}`);
});

test("latencies are told on subjects that can be told on", async () => {
  const rows: [latency: { samplingPercent: number; subject: string }, text: string][] = [
    [{ samplingPercent: 0, subject: "l" }, "bad sampling percentage, should be 1-100"],
    [{ samplingPercent: 100, subject: "l.*" }, "invalid publish subject"],
    [{ samplingPercent: 100, subject: "q" }, "invalid publish subject"],
  ];
  for (const [latency, text] of rows) {
    await assert.rejects(TestAccounts.open({ foo: { exports: [service("q", { latency })] } }), {
      message: `Error adding service latency sampling for "q" on subject "${latency.subject}": ${text}`,
    });
  }
  const latency = { samplingPercent: 100, subject: "l" };
  const exports = [service("q", { latency, responseType: "stream" as const })];
  await assert.rejects(TestAccounts.open({ foo: { exports } }), /bad service response type/);
});

test("answers owed are bounded, the oldest goes", async () => {
  const accounts = await TestAccounts.open({
    foo: { exports: [service("q")] },
    bar: { imports: [importService("foo", "q")] },
  });
  const responder = accounts.client("foo");
  responder.send("SUB q 1\r\nUNSUB 1 1\r\n");
  const requester = accounts.client("bar");
  requester.send("SUB inbox 1\r\n");
  requester.send(pub("q", "", "inbox"));
  const first = message(responder.take()).reply;
  accounts.client("foo").send("SUB q 1\r\n");
  const batch = pub("q", "", "inbox").repeat(1_024);
  for (let sent = 0; sent < pendingResponsesMax; sent += 1_024) requester.send(batch);
  assert.equal(accounts.pendingResponses("foo"), pendingResponsesMax);
  responder.send(pub(first, "late"));
  assert.equal(requester.take(), "");
  requester.send("UNSUB 1\r\n");
  assert.equal(accounts.pendingResponses("foo"), 0);
});
