import assert from "node:assert/strict";
import { createHash, X509Certificate } from "node:crypto";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import fc from "fast-check";
import { type CertificateNames, readCertificateNames } from "../../src/x509/index.ts";

/** A certificate that openssl has made, in DER. */
function certificate(name: string): Buffer {
  return new X509Certificate(readFileSync(new URL(`testdata/${name}.pem`, import.meta.url))).raw;
}

function namesOf(name: string): CertificateNames {
  const names = readCertificateNames(certificate(name));
  assert.ok(names);
  return names;
}

test("subjects are written as RFC 2253 has them", () => {
  assert.equal(
    namesOf("names").subject,
    'CN=Jürgen \\"J\\" \\<x\\>\\;\\\\,C=DE,OU=a+OU=b,O=Widgets\\, Inc.,DC=example,DC=com',
  );
  assert.equal(
    namesOf("edges").subject,
    "UID=u1,1.2.840.113549.1.9.1=#160e6d65406578616d706c652e636f6d,O=\\#1,CN=\\ #x\\ ",
  );
  assert.equal(
    namesOf("plain").subject,
    "POSTALCODE=9,STREET=s,SERIALNUMBER=7,CN=c,OU=u,O=o,L=SF,ST=CA,C=US",
  );
});

test("alternative names are kept in their order", () => {
  const { emails, dnsNames, uris } = namesOf("names");
  assert.deepEqual(emails, ["a@example.com", "b@example.com"]);
  assert.deepEqual(dnsNames, ["one.example", "two.example"]);
  assert.deepEqual(uris, ["spiffe://example.com/x"]);
  const none = namesOf("plain");
  assert.deepEqual([none.emails, none.dnsNames, none.uris], [[], [], []]);
});

test("the public key is found as it is encoded", () => {
  const der = certificate("names");
  const key = new X509Certificate(der).publicKey.export({ type: "spki", format: "der" });
  assert.equal(sha256(namesOf("names").publicKeyInfo), sha256(key));
});

function sha256(bytes: Buffer): string {
  return createHash("sha256").update(bytes).digest("hex");
}

test("whatever the bytes are, there are names or none, and no throw", () => {
  const good = certificate("names");
  for (let size = 0; size < good.length; size++) {
    assert.equal(readCertificateNames(good.subarray(0, size)), undefined);
  }
  fc.assert(
    fc.property(
      fc.array(fc.tuple(fc.nat(good.length - 1), fc.nat(255)), { minLength: 1, maxLength: 4 }),
      (changes) => {
        const bytes = Buffer.from(good);
        for (const [at, value] of changes) bytes[at] = value;
        const names = readCertificateNames(bytes);
        if (names !== undefined) assert.ok(names.publicKeyInfo.length <= bytes.length);
      },
    ),
    { numRuns: 5_000 },
  );
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
      readCertificateNames(Buffer.from(bytes));
    }),
    { numRuns: 2_000 },
  );
});
