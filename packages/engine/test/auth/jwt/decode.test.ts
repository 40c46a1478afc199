import assert from "node:assert/strict";
import { test } from "node:test";
import {
  Algorithms,
  encodeAccount,
  encodeActivation,
  encodeOperator,
  encodeUser,
} from "@nats-io/jwt";
import { createAccount, createOperator, createUser } from "@nats-io/nkeys";
import { accountClaims } from "../../../src/auth/jwt/account-claims.ts";
import { activationClaims } from "../../../src/auth/jwt/activation-claims.ts";
import { decodeGenericJwt, decodeJwt, TOKEN_LENGTH_MAX } from "../../../src/auth/jwt/decode.ts";
import { operatorClaims } from "../../../src/auth/jwt/operator-claims.ts";
import {
  hasEmptyPermissions,
  userClaims,
  validateUser,
} from "../../../src/auth/jwt/user-claims.ts";
import { isSignedBy } from "../../../src/auth/signing-key.ts";
import { makeToken, signToken } from "./tokens.ts";

const operator = createOperator();
const account = createAccount();
const user = createUser();

function problemOf(decoded: { ok: boolean; problem?: string }): string {
  assert.equal(decoded.ok, false);
  return decoded.problem ?? "";
}

test("JWTs that the official library makes are read", async () => {
  const signing = createOperator().getPublicKey();
  const operatorJwt = await encodeOperator("O", operator, {
    signing_keys: [signing],
    system_account: account.getPublicKey(),
    account_server_url: "http://localhost:9090/jwt/v1",
  });
  const readOperator = decodeJwt(operatorJwt, operatorClaims);
  assert.ok(readOperator.ok);
  assert.equal(readOperator.claims.name, "O");
  assert.equal(readOperator.claims.iss, operator.getPublicKey());
  assert.deepEqual(readOperator.claims.nats.signing_keys, [signing]);
  assert.equal(readOperator.claims.nats.system_account, account.getPublicKey());

  const accountJwt = await encodeAccount(
    "A",
    account,
    { limits: { conn: 5, data: -1 } },
    { signer: operator },
  );
  const readAccount = decodeJwt(accountJwt, accountClaims);
  assert.ok(readAccount.ok);
  assert.equal(readAccount.claims.sub, account.getPublicKey());
  assert.equal(readAccount.claims.iss, operator.getPublicKey());
  assert.equal(readAccount.claims.nats.limits.conn, 5);

  const userJwt = await encodeUser("U", user, account, {
    pub: { allow: ["a"], deny: ["b"] },
    bearer_token: true,
  });
  const readUser = decodeJwt(userJwt, userClaims);
  assert.ok(readUser.ok);
  assert.deepEqual(readUser.claims.nats.pub, { allow: ["a"], deny: ["b"] });
  assert.equal(readUser.claims.nats.bearer_token, true);
  assert.equal(readUser.claims.nats.subs, -1);
  assert.equal(hasEmptyPermissions(readUser.claims.nats), false);

  const scoped = await encodeUser("S", user, account, {}, { scopedUser: true });
  const readScoped = decodeJwt(scoped, userClaims);
  assert.ok(readScoped.ok);
  assert.ok(hasEmptyPermissions(readScoped.claims.nats));

  const importer = createAccount();
  const activation = await encodeActivation("act", importer, account, "service", { subject: "q" });
  const readActivation = decodeJwt(activation, activationClaims);
  assert.ok(readActivation.ok);
  assert.equal(readActivation.claims.nats.kind, "service");
  assert.equal(readActivation.claims.nats.subject, "q");
  assert.equal(readActivation.claims.sub, importer.getPublicKey());
});

test("JWTs of version 1 are read into today's form", async () => {
  const jwt = await encodeUser(
    "U",
    user,
    account,
    { pub: { allow: ["a"] } },
    { algorithm: Algorithms.v1 },
  );
  const decoded = decodeJwt(jwt, userClaims);
  assert.ok(decoded.ok, decoded.ok ? "" : decoded.problem);
  assert.deepEqual(decoded.claims.nats.pub.allow, ["a"]);
  assert.equal(decoded.claims.nats.version, 1);
  assert.equal(decoded.claims.nats.subs, -1);
  const old = { typ: "JWT", alg: "ed25519" };
  const handMade = {
    type: "user",
    sub: user.getPublicKey(),
    iss: account.getPublicKey(),
    issuer_account: createAccount().getPublicKey(),
    tags: ["a:b"],
    nats: { src: "10.0.0.0/8, 1.2.3.4/32" },
  };
  const read = decodeJwt(signToken(handMade, account, old), userClaims);
  assert.ok(read.ok);
  assert.deepEqual(read.claims.nats.src, ["10.0.0.0/8", "1.2.3.4/32"]);
  assert.deepEqual(read.claims.nats.tags, ["a:b"]);
  assert.equal(read.claims.nats.issuer_account, handMade.issuer_account);
  const activation = {
    type: "activation",
    sub: user.getPublicKey(),
    iss: account.getPublicKey(),
    nats: { subject: "q", type: "service" },
  };
  const readActivation = decodeJwt(signToken(activation, account, old), activationClaims);
  assert.ok(readActivation.ok);
  assert.equal(readActivation.claims.nats.kind, "service");
});

test("a signature by anybody else than the issuer, or over anything else, is refused", async () => {
  const jwt = await encodeUser("U", user, account, {});
  const [head, body, signature] = jwt.split(".") as [string, string, string];
  const claims = JSON.parse(Buffer.from(body, "base64url").toString()) as Record<string, unknown>;
  const failed = "claim failed V2 signature verification";
  const changed = Buffer.from(JSON.stringify({ ...claims, name: "root" })).toString("base64url");
  assert.equal(problemOf(decodeJwt(`${head}.${changed}.${signature}`, userClaims)), failed);
  assert.equal(problemOf(decodeJwt(`${head}.${body}.`, userClaims)), failed);
  const other = createAccount();
  assert.equal(problemOf(decodeJwt(signToken(claims, other), userClaims)), failed);
  // Two issuers, one of them in capitals: the key that is checked is the one that is believed.
  for (const twice of [
    { ...claims, iss: other.getPublicKey(), ISS: account.getPublicKey() },
    { ...claims, iss: account.getPublicKey(), ISS: other.getPublicKey() },
  ]) {
    const decoded = decodeJwt(signToken(twice, other), userClaims);
    if (decoded.ok) assert.equal(decoded.claims.iss, other.getPublicKey());
  }
});

// NATS 2026-23: a key in a JWT that was cut short ended the server.
test("class B (NATS 2026-23): keys that are cut short, or longer than keys, are none", () => {
  const whole = user.getPublicKey();
  const claims = { sub: whole, nats: { type: "user", version: 2 } };
  const header = Buffer.from('{"typ":"JWT","alg":"ed25519-nkey"}').toString("base64url");
  const sign = (iss: string): string => {
    const body = Buffer.from(JSON.stringify({ ...claims, iss })).toString("base64url");
    const signature = account.sign(Buffer.from(`${header}.${body}`));
    return `${header}.${body}.${Buffer.from(signature).toString("base64url")}`;
  };
  const issuerKey = account.getPublicKey();
  assert.ok(decodeJwt(sign(issuerKey), userClaims).ok);
  for (let length = 0; length < issuerKey.length; length++) {
    assert.equal(decodeJwt(sign(issuerKey.slice(0, length)), userClaims).ok, false);
    const cut = whole.slice(0, length);
    const decoded = decodeJwt(
      makeToken({ ...claims, sub: cut, nats: { ...claims.nats, issuer_account: cut } }, account),
      userClaims,
    );
    assert.ok(decoded.ok);
    const { sub, nats } = decoded.claims;
    assert.equal(isSignedBy(sub, Buffer.from("x"), Buffer.alloc(64)), false);
    assert.equal(
      validateUser(decoded.claims, 0).blocking === undefined,
      nats.issuer_account === "",
    );
  }
  assert.equal(decodeJwt(sign(`${issuerKey}A`), userClaims).ok, false);
});

test("only keys of the right kind can issue", () => {
  const claims = { sub: user.getPublicKey(), nats: { type: "user", version: 2 } };
  assert.match(problemOf(decodeJwt(makeToken(claims, user), userClaims)), /expected prefixes/);
  assert.match(problemOf(decodeJwt(makeToken(claims, operator), userClaims)), /expected prefixes/);
  assert.ok(decodeJwt(makeToken(claims, account), userClaims).ok);
});

test("what is no JWT of the wanted type gets a reason", () => {
  const claims = { sub: user.getPublicKey(), nats: { type: "user", version: 2 } };
  const jwt = makeToken(claims, account);
  const [head, body, signature] = jwt.split(".") as [string, string, string];
  const encode = (text: string): string => Buffer.from(text).toString("base64url");
  const cases: readonly (readonly [string, RegExp])[] = [
    ["", /expected 3 chunks/],
    ["a.b", /expected 3 chunks/],
    [`${jwt}.x`, /expected 3 chunks/],
    [`${head}.${body}.${"x".repeat(TOKEN_LENGTH_MAX)}`, /token too large/],
    [`!.${body}.${signature}`, /illegal base64/],
    [`${head}.${body}\n.${signature}`, /illegal base64/],
    [`${head}.${body}.=`, /illegal base64/],
    [`${encode("{")}.${body}.${signature}`, /unexpected end of JSON input|unexpected EOF/],
    [
      `${encode('{"typ":"JWS","alg":"ed25519-nkey"}')}.${body}.${signature}`,
      /not supported type "JWS"/,
    ],
    [`${encode('{"typ":"JWT","alg":"none"}')}.${body}.${signature}`, /unexpected "none" algorithm/],
    [`${encode('{"typ":"JWT"}')}.${body}.${signature}`, /unexpected "" algorithm/],
    [`${head}.${encode("[]")}.${signature}`, /signature verification/],
    [makeToken({ ...claims, nats: { type: "user", version: 3 } }, account), /newer version/],
    [makeToken({ ...claims, nats: { type: "user" } }, account), /received 0/],
    [
      makeToken({ ...claims, nats: { type: "user", version: 2, subs: "x" } }, account),
      /cannot unmarshal/,
    ],
    [makeToken({ ...claims, exp: 1.5 }, account), /cannot unmarshal/],
    [makeToken({ ...claims, nats: { type: "account", version: 2 } }, account), /not user claim/],
  ];
  for (const [token, problem] of cases)
    assert.match(problemOf(decodeJwt(token, userClaims)), problem);
});

test("a JWT of any type shows its claims", () => {
  const accounts = [createAccount().getPublicKey()];
  const jwt = makeToken(
    { sub: operator.getPublicKey(), nats: { accounts, type: "delete" } },
    operator,
  );
  const decoded = decodeGenericJwt(jwt);
  assert.ok(decoded.ok);
  assert.deepEqual(decoded.claims.accounts, accounts);
  assert.equal(decoded.claims.iss, operator.getPublicKey());
  const mixed = makeToken({ sub: "x", nats: { accounts: [1] } }, operator);
  const read = decodeGenericJwt(mixed);
  assert.ok(read.ok);
  assert.equal(read.claims.accounts, undefined);
});
