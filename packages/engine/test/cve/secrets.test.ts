import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import { CertificateAuthority } from "@oxbow/testkit/certificates";
import { accountRequests, serverRequests } from "../../src/monitoring/system-handlers.ts";
import { varz } from "../../src/monitoring/varz.ts";
import { connectLine, openEngine } from "../connection/open-engine.ts";
import type { TestHost } from "../connection/test-host.ts";

/** Found nowhere but where it was put. */
const canary = "cAnArY7731";
const address = { host: "127.0.0.1", port: 4222 };

/** Everything that is logged from here on, at any level. */
function logOf(t: TestContext, host: TestHost): () => string {
  const levels = ["error", "warn", "info", "debug", "trace"] as const;
  const mocks = levels.map((level) => t.mock.method(host.logger, level));
  return () =>
    JSON.stringify(mocks.flatMap(({ mock }) => mock.calls.map((call) => call.arguments)));
}

/** Turns that are given to an answer that is made while others have theirs. */
const turnsMax = 50;

/** All that the system account is told about the server, as one text. */
async function everyPage(host: TestHost, id: string): Promise<string> {
  const system = host.connect();
  system.send(`${connectLine({ user: "s", pass: `${canary}-sys` })}SUB _INBOX.> 1\r\n`);
  let pages = "";
  const bodies = [
    "",
    '{"auth":true,"subscriptions":true,"accounts":true,"config":true,"account":"A"}',
  ];
  const subjects = [
    ...Object.keys(serverRequests).map((name) => `SERVER.${id}.${name}`),
    ...Object.keys(accountRequests).map((name) => `ACCOUNT.A.${name}`),
    `SERVER.${id}.STATSZ`,
    `SERVER.${id}.IDZ`,
    "USER.INFO",
  ];
  for (const subject of subjects) {
    // What the process was called with is its own business: it is tested where that is known.
    if (/PROFILEZ|EXPVARZ/.test(subject)) continue;
    for (const body of bodies) {
      let page = system.send(`PUB $SYS.REQ.${subject} _INBOX.x ${body.length}\r\n${body}\r\n`);
      for (let turn = 0; page === "" && turn < turnsMax; turn++) {
        await Promise.resolve();
        page = system.take();
      }
      pages += page;
    }
  }
  assert.match(pages, /"server_id"/);
  return pages + system.send("PING\r\n");
}

test("class H (NATS 2026-05): no secret is told to anybody, or logged", async (t) => {
  const { certificate } = new CertificateAuthority().issueForLoopback();
  const tls = { certificates: [{ certificate, key: `${canary}-key` }] };
  const { engine, host } = await openEngine({
    listen: address,
    accounts: [
      { name: "$SYS", users: [{ user: "s", password: `${canary}-sys` }] },
      { name: "A", users: [{ user: "ann", password: `${canary}-ann` }] },
    ],
    auth: { mode: "users", users: [{ user: "bob", password: `${canary}-bob` }] },
  });
  const doors = await openEngine({
    listen: address,
    tls,
    auth: { mode: "none" },
    websocket: { ...address, tls, user: "ws", password: `${canary}-ws` },
    leafnodes: { ...address, tls, users: [{ user: "leaf", password: `${canary}-leaf` }] },
  });
  const plain = await openEngine({
    listen: address,
    auth: { mode: "token", token: `${canary}-token` },
  });
  const log = logOf(t, host);
  for (const { accept, fields } of [
    { accept: true, fields: { user: "ann", pass: `${canary}-ann` } },
    { accept: false, fields: { user: "ann", pass: `${canary}-wrong` } },
    { accept: false, fields: { auth_token: `${canary}-token` } },
    { accept: false, fields: { jwt: `${canary}.${canary}.${canary}`, sig: canary, nkey: canary } },
    { accept: false, fields: { user: canary } },
  ]) {
    for (const port of [host, plain.host]) {
      const client = port.connect();
      const heard = client.take() + client.send(connectLine(fields)) + client.send("PING\r\n");
      assert.ok(!heard.includes(canary), heard);
      if (accept && port === host) assert.match(heard, /PONG/);
    }
  }
  const half = host.connect();
  half.send(`CONNECT {"pass":"${canary}" nonsense\r\n`);
  half.send("PING\r\n");
  const varzOfDoors = JSON.stringify(varz(doors.engine, doors.engine.process.facts()));
  const pages = (await everyPage(host, engine.info.id)) + varzOfDoors;
  assert.ok(!pages.includes(`${canary}-`), `told: ${around(pages)}`);
  assert.match(log(), /authentication/);
  // A name that somebody gave is no secret.
  assert.ok(
    !log().replaceAll(`"${canary}"`, "").includes(`${canary}-`),
    `logged: ${around(log())}`,
  );
});

test("class H (CVE-2025-50200): the trace of the protocol shows what is said, but no secret", async (t) => {
  const { host } = await openEngine({
    auth: { mode: "token", token: canary },
    protocolTrace: { headersOnly: false, payloadBytesMax: 0 },
  });
  const log = logOf(t, host);
  const client = host.connect();
  client.send(connectLine({ auth_token: canary }));
  client.send(`CONNECT {"auth_token":"${canary}"\r\n`);
  const other = host.connect();
  other.send(connectLine({ auth_token: `${canary}x`, sig: canary, jwt: canary }));
  assert.match(log(), /CONNECT/);
  assert.ok(!log().includes(canary), around(log()));
});

test("class F (CVE-2019-11287): what strangers say is one line of the log, and no format", async (t) => {
  const { host } = await openEngine({ auth: { mode: "token", token: "x" } });
  const log = logOf(t, host);
  const evil = "a\r\n[1] 2026/01/01 00:00:00 [INF] forged %s%n%x\u001b[31m\u202e\0";
  for (const fields of [{ name: evil, lang: evil, version: evil }, { user: evil }, { jwt: evil }]) {
    const client = host.connect();
    client.send(connectLine(fields));
    client.send("PING\r\n");
    client.closeByPeer();
  }
  const texts = log();
  // JSON has its own escapes: what would be one in a text is two here.
  assert.doesNotMatch(texts.replaceAll("\\\\", ""), /\\n\[1\]/);
});

function around(text: string): string {
  const at = text.indexOf(canary);
  return at < 0 ? "" : text.slice(Math.max(0, at - 80), at + 40);
}
