import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import type { IncomingHttpHeaders } from "node:http";
import { request as ask } from "node:https";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, suite, test } from "node:test";
import { connect, type TLSSocket } from "node:tls";
import { authority, serverCertificate, strangerCertificate } from "../support/certificate-files.ts";
import { basic, HttpScene } from "./http-scene.ts";

/** Goal: HTTP is encrypted with the certificate that is given, and proxies are believed only if they are trusted. Method:
 * servers with certificates of an authority of these tests, and requests as proxies make them. */
let directory = "";
const file = (name: string): string => join(directory, name);
const ca = authority.certificate;

before(async () => {
  directory = await mkdtemp(join(tmpdir(), "oxbow-https-"));
  await writeFile(file("cert.pem"), serverCertificate.certificate);
  await writeFile(file("key.pem"), serverCertificate.key);
  await writeFile(file("other.pem"), strangerCertificate.key);
});
after(() => rm(directory, { recursive: true }));

function flags(more: Readonly<Record<string, string | boolean>> = {}) {
  return { httpTlsCertificate: file("cert.pem"), httpTlsKey: file("key.pem"), ...more };
}

interface Got {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
}

/** GET of the list of stations, encrypted. */
function get(url: string, headers: Readonly<Record<string, string>> = {}): Promise<Got> {
  return new Promise((resolve, reject) => {
    const options = { ca, agent: false, servername: "localhost", headers } as const;
    ask(`${url}/api/v1/stations`, options, (answer) => {
      answer.resume();
      answer.once("end", () =>
        resolve({ status: answer.statusCode ?? 0, headers: answer.headers }),
      );
    })
      .once("error", reject)
      .end();
  });
}

suite("HTTP encrypted", () => {
  test("is served with the certificate, and browsers are told to stay with it", async () => {
    await using http = await HttpScene.open(flags({ auth: true }));
    assert.match(http.url, /^https:\/\/127\.0\.0\.1:\d+$/);
    const { user, password } = http.scene.server.owner ?? { user: "", password: "" };
    const near = await get(http.url, basic(user, password));
    assert.deepEqual([near.status, near.headers["strict-transport-security"]], [200, undefined]);
    const far = await get(http.url, { host: "ox.example.com" });
    assert.deepEqual(
      [far.status, far.headers["strict-transport-security"]],
      [401, "max-age=31536000"],
    );
    const page = { host: "ox.example.com", origin: "http://ox.example.com" };
    assert.equal((await get(http.url, page)).status, 403);
    await assert.rejects(fetch(http.url.replace("https", "http")));
    const { port } = new URL(http.url);
    const old = connect({ port: Number(port), host: "127.0.0.1", ca, maxVersion: "TLSv1.1" });
    await assert.rejects(handshake(old));
  });

  test("with a certificate and a key that do not belong together, it does not start", async () => {
    const wrong = flags({ httpTlsKey: file("other.pem") });
    await assert.rejects(HttpScene.open(wrong), { code: "CERTIFICATE_UNUSABLE" });
    const none = flags({ httpTlsKey: file("none.pem") });
    await assert.rejects(HttpScene.open(none), /can't be encrypted with .*none\.pem/);
    await assert.rejects(
      HttpScene.open({ httpTlsCertificate: file("cert.pem") }),
      /--http-tls-key/,
    );
  });
});

suite("behind a proxy", () => {
  test("one that is trusted says who asks, and how", async () => {
    await using http = await HttpScene.open({ auth: true, httpTrustedProxies: "127.0.0.0/8" });
    const { user, password } = http.scene.server.owner ?? { user: "", password: "" };
    const of = (address: string): Readonly<Record<string, string>> => ({
      "x-forwarded-for": `6.6.6.6, ${address}`,
      "x-forwarded-proto": "https",
      "x-forwarded-host": "ox.example.com",
    });
    const wrong = { ...basic(user, "wrong"), ...of("203.0.113.7") };
    for (let i = 0; i < 10; i++) {
      await http.refuses(401, "LOGIN_FAILED", ["GET", "/stations", { headers: wrong }]);
    }
    await http.refuses(429, "LOGIN_PAUSED", ["GET", "/stations", { headers: wrong }]);
    const right = { ...basic(user, password), ...of("203.0.113.8") };
    const page = { ...right, origin: "https://ox.example.com" };
    const answer = await http.ask("PUT", "/stations/orders", { headers: page });
    assert.equal(answer.status, 200);
    assert.ok(answer.headers.has("strict-transport-security"));
    const { entries } = await http.get("GET", "/audit?operation=station", { headers: right });
    assert.equal(entries[0].who.address, "203.0.113.8");
    const plain = { ...right, origin: "http://ox.example.com" };
    await http.refuses(403, "ORIGIN_DENIED", ["PUT", "/stations/b", { headers: plain }]);
  });

  test("one that is not is not heard", async () => {
    await using http = await HttpScene.open({ auth: true, httpTrustedProxies: "10.9.8.7" });
    const { user, password } = http.scene.server.owner ?? { user: "", password: "" };
    const forwarded = {
      "x-forwarded-for": "203.0.113.7",
      "x-forwarded-proto": "https",
      "x-forwarded-host": "ox.example.com",
    };
    const headers = { ...basic(user, password), ...forwarded };
    const answer = await http.ask("PUT", "/stations/orders", { headers });
    assert.ok(!answer.headers.has("strict-transport-security"));
    const { entries } = await http.get("GET", "/audit?operation=station", { headers });
    assert.equal(entries[0].who.address, "127.0.0.1");
    const page = { ...headers, origin: "https://ox.example.com" };
    await http.refuses(403, "ORIGIN_DENIED", ["GET", "/stations", { headers: page }]);
  });
});

function handshake(socket: TLSSocket): Promise<void> {
  return new Promise((resolve, reject) => {
    socket.once("secureConnect", resolve).once("error", reject);
  });
}
