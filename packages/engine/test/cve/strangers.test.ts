import assert from "node:assert/strict";
import { test } from "node:test";
import type { EngineOptions } from "../../src/engine-options.ts";
import { connectLine, openEngine } from "../connection/open-engine.ts";
import { ManualSocket, type TestHost } from "../connection/test-host.ts";

/**
 * Goal: whoever has not shown who it is costs little, for a short time, at every door. Method: strangers begin whatever
 * can be begun there and never go on; the clock is the test's.
 */
const address = { host: "127.0.0.1", port: 4222 };
const tls = { certificates: [{ certificate: "certificate", key: "key" }] };
const auth = { mode: "token", token: "secret" } as const;

interface Place {
  readonly name: string;
  readonly options: EngineOptions;
  /** What strangers begin there, the empty text for those who say nothing. */
  readonly beginnings: readonly string[];
  /** What comes before, such as a handshake; returns the connection that goes on. */
  readonly arrive?: (socket: ManualSocket) => ManualSocket;
  /** When they are gone; 2 seconds where nothing is said. */
  readonly goneAfterMs?: number;
}

const halfConnects = ["", "C", "CONNECT ", `CONNECT {"x":"${"x".repeat(4_000)}`];
const hello = "\x16\x03\x01\x02\x00\x01";

/** The client is through with the handshake. */
function secured(socket: ManualSocket): ManualSocket {
  socket.send(hello);
  return socket.secure();
}

/** The request for WebSocket was good. */
function upgraded(socket: ManualSocket, host: TestHost): ManualSocket {
  const webSocket = new ManualSocket(host.clock);
  const headers = {
    host: "x",
    upgrade: "websocket",
    connection: "upgrade",
    "sec-websocket-key": "dGhlIHNhbXBsZSBub25jZQ==",
    "sec-websocket-version": "13",
  };
  socket.upgrade?.judge({ method: "GET", target: "/", headers });
  socket.upgrade?.done(webSocket);
  return webSocket;
}

const places: readonly Place[] = [
  { name: "TCP", options: { listen: address }, beginnings: halfConnects },
  {
    name: "TLS, before the handshake",
    options: { listen: address, tls },
    beginnings: [""],
  },
  {
    name: "TLS, within the handshake",
    options: { listen: address, tls },
    beginnings: [hello, "\x16", hello + "x".repeat(16_000)],
  },
  {
    name: "TLS, handshake first",
    options: { listen: address, tls: { ...tls, handshakeFirst: true } },
    beginnings: ["", hello],
  },
  {
    name: "TLS, after the handshake",
    options: { listen: address, tls },
    arrive: secured,
    beginnings: halfConnects,
    // As nats-server has it: one second more than the handshake may take.
    goneAfterMs: 3_000,
  },
  {
    name: "a proxy that does not say where from",
    options: { listen: address, proxyProtocol: true },
    beginnings: ["", "P", "PROXY TCP4 1.2.3.4", "\r\n\r\n\0\r\nQUIT\n\x21\x11\x00\xff"],
  },
  {
    name: "WebSocket, before the request",
    options: { websocket: address },
    beginnings: [""],
  },
  {
    name: "WebSocket over TLS, within the handshake",
    options: { websocket: { ...address, tls } },
    beginnings: ["", hello],
  },
  { name: "the port for leaf nodes", options: { leafnodes: address }, beginnings: halfConnects },
  {
    name: "the port for leaf nodes, within the handshake",
    options: { leafnodes: { ...address, tls } },
    beginnings: [hello],
  },
];

for (const { name, options, beginnings, arrive, goneAfterMs = 2_000 } of places) {
  test(`class A (CVE-2017-7651, CVE-2022-34917, NATS 2026-25): strangers have 2 seconds and 16 KiB: ${name}`, async () => {
    for (const beginning of beginnings) {
      const { engine, host } = await openEngine({ listen: undefined, auth, ...options });
      const timersBefore = host.clock.timerCount;
      const first = host.connect();
      const socket = arrive ? arrive(first) : first;
      socket.send(beginning, 1_000);
      for (const { bufferedBytes } of engine.connections) assert.ok(bufferedBytes <= 16 * 1024);
      const isGone = (): boolean => socket.isEnded || socket.isDestroyed;
      host.clock.advance(goneAfterMs - 1);
      assert.equal(isGone(), false, JSON.stringify(beginning.slice(0, 20)));
      host.clock.advance(1);
      assert.equal(isGone(), true, JSON.stringify(beginning.slice(0, 20)));
      socket.closeByPeer();
      assert.equal(host.clock.timerCount, timersBefore);
      assert.equal(engine.stats().connections, 0);
    }
  });
}

test("class A (CVE-2026-33219): strangers have 2 seconds and 16 KiB: WebSocket, after the request", async () => {
  for (const beginning of halfConnects) {
    const { engine, host } = await openEngine({ listen: undefined, auth, websocket: address });
    const socket = upgraded(host.connect(), host);
    socket.send(beginning);
    for (const { bufferedBytes } of engine.connections) assert.ok(bufferedBytes <= 16 * 1024);
    host.clock.advance(1_999);
    assert.equal(socket.isEnded, false);
    host.clock.advance(1);
    assert.equal(socket.isEnded, true);
  }
});

test("class A: those on the way in are counted, and one too many is turned away at once", async () => {
  for (const options of [
    { listen: address, tls },
    { listen: address, proxyProtocol: true },
    { listen: address },
  ]) {
    const { host } = await openEngine({ auth, limits: { connectionsMax: 3 }, ...options });
    const sockets = Array.from({ length: 4 }, () => host.connect());
    assert.deepEqual(
      sockets.map((socket) => socket.isEnded || socket.isDestroyed),
      [false, false, false, true],
    );
  }
});

test("class B (NATS 2026-04, 2026-10, 2026-19): nothing said twice, too early or by the wrong side ends the port for leaf nodes", async () => {
  const { host } = await openEngine({ listen: undefined, leafnodes: address });
  const connect = 'CONNECT {"server_id":"N","name":"S","compression":"s2_auto","protocol":9}\r\n';
  const operations = [
    "INFO {}\r\nINFO {}\r\n",
    'INFO {"compression":"s2_auto"}\r\n',
    connect + connect,
    `${connect}INFO {"compression":"x"}\r\n`,
    "LS+ a\r\n",
    "LMSG a 1\r\nx\r\n",
    "+OK\r\n-ERR 'x'\r\nPONG\r\n",
    "CONNECT null\r\n",
    "CONNECT []\r\n",
  ];
  for (const text of operations) {
    for (const chunkSize of [1, 7, 1_000]) {
      const leaf = host.connect();
      leaf.take();
      leaf.send(text, chunkSize);
      assert.equal(leaf.isEnded || leaf.isDestroyed, true, text);
    }
  }
  assert.match(host.connect().take(), /^INFO /);
});

test("class E (NATS 2026-16, 2026-24): who begins without CONNECT is the user for that, and no more", async () => {
  const { host } = await openEngine({
    accounts: [
      {
        name: "A",
        users: [
          { user: "guest", password: "g", permissions: { subscribe: { allow: ["open.>"] } } },
          { user: "ann", password: "a" },
        ],
      },
    ],
    auth: { mode: "users", users: [], noAuthUser: "guest" },
  });
  const ann = host.connect();
  ann.send(`${connectLine({ user: "ann", pass: "a" })}SUB > 1\r\n`);
  ann.take();
  for (const first of ["SUB secret 1\r\n", "SUB > 1\r\n", "PING\r\nSUB * 1\r\n"]) {
    const guest = host.connect();
    guest.take();
    assert.match(guest.send(first), /Permissions Violation/);
    ann.send("PUB secret 1\r\nx\r\n");
    assert.doesNotMatch(guest.take(), /MSG/);
  }
  // Who says that it is somebody has to show it.
  const liar = host.connect();
  liar.take();
  assert.match(liar.send(connectLine({ user: "ann" })), /Authorization Violation/);
});
