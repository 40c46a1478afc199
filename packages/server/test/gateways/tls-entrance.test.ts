import assert from "node:assert/strict";
import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { type AddressInfo, createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { connect } from "node:tls";
import { CertificateAuthority } from "@oxbow/testkit/certificates";
import { StandingClock } from "@oxbow/testkit/clock";
import { TlsEntrance } from "../../src/gateways/tls-entrance.ts";

test("a certificate that was renewed is taken up; one that can't be read is not", async () => {
  const directory = await mkdtemp(join(tmpdir(), "oxbow-tls-"));
  const files = { certificate: join(directory, "cert.pem"), key: join(directory, "key.pem") };
  const put = async (authority: CertificateAuthority): Promise<void> => {
    const { certificate, key } = authority.issueForLoopback();
    await writeFile(files.certificate, certificate);
    await writeFile(files.key, key);
  };
  const [first, second] = [new CertificateAuthority("first"), new CertificateAuthority("second")];
  await put(first);
  const clock = new StandingClock();
  let told = Promise.withResolvers<string>();
  const tell = (_fields: object, text: string): void => told.resolve(text);
  const logger = { ...console, trace: tell, fatal: tell, debug: tell, info: tell, error: tell };
  const entrance = await TlsEntrance.open(files, clock, logger as never);
  entrance.onEncrypted((socket) => socket.end());
  const server = createServer((socket) => entrance.take(socket)).listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  const issuer = async (): Promise<string> => {
    const socket = connect({ port, host: "127.0.0.1", rejectUnauthorized: false });
    await once(socket, "secureConnect");
    const { CN } = socket.getPeerCertificate().issuer;
    socket.destroy();
    return String(CN);
  };

  await put(second);
  assert.equal(await issuer(), "first");
  clock.advance(60_000);
  await issuer();
  assert.match(await told.promise, /is another one now/);
  assert.equal(await issuer(), "second");

  told = Promise.withResolvers();
  await writeFile(files.certificate, "nonsense");
  clock.advance(60_000);
  await issuer();
  assert.match(await told.promise, /stays as it was/);
  assert.equal(await issuer(), "second");
  server.close();
  await rm(directory, { recursive: true });
});
