import assert from "node:assert/strict";
import { test } from "node:test";
import type { UpgradeAnswer } from "@oxbow/base";
import type { EngineOptions } from "../../src/engine-options.ts";
import type { WebSocketOptions } from "../../src/options/transports.ts";
import { connectLine, openEngine } from "../connection/open-engine.ts";
import { ManualSocket } from "../connection/test-host.ts";

const address = { host: "0.0.0.0", port: 0 };
const tls = { certificates: [{ certificate: "certificate", key: "key" }] };

type Opened = Awaited<ReturnType<typeof openEngine>>;

/** An engine whose only door is that of WebSocket, and somebody who has come there. */
async function arrive(
  websocket: Partial<WebSocketOptions> = {},
  options: EngineOptions = {},
): Promise<Opened & { client: ManualSocket }> {
  const opened = await openEngine({
    ...options,
    listen: undefined,
    websocket: { ...address, ...websocket },
  });
  return { ...opened, client: opened.host.connect() };
}

/** The answer to a good request for an upgrade with more `headers`. */
function ask(
  client: ManualSocket,
  headers: Readonly<Record<string, string>> = {},
): UpgradeAnswer | undefined {
  return client.upgrade?.judge({
    method: "GET",
    target: "/",
    headers: {
      host: "localhost",
      upgrade: "websocket",
      connection: "upgrade",
      "sec-websocket-key": "dGhlIHNhbXBsZSBub25jZQ==",
      "sec-websocket-version": "13",
      ...headers,
    },
  });
}

/** The WebSocket connection of a client whose request was answered. */
function upgraded({ host }: Opened, client: ManualSocket): ManualSocket {
  const socket = new ManualSocket(host.clock);
  client.upgrade?.done(socket);
  return socket;
}

function enter(
  opened: Opened & { client: ManualSocket },
  headers?: Readonly<Record<string, string>>,
): ManualSocket {
  ask(opened.client, headers);
  return upgraded(opened, opened.client);
}

function infoOf(text: string): Record<string, unknown> {
  assert.match(text, /^INFO \{.*\} \r\n/);
  return JSON.parse(text.slice(5, text.indexOf("\r\n")));
}

test("a client over WebSocket is told of that port", async () => {
  const scene = await arrive({ port: 8080, headers: { "X-A": "b" } });
  assert.deepEqual(ask(scene.client), { headers: { "X-A": "b" } });
  const socket = upgraded(scene, scene.client);
  const info = infoOf(socket.take());
  assert.deepEqual([info.host, info.port], ["0.0.0.0", 8080]);
  assert.equal(info.tls_required, undefined);
  assert.equal(info.connect_urls, undefined);
  assert.match(socket.send(`${connectLine()}PING\r\n`), /^PONG\r\nINFO /);
  assert.equal(scene.engine.addresses.websocket?.port, 8080);
});

test("over TLS, the request comes encrypted or is refused in the words of HTTP", async () => {
  const scene = await arrive({ tls });
  const { host, client } = scene;
  assert.match(client.send("GET / HTTP/1.1\r\n\r\n"), /^HTTP\/1\.0 400 Bad Request\r\n/);
  assert.ok(client.isEnded);
  const next = host.connect();
  next.send("\x16\x03\x01");
  const secure = next.secure();
  assert.equal(secure.take(), "");
  ask(secure);
  const info = infoOf(upgraded(scene, secure).take());
  assert.equal(info.tls_required, true);
  assert.equal(info.tls_available, true);
  const silent = host.connect();
  host.clock.advance(2_000);
  assert.ok(silent.isEnded);
  assert.equal(host.clock.timerCount, 1);
});

test("a request has to come in time", async () => {
  for (const handshakeTimeoutMs of [undefined, 500]) {
    const { host, client } = await arrive({ handshakeTimeoutMs });
    host.clock.advance((handshakeTimeoutMs ?? 2_000) - 1);
    assert.ok(!client.isDestroyed);
    host.clock.advance(1);
    assert.ok(client.isDestroyed);
    assert.equal(host.clock.timerCount, 0);
  }
});

test("refused and failed upgrades leave nothing behind", async () => {
  const { host, engine, client } = await arrive({ sameOrigin: true });
  assert.deepEqual(ask(client, { origin: "http://evil.example" }), { status: 403 });
  client.upgrade?.done(new Error("refused"));
  assert.equal(host.clock.timerCount, 0);
  const next = host.connect();
  const destroyed = engine.destroy();
  assert.ok(next.isDestroyed);
  await destroyed;
  assert.equal(host.clock.timerCount, 0);
});

test("cookies fill what CONNECT leaves empty, and nothing else", async () => {
  const auth = {
    mode: "users",
    users: [
      { user: "me", password: "cookie" },
      { user: "you", password: "line" },
    ],
  } as const;
  const cookies = { userCookie: "u", passwordCookie: "p" };
  const cookie = "u=me; p=cookie";
  const first = enter(await arrive(cookies, { auth }), { cookie });
  first.take();
  assert.match(first.send(`${connectLine()}PING\r\n`), /^PONG/);
  assert.ok(first.isTrusted);
  const second = enter(await arrive(cookies, { auth }), { cookie });
  second.take();
  assert.match(second.send(`${connectLine({ user: "you", pass: "line" })}PING\r\n`), /^PONG/);
  const third = enter(await arrive(cookies, { auth }), { cookie });
  third.take();
  assert.equal(third.send(connectLine({ user: "you" })), "-ERR 'Authorization Violation'\r\n");
  assert.ok(!third.isTrusted);
  assert.deepEqual(third.farewell, { status: 1008, text: "Authentication Failure" });
});

test("the door has credentials, a time to show them, and an interval of pings of its own", async () => {
  const own = { user: "ws", password: "secret", authTimeoutMs: 700, pingIntervalMs: 5_000 };
  const { host, client, ...rest } = await arrive(own);
  const socket = enter({ host, client, ...rest });
  assert.equal(infoOf(socket.take()).auth_required, true);
  host.clock.advance(699);
  assert.equal(socket.take(), "");
  host.clock.advance(1);
  assert.equal(socket.take(), "-ERR 'Authentication Timeout'\r\n");
  assert.equal(socket.farewell?.status, 1008);
  const next = host.connect();
  const friend = enter({ host, client: next, ...rest });
  friend.take();
  assert.match(friend.send(`${connectLine({ user: "ws", pass: "secret" })}PING\r\n`), /^PONG/);
  host.clock.advance(3_000);
  assert.match(friend.send("PONG\r\n"), /PING\r\n/);
  host.clock.advance(4_999);
  assert.match(friend.take(), /PING\r\n/);
});

test("the address a proxy tells is for the log: anybody can say it", async (t) => {
  const scene = await arrive();
  const debug = t.mock.method(scene.host.logger, "debug");
  const socket = enter(scene, { "x-forwarded-for": "2001:db8::9" });
  assert.equal(infoOf(socket.take()).client_ip, "127.0.0.1");
  const [fields] = debug.mock.calls.map((call) => call.arguments[0]);
  assert.equal(fields?.["connection"], "[2001:db8::9]/127.0.0.1:50000 - wid:1");
});

test("the end of a connection is told with a status", async () => {
  for (const [line, status] of [
    ["NONSENSE\r\n", 1002],
    [`PUB a ${2 * 1024 * 1024}\r\n`, 1009],
    [`SUB ${"x".repeat(5_000)} 1\r\n`, 1008],
    [connectLine({ protocol: 9 }), 1002],
  ] as const) {
    const socket = enter(await arrive());
    socket.take();
    socket.send(line);
    assert.equal(socket.farewell?.status, status, line.slice(0, 20));
  }
  const scene = await arrive();
  const socket = enter(scene);
  const closed = scene.engine.close();
  assert.deepEqual(socket.farewell, { status: 1001, text: "Server Shutdown" });
  socket.closeByPeer();
  await closed;
});

test("compressed messages may be larger than the largest payload, with a bound", async () => {
  const { host } = await arrive({ compression: true });
  const mebibyte = 1024 * 1024;
  assert.deepEqual(host.net.webSocketOptions, {
    compression: true,
    inflatedSizeMax: 2 * mebibyte + 64 * 1024,
    untrustedSizeMax: 16 * 1024,
  });
});

test("certificates can be changed, but not whether there are any", async () => {
  const { engine } = await arrive({ tls });
  const options = engine.options;
  const changed = { ...tls, verify: true };
  const websocket = { ...address, tls: changed };
  assert.deepEqual(await engine.reload({ ...options, websocket }), {
    applied: ["websocket.tls"],
    refused: [],
  });
  await assert.rejects(engine.reload({ ...options, websocket: address }), {
    code: "ENGINE_OPTION_INVALID",
  });
});

test("what makes no sense is refused when the engine opens", async () => {
  const users = { auth: { mode: "users", users: [{ user: "a", password: "b" }] } } as const;
  for (const [wrong, options, text] of [
    [{ port: -1 }, {}, /websocket\.port must be an integer from 0 to 65535, not -1/],
    [{ allowedOrigins: ["x"] }, {}, /unable to parse allowed origin "x"/],
    [{ advertise: "a:b" }, {}, /websocket\.advertise must be host or host:port/],
    [{ pingIntervalMs: 0 }, {}, /pingIntervalMs must be above 0/],
    [{ jwtCookie: "j" }, {}, /required for JWT authentication via cookie "j"/],
    [{ user: "u" }, users, /username not compatible with presence of users\/nkeys/],
    [{ token: "t" }, users, /token not compatible with presence of users\/nkeys/],
    [{ headers: { Upgrade: "x" } }, {}, /invalid header "Upgrade" not allowed/],
    [{ headers: { "Sec-WebSocket-X": "x" } }, {}, /invalid header "Sec-WebSocket-X" not allowed/],
    [{ headers: { "X-A": "b\r\nX-B: c" } }, {}, /header "X-A" is not one of HTTP/],
    [{ headers: { "X A": "b" } }, {}, /header "X A" is not one of HTTP/],
    [{ tls: { certificates: [] } }, {}, /websocket\.tls\.certificates must hold at least one/],
  ] as const) {
    await assert.rejects(arrive(wrong, options), { code: "ENGINE_OPTION_INVALID", message: text });
  }
});
