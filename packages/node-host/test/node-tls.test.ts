import assert from "node:assert/strict";
import { X509Certificate } from "node:crypto";
import { once } from "node:events";
import net from "node:net";
import { type TestContext, test } from "node:test";
import tls from "node:tls";
import { type Socket, silentLogger, type TlsContext, type TlsContextOptions } from "@oxbow/base";
import { CertificateAuthority } from "@oxbow/testkit/certificates";
import { NodeNet } from "../src/node-net.ts";
import { readText } from "./support/read-text.ts";
import { Recorder } from "./support/recorder.ts";

const authority = new CertificateAuthority();
const server = authority.issueForLoopback();
const client = authority.issue({ subject: [["CN", "client"]], emails: ["me@example.com"] });
const nodeNet = new NodeNet(silentLogger);

function contextOf(options: Partial<TlsContextOptions> = {}): TlsContext {
  return nodeNet.createTlsContext({
    certificates: [server],
    authorities: authority.certificate,
    requiresPeerCertificate: false,
    versionMin: "TLSv1.2",
    ...options,
  });
}

/** A connection on which the server has said hello, in clear, and secures what comes then. */
async function secured(
  t: TestContext,
  context: TlsContext,
): Promise<{
  plain: net.Socket;
  accepted: Socket;
  started: Promise<void>;
  result: Promise<Socket | Error>;
}> {
  const started = Promise.withResolvers<void>();
  const result = Promise.withResolvers<Socket | Error>();
  const accepted = Promise.withResolvers<Socket>();
  const listener = await nodeNet.listen({ host: "127.0.0.1", port: 0 }, (socket) => {
    accepted.resolve(socket);
    socket.attach({
      onData: (chunk) => {
        socket.startTls(context, chunk, result.resolve);
        started.resolve();
      },
      onDrain: () => {},
      onClose: () => result.resolve(new Error("closed before")),
    });
    socket.write(Buffer.from("hello"));
  });
  const plain = net.connect(listener.port, "127.0.0.1");
  plain.on("error", () => {});
  t.after(async () => {
    plain.destroy();
    (await accepted.promise).destroy();
    await listener.close();
  });
  assert.equal(await readText(plain, 5), "hello");
  return {
    plain,
    accepted: await accepted.promise,
    started: started.promise,
    result: result.promise,
  };
}

function encrypt(plain: net.Socket, options: tls.ConnectionOptions = {}): tls.TLSSocket {
  const ca = authority.certificate;
  const secure = tls.connect({ socket: plain, ca, servername: "localhost", ...options });
  secure.on("error", () => {});
  return secure;
}

/** Resolves once `socket` is over, with an error or not. */
function closed(socket: net.Socket): Promise<void> {
  return new Promise((resolve) => socket.once("close", () => resolve()));
}

function asSocket(result: Socket | Error): Socket {
  if (result instanceof Error) throw result;
  return result;
}

test("a connection goes on encrypted, both ways, after words in clear", async (t) => {
  const { plain, result } = await secured(t, contextOf());
  const secure = encrypt(plain);
  secure.write("from the client");
  const socket = asSocket(await result);
  const recorder = new Recorder();
  socket.attach(recorder);
  assert.equal(await recorder.heard("from the client"), "from the client");
  socket.write(Buffer.from("from the server"));
  assert.equal(await readText(secure, 15), "from the server");
  assert.equal(socket.tls?.version, "TLSv1.3");
  assert.match(socket.tls?.cipherSuite ?? "", /^TLS_/);
  assert.equal(socket.tls?.peerCertificate, undefined);
  assert.equal(socket.remoteAddress, "127.0.0.1");
  secure.end();
  assert.equal(await recorder.closed.promise, undefined);
});

test("what is pending is sent before an encrypted connection ends", async (t) => {
  const { plain, result } = await secured(t, contextOf());
  const secure = encrypt(plain);
  const socket = asSocket(await result);
  socket.attach(new Recorder());
  let size = 0;
  secure.on("data", (chunk) => (size += chunk.length));
  let flushedCount = 0;
  for (let i = 0; i < 20; i++) socket.write(Buffer.alloc(100_000), () => flushedCount++);
  assert.ok(socket.pendingBytes > 0);
  socket.end();
  await once(secure, "end");
  assert.equal(size, 2_000_000);
  assert.equal(flushedCount, 20);
});

test("a client's certificate is checked and handed on", async (t) => {
  const { plain, result } = await secured(t, contextOf({ requiresPeerCertificate: true }));
  encrypt(plain, { cert: client.certificate, key: client.key });
  const socket = asSocket(await result);
  const shown = socket.tls?.peerCertificate;
  assert.deepEqual(shown, new X509Certificate(client.certificate).raw);
  assert.deepEqual(socket.tls?.peerIssuers, [new X509Certificate(authority.certificate).raw]);
});

test("clients without a certificate of the authority are refused", async (t) => {
  const other = new CertificateAuthority("somebody else").issue({ subject: [["CN", "client"]] });
  const shown = { cert: other.certificate, key: other.key };
  const cases: [tls.ConnectionOptions, RegExp][] = [
    [{}, /peer did not return a certificate/],
    [{ maxVersion: "TLSv1.2" }, /peer did not return a certificate/],
    [shown, /certificate refused: /],
    [{ ...shown, maxVersion: "TLSv1.2" }, /certificate refused: /],
  ];
  for (const [options, reason] of cases) {
    const { plain, result } = await secured(t, contextOf({ requiresPeerCertificate: true }));
    const secure = encrypt(plain, options);
    const over = closed(secure);
    assert.match(String(await result), reason);
    await over;
  }
});

test("what is no TLS ends in an error, as does a client that leaves", async (t) => {
  const nonsense = await secured(t, contextOf());
  const over = closed(nonsense.plain);
  nonsense.plain.write("CONNECT {}\r\n");
  assert.ok((await nonsense.result) instanceof Error);
  await over;
  const leaver = await secured(t, contextOf());
  leaver.plain.write(Buffer.from([0x16, 3, 1]));
  leaver.plain.end();
  assert.ok((await leaver.result) instanceof Error);
});

test("a handshake that is given up is not reported", async (t) => {
  const { plain, accepted, started, result } = await secured(t, contextOf());
  const over = closed(plain);
  plain.write(Buffer.from([0x16, 3, 1]));
  await started;
  accepted.destroy();
  await over;
  const nothing = Symbol();
  await new Promise((resolve) => setImmediate(resolve));
  assert.equal(await Promise.race([result, Promise.resolve(nothing)]), nothing);
});

test("of several certificates the one for the asked name is shown", async (t) => {
  const certificates = ["a.example", "b.example"].map((name) =>
    authority.issue({ subject: [["CN", name]], dnsNames: [name, `*.${name}`] }),
  );
  const context = contextOf({ certificates });
  const shownFor = async (servername: string): Promise<string> => {
    const { plain } = await secured(t, context);
    const secure = encrypt(plain, { servername, checkServerIdentity: () => undefined });
    await once(secure, "secureConnect");
    return String(secure.getPeerCertificate().subject.CN);
  };
  assert.equal(await shownFor("b.example"), "b.example");
  assert.equal(await shownFor("a.example"), "a.example");
  assert.equal(await shownFor("x.b.example"), "b.example");
  assert.equal(await shownFor("unknown.example"), "a.example");
});

test("versions, cipher suites and curves are what was asked for", async (t) => {
  const newest = await secured(t, contextOf({ versionMin: "TLSv1.3" }));
  const over = closed(encrypt(newest.plain, { maxVersion: "TLSv1.2" }));
  assert.ok((await newest.result) instanceof Error);
  await over;
  const chosen = contextOf({
    cipherSuites: ["ECDHE-RSA-AES256-GCM-SHA384", "TLS_CHACHA20_POLY1305_SHA256"],
    curves: ["P-384"],
  });
  for (const [maxVersion, suite] of [
    ["TLSv1.2", "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384"],
    ["TLSv1.3", "TLS_CHACHA20_POLY1305_SHA256"],
  ] as const) {
    const { plain, result } = await secured(t, chosen);
    const secure = encrypt(plain, { maxVersion });
    await once(secure, "secureConnect");
    assert.equal(asSocket(await result).tls?.cipherSuite, suite);
    assert.equal((secure.getEphemeralKeyInfo() as tls.EphemeralKeyInfo).name, "secp384r1");
  }
});

test("what is wrong with certificates is said when a context is made", () => {
  const broken = { certificate: "no certificate", key: server.key };
  assert.throws(() => contextOf({ certificates: [broken] }), /PEM|certificate|base64/i);
  const mismatch = { certificate: server.certificate, key: client.key };
  assert.throws(() => contextOf({ certificates: [mismatch] }), /key values mismatch/);
  assert.throws(() => contextOf({ cipherSuites: ["NO-SUCH-SUITE"] }), /cipher/i);
  assert.throws(() => contextOf({ curves: ["no-such-curve"] }), /curve/i);
});
