import assert from "node:assert/strict";
import { suite, test } from "node:test";
import { CertificateAuthority } from "@oxbow/testkit/certificates";
import { configOf, errorsOf } from "./read-text.ts";

const jwt = "eyJhbGciOiJlZDI1NTE5In0.eyJzdWIiOiJPIn0.c2ln";
const decorated = `-----BEGIN TEST OPERATOR JWT-----\n${jwt}\n------END TEST OPERATOR JWT------\n`;
const accountKey = "ABJHLOVMPA4CI6R5KLNGOB4GSLNIY7IOUPAJC4YFNDLQVIOBYQGUWVLA";
const key = "OBQDA5FXMVZGU5DJMVSHE2LBNZ2GS3THFZRW63JAPN3W4ZDFMUQG64TVNFZQ";

suite("operators", () => {
  test("are JWTs, or files that hold them, with decoration or without", () => {
    const files = { "o.jwt": decorated, "p.jwt": `${jwt}\n` };
    for (const written of [jwt, "o.jwt", "[ o.jwt, p.jwt ]"]) {
      const { operator } = configOf(`operator: ${written}\nresolver: MEMORY`, { files });
      assert.deepEqual(operator?.operators, written.startsWith("[") ? [jwt, jwt] : [jwt]);
      assert.deepEqual(operator?.resolver, { kind: "memory" });
    }
  });

  test("say where they were looked for", () => {
    assert.deepEqual(errorsOf("port: 1\noperator: ./o.jwt"), [
      "a.conf:2:1: error parsing operator JWT: open ./o.jwt: no such file or directory",
    ]);
  });

  test("leave nothing to say about users and accounts", () => {
    const text = `operator: ${jwt}\naccounts { A {} }\nauthorization { users: [{ user: a }] }`;
    assert.deepEqual(errorsOf(text), [
      "operators do not allow Accounts to be configured directly",
      "operators do not allow users to be configured directly",
    ]);
  });

  test("leave nothing to say about callouts, and know no guests", () => {
    const callout = `auth_callout { issuer: ${accountKey}, auth_users: [a] }`;
    const text = `operator: ${jwt}\nresolver: MEM\nno_auth_user: a\nauthorization { ${callout} }`;
    assert.deepEqual(errorsOf(text), [
      "operators do not allow authorization callouts to be configured directly",
      "no_auth_user not compatible with Trusted Operator",
    ]);
  });

  test("may be known by their keys alone, if those are keys", () => {
    assert.deepEqual(errorsOf(`trusted: ${key}`), [
      `a.conf:1:1: trust key "${key}" required to be a valid public operator nkey`,
    ]);
  });
});

suite("resolvers", () => {
  test("may be asked over TLS, with an authority and a certificate of its own", () => {
    const authority = new CertificateAuthority();
    const { certificate, key: secret } = authority.issueForLoopback();
    const files = { "c.pem": certificate, "c.key": secret, "ca.pem": authority.certificate };
    const operators = `operator: ${jwt}\nresolver: URL(https://x/)`;
    const { operator } = configOf(
      `${operators}\nresolver_tls { cert_file: c.pem, key_file: c.key, ca_file: ca.pem }`,
      { files },
    );
    assert.equal(operator?.resolverTls?.certificates.length, 1);
    assert.equal(operator?.resolverTls?.authorities?.includes("BEGIN CERTIFICATE"), true);
    const bare = configOf(`${operators}\nresolver_tls { ca_file: ca.pem }`, { files });
    assert.deepEqual(bare.operator?.resolverTls?.certificates, []);
    assert.deepEqual(errorsOf("resolver_tls { insecure: true }"), [
      "a.conf:1:26: resolver_tls insecure: not supported: name the authority in ca_file",
    ]);
  });

  const good: readonly (readonly [text: string, resolver: object])[] = [
    ["MEM", { kind: "memory" }],
    ['URL("http://127.0.0.1:1/jwt/v1/")', { kind: "url", url: "http://127.0.0.1:1/jwt/v1/" }],
    ["URL(http://127.0.0.1:1/)", { kind: "url", url: "http://127.0.0.1:1/" }],
    [
      "{ type: full, dir: './jwt', allow_delete: true, interval: '2m', limit: 9, timeout: '1s' }",
      {
        kind: "full",
        directory: "./jwt",
        accountsMax: 9,
        timeoutMs: 1000,
        intervalMs: 120_000,
        onDelete: "rename",
      },
    ],
    [
      "{ type: CACHE, dir: './jwt', ttl: '1h' }",
      { kind: "cache", directory: "./jwt", ttlMs: 3_600_000 },
    ],
  ];
  for (const [text, resolver] of good) {
    test(text, () => {
      const { operator } = configOf(`operator: ${jwt}\nresolver: ${text}`);
      assert.deepEqual(JSON.parse(JSON.stringify(operator?.resolver)), resolver);
    });
  }

  const bad: readonly (readonly [text: string, error: string])[] = [
    ["{ type: full }", "dir has no value and needs to point to a directory"],
    ["{ type: full, dir: a, ttl: '1h' }", "FULL does not accept ttl"],
    ["{ type: full, dir: a, hard_delete: true }", "hard_delete has no effect without delete"],
    ["{ type: cache, dir: a, interval: '1h' }", "CACHE does not accept sync"],
    ["{ type: cache, dir: a, allow_delete: true }", "CACHE does not accept allow_delete"],
    [
      "somewhere",
      'error parsing account resolver, should be MEM or URL("url") or a map containing dir and type state=[FULL|CACHE])',
    ],
  ];
  for (const [text, error] of bad) {
    test(`not ${text}`, () =>
      assert.deepEqual(errorsOf(`resolver: ${text}`), [`a.conf:1:1: ${error}`]));
  }
});

test("accounts are preloaded and pinned", () => {
  const { operator } = configOf(
    `operator: ${jwt}\nresolver: MEM\nresolver_preload { A: "${jwt}" }\nresolver_pinned_accounts: [A]`,
  );
  assert.deepEqual(operator?.preload, { A: jwt });
  assert.deepEqual(operator?.pinnedAccounts, ["A"]);
  assert.deepEqual(errorsOf("resolver_preload: x"), [
    "a.conf:1:1: preload should be a map of account_public_key:account_jwt",
  ]);
});
