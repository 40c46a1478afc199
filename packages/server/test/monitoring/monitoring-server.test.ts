import assert from "node:assert/strict";
import { once } from "node:events";
import { get } from "node:https";
import { connect } from "node:net";
import { text } from "node:stream/consumers";
import { type TestContext, test } from "node:test";
import { Engine } from "@oxbow/engine";
import { nodeHost } from "@oxbow/node-host";
import { CertificateAuthority } from "@oxbow/testkit/certificates";
import {
  MonitoringServer,
  type MonitoringServerOptions,
} from "../../src/monitoring/monitoring-server.ts";
import type { Monitored } from "../../src/monitoring/routes.ts";

const facts = {
  memoryBytes: 1,
  cpuPercent: 2,
  coresCount: 3,
  http: { host: "h", port: 4, httpsPort: 0, basePath: "", requests: { "/varz": 1 } },
  configLoadedAtMs: 0,
  configDigest: "sha256:0",
};

async function open(
  t: TestContext,
  options: Partial<MonitoringServerOptions> = {},
  monitored: Monitored = { engine: undefined, facts: () => facts },
): Promise<{ readonly server: MonitoringServer; readonly url: string }> {
  const server = await MonitoringServer.open(
    { host: "127.0.0.1", port: 0, basePath: "", ...options },
    monitored,
  );
  t.after(() => server.close());
  return { server, url: `http://127.0.0.1:${server.port}` };
}

test("before the engine is open nothing is healthy", async (t) => {
  const { url } = await open(t);
  const answers = await Promise.all([fetch(`${url}/healthz`), fetch(`${url}/varz`)]);
  assert.deepEqual(
    answers.map(({ status }) => status),
    [503, 503],
  );
});

test("an engine that is open tells about itself, to any web page, and not as a script", async (t) => {
  const engine = await Engine.open({ serverName: "one", tags: ["a"] }, nodeHost());
  t.after(() => engine.close());
  const { server, url } = await open(t, {}, { engine, facts: () => facts });
  const health = await fetch(`${url}/healthz`);
  assert.equal(await health.text(), '{"status":"ok"}');
  const varz = await fetch(`${url}/varz?callback=steal`);
  assert.equal(varz.headers.get("access-control-allow-origin"), "*");
  assert.equal(varz.headers.get("content-type"), "application/json");
  const body = await varz.text();
  assert.match(body, /^\{\n {2}"server_id": "N/);
  const { server_name, tags, uptime, mem } = JSON.parse(body) as Record<string, unknown>;
  assert.deepEqual({ server_name, tags, mem }, { server_name: "one", tags: ["a"], mem: 1 });
  assert.match(String(uptime), /^\d+s$/);
  assert.deepEqual(server.requests, { "/healthz": 1, "/varz": 1 });
});

test("the index links to the pages; what is none is not found", async (t) => {
  const { url } = await open(t, { basePath: "/nats" });
  const index = await fetch(`${url}/nats`);
  assert.match(await index.text(), /<a href="\.\/varz">General/);
  const paths = [
    "/",
    "/varz",
    "/nats/nope",
    "/natsvarz",
    "/nats/constructor",
    "//",
    "/nats/../varz",
  ];
  const statuses = await Promise.all(paths.map(async (path) => (await fetch(url + path)).status));
  assert.deepEqual(new Set(statuses), new Set([404]));
});

test("only reading is allowed", async (t) => {
  const { url } = await open(t);
  const head = await fetch(`${url}/healthz`, { method: "HEAD" });
  assert.deepEqual([head.status, await head.text()], [503, ""]);
  const post = await fetch(`${url}/healthz`, { method: "POST", body: "x".repeat(100_000) });
  assert.equal(post.status, 405);
});

test("who sends more than a request may have is turned away", async (t) => {
  const { server } = await open(t);
  const socket = connect(server.port, "127.0.0.1");
  t.after(() => socket.destroy());
  socket.write(`GET /varz HTTP/1.1\r\nHost: h\r\nX: ${"x".repeat(16 * 1024)}`);
  let answer = "";
  while (!answer.includes("\r\n")) {
    const chunk = socket.read() as Buffer | null;
    if (chunk === null) await once(socket, "readable");
    else answer += chunk.toString();
  }
  assert.match(answer, /^HTTP\/1\.1 431 /);
});

test("what is no HTTP gets an answer and an end", async (t) => {
  const { server } = await open(t);
  const socket = connect(server.port, "127.0.0.1");
  t.after(() => socket.destroy());
  socket.write("CONNECT {}\r\nPING\r\n");
  assert.match(await text(socket), /^HTTP\/1\.1 400 /);
});

test("with a certificate it speaks TLS, and shows another one when it has that", async (t) => {
  const [first, second] = [new CertificateAuthority(), new CertificateAuthority()];
  const issue = (authority: CertificateAuthority): { cert: string; key: string } => {
    const names = { subject: [["CN", "h"]], addresses: ["127.0.0.1"] } as const;
    const { certificate: cert, key } = authority.issue(names);
    return { cert, key };
  };
  const { server } = await open(t, { tls: issue(first) });
  const ask = (authority: CertificateAuthority): Promise<unknown> =>
    new Promise((resolve, reject) => {
      const options = { ca: authority.certificate, agent: false };
      get(`https://127.0.0.1:${server.port}/healthz`, options, (response) => {
        response.resume();
        resolve(response.statusCode);
      }).once("error", reject);
    });
  assert.equal(await ask(first), 503);
  server.changeCertificate(issue(second));
  assert.equal(await ask(second), 503);
  await assert.rejects(ask(first));
});

test("a port in use is an error", async (t) => {
  const { server } = await open(t);
  const options = { host: "127.0.0.1", port: server.port, basePath: "" };
  await assert.rejects(MonitoringServer.open(options, { engine: undefined, facts: () => facts }), {
    code: "EADDRINUSE",
  });
});
