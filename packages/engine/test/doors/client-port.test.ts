import assert from "node:assert/strict";
import { X509Certificate } from "node:crypto";
import { test } from "node:test";
import { CertificateAuthority } from "@oxbow/testkit/certificates";
import fc from "fast-check";
import type { EngineOptions } from "../../src/engine-options.ts";
import type { TlsOptions } from "../../src/options/transports.ts";
import { connectLine, openEngine } from "../connection/open-engine.ts";
import type { ManualSocket } from "../connection/test-host.ts";

const tls: TlsOptions = { certificates: [{ certificate: "certificate", key: "key" }] };
const clientHello = "\x16\x03\x01\x00\x05hello";
const tlsRequired = "-ERR 'Secure Connection - TLS Required'\r\n";

/** The INFO at the beginning of what a client has got, as fields. */
function infoOf(text: string): Record<string, unknown> {
  assert.match(text, /^INFO \{.*\} \r\n/);
  return JSON.parse(text.slice(5, text.indexOf("\r\n")));
}

/** A client on a port with `options`, and what it was greeted with. */
async function arrive(options: EngineOptions): Promise<{
  host: Awaited<ReturnType<typeof openEngine>>["host"];
  engine: Awaited<ReturnType<typeof openEngine>>["engine"];
  client: ManualSocket;
  greeting: string;
}> {
  const { host, engine } = await openEngine(options);
  const client = host.connect();
  return { host, engine, client, greeting: client.take() };
}

test("a port of TLS greets in clear, and goes on encrypted where the handshake begins", async () => {
  const { engine, client, greeting } = await arrive({ tls });
  const info = infoOf(greeting);
  assert.equal(info.tls_required, true);
  assert.equal(info.tls_available, undefined);
  assert.equal(info.tls_verify, undefined);
  assert.equal(client.send(clientHello), "");
  assert.equal(client.tlsStart?.head.toString("latin1"), clientHello);
  const secure = client.secure();
  assert.equal(secure.take(), "");
  const answer = secure.send(`${connectLine()}PING\r\n`);
  assert.match(answer, /^PONG\r\nINFO .*"tls_required":true.*"connect_info":true/);
  assert.equal(engine.stats().connections, 1);
});

test("plain data on a port of TLS is refused", async () => {
  const { host, client, engine } = await arrive({ tls });
  assert.equal(client.send(connectLine()), tlsRequired);
  assert.ok(client.isEnded);
  assert.equal(client.tlsStart, undefined);
  const silent = host.connect();
  silent.take();
  host.clock.advance(1_999);
  assert.equal(silent.take(), "");
  host.clock.advance(1);
  assert.equal(silent.take(), tlsRequired);
  assert.ok(silent.isEnded);
  assert.equal(engine.stats().connections, 0);
  assert.equal(host.clock.timerCount, 0);
});

test("a handshake that fails or takes too long ends the connection", async () => {
  const { host, client } = await arrive({ tls: { ...tls, timeoutMs: 500 } });
  client.send(clientHello);
  client.failTls("no shared cipher");
  assert.ok(client.isDestroyed);
  const slow = host.connect();
  slow.send(clientHello);
  host.clock.advance(500);
  assert.ok(slow.isDestroyed);
  const late = slow.secure();
  assert.ok(late.isDestroyed);
  assert.equal(host.clock.timerCount, 0);
});

test("the log says why somebody did not get in, but not without end", async (t) => {
  const { host } = await arrive({ tls });
  const warn = t.mock.method(host.logger, "warn");
  const debug = t.mock.method(host.logger, "debug");
  const fail = (error: Error): void => {
    const client = host.connect();
    client.send(clientHello);
    client.tlsStart?.done(error);
  };
  fail(new Error("no shared cipher"));
  assert.deepEqual(warn.mock.calls[0]?.arguments, [
    { connection: "127.0.0.1:50000" },
    "TLS handshake error: no shared cipher",
  ]);
  fail(Object.assign(new Error("gone"), { code: "ECONNRESET" }));
  assert.equal(warn.mock.callCount(), 1);
  assert.equal(debug.mock.callCount(), 1);
  for (let count = 0; count < 50; count++) fail(new Error("no shared cipher"));
  assert.equal(warn.mock.callCount(), 10);
  host.clock.advance(1_000);
  fail(new Error("no shared cipher"));
  assert.equal(warn.mock.callCount(), 11);
});

test("a port where TLS is a choice takes both", async () => {
  const { host, client, greeting } = await arrive({ tls, allowsPlain: true });
  const info = infoOf(greeting);
  assert.equal(info.tls_required, undefined);
  assert.equal(info.tls_available, true);
  client.send(clientHello);
  assert.match(client.secure().send(`${connectLine()}PING\r\n`), /^PONG/);
  const plain = host.connect();
  plain.take();
  assert.match(plain.send(`${connectLine()}PING\r\n`), /^PONG/);
  const silent = host.connect();
  silent.take();
  host.clock.advance(2_000);
  assert.equal(silent.take(), "");
  assert.match(silent.send(`${connectLine()}PING\r\n`), /^PONG/);
});

test("with the handshake first, nobody is greeted in clear", async () => {
  const { host, client, greeting } = await arrive({ tls: { ...tls, handshakeFirst: true } });
  assert.equal(greeting, "");
  client.send(clientHello);
  const secure = client.secure();
  assert.equal(infoOf(secure.take()).tls_required, true);
  assert.match(secure.send(`${connectLine()}PING\r\n`), /^PONG/);
  const plain = host.connect();
  assert.equal(plain.send(connectLine()), tlsRequired);
  const silent = host.connect();
  host.clock.advance(2_000);
  assert.equal(silent.take(), tlsRequired);
});

test("with the handshake first if a client begins it in time, others are greeted after a moment", async () => {
  for (const autoFallbackMs of [undefined, 300]) {
    const { host, client, greeting } = await arrive({
      tls: { ...tls, handshakeFirst: "auto", autoFallbackMs },
      allowsPlain: true,
    });
    assert.equal(greeting, "");
    host.clock.advance((autoFallbackMs ?? 50) - 1);
    assert.equal(client.take(), "");
    const early = host.connect();
    early.send(clientHello);
    const secure = early.secure();
    assert.equal(infoOf(secure.take()).tls_required, true);
    host.clock.advance(1);
    assert.equal(infoOf(client.take()).tls_available, true);
    assert.match(client.send(`${connectLine()}PING\r\n`), /^PONG/);
  }
});

test("more handshakes in a second than allowed are put off", async () => {
  const { host, client } = await arrive({ tls: { ...tls, connectionRateMax: 2 } });
  client.send(clientHello);
  const begin = (): string => {
    const next = host.connect();
    next.take();
    return next.send(clientHello);
  };
  assert.equal(begin(), "");
  assert.equal(begin(), "-ERR 'Connection throttling is active. Please try again later.'\r\n");
  host.clock.advance(1_000);
  assert.equal(begin(), "");
});

test("who shows a certificate is known by it, unless its key is not one of the pinned", async () => {
  const authority = new CertificateAuthority();
  const { certificate } = authority.issue({ subject: [["CN", "me"]], emails: ["me@example.com"] });
  const { raw, publicKey } = new X509Certificate(certificate);
  const digest = await crypto.subtle.digest(
    "SHA-256",
    publicKey.export({ type: "spki", format: "der" }),
  );
  const fingerprint = Buffer.from(digest).toString("hex");
  const verified: TlsOptions = { ...tls, verify: true };
  const { host, client, greeting } = await arrive({
    tls: { ...verified, pinnedCertificates: [fingerprint.toUpperCase()] },
  });
  assert.equal(infoOf(greeting).tls_verify, true);
  client.send(clientHello);
  assert.match(client.secure(raw).send(`${connectLine()}PING\r\n`), /^PONG/);
  const other = authority.issue({ subject: [["CN", "other"]] });
  const stranger = host.connect();
  stranger.send(clientHello);
  assert.ok(stranger.secure(new X509Certificate(other.certificate).raw).isDestroyed);
  const nobody = host.connect();
  nobody.send(clientHello);
  assert.ok(nobody.secure().isDestroyed);
});

test("what makes no sense is refused when the engine opens", async () => {
  for (const [wrong, text] of [
    [{ tls: { certificates: [] } }, /certificates must hold at least one/],
    [{ tls: { ...tls, timeoutMs: 0 } }, /tls\.timeoutMs must be above 0/],
    [{ tls: { ...tls, connectionRateMax: -1 } }, /connectionRateMax must be 0 or more/],
    [{ tls: { ...tls, pinnedCertificates: ["abc"] } }, /"abc", which is not the SHA-256/],
    [{ advertise: "a:b:c" }, /advertise must be host or host:port, not "a:b:c"/],
    [{ advertise: "a:70000" }, /advertise must be host or host:port/],
  ] as const) {
    await assert.rejects(openEngine(wrong), { code: "ENGINE_OPTION_INVALID", message: text });
  }
});

test("clients are told the address that is advertised", async () => {
  for (const [advertise, host, port] of [
    ["nats.example:1234", "nats.example", 1234],
    ["nats.example", "nats.example", 4222],
    ["[2001:db8::1]:1", "2001:db8::1", 1],
    ["nats.example:-1", "nats.example", 4222],
  ] as const) {
    const info = infoOf((await arrive({ advertise })).greeting);
    assert.deepEqual([info.host, info.port], [host, port]);
  }
});

test("encryption can be changed for those who come later", async () => {
  const { host, engine, client } = await arrive({});
  const rest = engine.options;
  assert.deepEqual((await engine.reload({ ...rest, tls })).applied, ["tls"]);
  assert.match(client.send(`${connectLine()}PING\r\n`), /^PONG/);
  const next = host.connect();
  assert.equal(infoOf(next.take()).tls_required, true);
  await engine.reload(rest);
  assert.equal(infoOf(host.connect().take()).tls_required, undefined);
});

test("those on the way in count as connections, and leave with the server", async () => {
  const { host, engine, client } = await arrive({ tls, limits: { connectionsMax: 2 } });
  client.send(clientHello);
  const second = host.connect();
  const third = host.connect();
  assert.match(third.take(), /^INFO .*-ERR 'maximum connections exceeded'\r\n$/s);
  assert.ok(third.isEnded);
  second.closeByPeer();
  const fourth = host.connect();
  fourth.send(clientHello);
  const secure = fourth.secure();
  const destroyed = engine.destroy();
  assert.ok(client.isDestroyed);
  assert.ok(secure.isDestroyed);
  secure.closeByPeer();
  await destroyed;
  assert.equal(host.clock.timerCount, 0);
});

const proxied = "PROXY TCP4 10.1.2.3 10.0.0.1 5555 4222\r\n";

test("behind a proxy, the client's address is the one the proxy tells", async () => {
  const { client, greeting } = await arrive({ proxyProtocol: true });
  assert.equal(infoOf(greeting).client_ip, undefined);
  const answer = client.send(`${proxied}${connectLine()}PING\r\n`);
  assert.match(answer, /^PONG\r\nINFO .*"client_ip":"10\.1\.2\.3"/);
});

test("behind a proxy, encryption begins after its header", async () => {
  for (const handshakeFirst of [false, true, "auto"] as const) {
    const { host, client } = await arrive({ proxyProtocol: true, tls: { ...tls, handshakeFirst } });
    client.send(`${proxied}${clientHello}`, 7);
    assert.equal(
      client.tlsStart?.head.toString("latin1"),
      clientHello.slice(0, client.tlsStart?.head.length),
    );
    const answer = client.secure().send(`${connectLine()}PING\r\n`);
    assert.match(answer, /PONG\r\nINFO .*"client_ip":"10\.1\.2\.3"/s);
    host.clock.advance(0);
  }
});

test("on a port for proxies, clients come without one too, but not with a broken header", async () => {
  const { host, client } = await arrive({ proxyProtocol: true });
  assert.match(
    client.send(`${connectLine()}PING\r\n`),
    /^PONG\r\nINFO .*"client_ip":"127\.0\.0\.1"/,
  );
  const broken = host.connect();
  broken.take();
  broken.send("PROXY TCP9 nonsense\r\n");
  assert.ok(broken.isDestroyed);
  const silent = host.connect();
  silent.send("PROX");
  host.clock.advance(2_000);
  assert.ok(silent.isDestroyed);
});

test("whatever comes in whatever chunks, nobody is let in by mistake, and nothing is left behind", async () => {
  const piece = fc.oneof(
    fc.constantFrom(proxied, clientHello, connectLine(), "PING\r\n", "PROXY UNKNOWN\r\n", "\x16"),
    fc.string({ unit: "binary", maxLength: 20 }),
  );
  const options = fc.record({
    proxyProtocol: fc.boolean(),
    allowsPlain: fc.boolean(),
    handshakeFirst: fc.constantFrom(false, true, "auto" as const),
  });
  const steps = fc.array(fc.oneof(piece, fc.nat(3_000)), { maxLength: 10 });
  await fc.assert(
    fc.asyncProperty(options, steps, fc.integer({ min: 1, max: 9 }), async (chosen, what, size) => {
      const { handshakeFirst, ...others } = chosen;
      const { host, engine, client } = await arrive({ ...others, tls: { ...tls, handshakeFirst } });
      for (const step of what) {
        if (typeof step === "number") host.clock.advance(step);
        else client.send(step, size);
      }
      const isPlain = engine.stats().connections === 1 && client.tlsStart === undefined;
      assert.ok(!isPlain || chosen.allowsPlain);
      client.closeByPeer();
      client.failTls("gone");
      assert.equal(engine.stats().connections, 0);
      host.clock.advance(0);
      assert.equal(host.clock.timerCount, 0);
    }),
    { numRuns: 300 },
  );
});
