import assert from "node:assert/strict";
import { suite, test } from "node:test";
import fc from "fast-check";
import { CertificateUsers } from "../../src/auth/certificate-user.ts";
import {
  equalNames,
  haveSameParts,
  parseDistinguishedName,
} from "../../src/auth/distinguished-name.ts";
import type { PeerCertificate } from "../../src/auth/identity.ts";

const certificate = (names: Partial<PeerCertificate>): PeerCertificate => ({
  emails: [],
  dnsNames: [],
  uris: [],
  subject: "",
  pem: "",
  ...names,
});

suite("the user of a certificate", () => {
  const names = [
    "a@b.c",
    "host.b.c",
    "spiffe://x",
    "CN=ann,OU=dev,O=acme",
    "plain",
    "CN=x, DC=b+OU=c",
  ];
  const users = new CertificateUsers(new Map(names.map((name) => [name, name])));
  const rows: readonly (readonly [Partial<PeerCertificate>, string | undefined])[] = [
    [{ emails: ["no@b.c", "a@b.c"], dnsNames: ["host.b.c"] }, "a@b.c"],
    [{ emails: ["no@b.c"], dnsNames: ["host.b.c"], uris: ["spiffe://x"] }, "host.b.c"],
    [{ uris: ["spiffe://x"], subject: "CN=ann,OU=dev,O=acme" }, "spiffe://x"],
    [{ emails: ["x"], subject: "CN=ann,OU=dev,O=acme" }, "CN=ann,OU=dev,O=acme"],
    [{ subject: "O=acme,CN=ann,OU=dev" }, "CN=ann,OU=dev,O=acme"],
    [{ subject: "cn=ann,ou=dev,o=acme" }, "CN=ann,OU=dev,O=acme"],
    [{ subject: "CN=x,OU=c+DC=b" }, "CN=x, DC=b+OU=c"],
    [{ subject: "CN=ann,OU=dev" }, undefined],
    [{ subject: "CN=Ann,OU=dev,O=acme" }, undefined],
    [{ subject: "plain" }, "plain"],
    [{}, undefined],
  ];
  for (const [shown, user] of rows) {
    test(`${JSON.stringify(shown)} is ${user ?? "nobody"}`, () => {
      assert.equal(
        users.find(certificate(shown), () => true),
        user,
      );
      assert.equal(
        users.find(certificate(shown), () => false),
        undefined,
      );
    });
  }

  test("is the one whose name is the same before the one whose parts are", () => {
    const both = new CertificateUsers(
      new Map([
        ["O=a,CN=b", 1],
        ["CN=b,O=a", 2],
      ]),
    );
    assert.equal(
      both.find(certificate({ subject: "CN=b,O=a" }), () => true),
      2,
    );
    assert.equal(
      both.find(certificate({ subject: "O=a,CN=b" }), () => true),
      1,
    );
  });
});

suite("distinguished names", () => {
  test("class E (NATS 2026-13): are read with their escapes", () => {
    assert.deepEqual(parseDistinguishedName("CN=a\\,b\\2C\\C3\\A4 ,  O= x y \\ "), [
      ["CN=a,b,ä"],
      ["O=x y  "],
    ]);
    assert.deepEqual(parseDistinguishedName("OU=b+CN=ä"), [["CN=ä", "OU=b"]]);
    assert.deepEqual(parseDistinguishedName("1.2.3=x"), [["1.2.3=x"]]);
    assert.deepEqual(parseDistinguishedName("CN="), [["CN="]]);
  });

  test("that are none are told", () => {
    for (const text of [
      "",
      "ann",
      "CN",
      "CN=a,",
      "CN=a,b",
      "=a",
      "CN=#04",
      "CN=a\\",
      "CN=\\zz",
      "C N=a",
    ]) {
      assert.equal(parseDistinguishedName(text), undefined, text);
    }
  });

  test("of any text do not throw, and equal themselves", () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom(..."CNO=,+\\# aé😀2") }), (text) => {
        const name = parseDistinguishedName(text);
        if (name === undefined) return;
        assert.equal(equalNames(name, name), true);
        assert.equal(haveSameParts(name, [...name].reverse()), true);
      }),
    );
  });
});
