import assert from "node:assert/strict";
import { test } from "node:test";
import { createAccount, createOperator, createUser } from "@nats-io/nkeys";
import * as fc from "fast-check";
import { accountClaims } from "../../../src/auth/jwt/account-claims.ts";
import { accountOptionsFrom } from "../../../src/auth/jwt/account-options.ts";
import { activationClaims } from "../../../src/auth/jwt/activation-claims.ts";
import {
  authorizationResponseClaims,
  validateAuthorizationResponse,
} from "../../../src/auth/jwt/authorization-claims.ts";
import { decodeGenericJwt, decodeJwt } from "../../../src/auth/jwt/decode.ts";
import { operatorClaims, validateOperator } from "../../../src/auth/jwt/operator-claims.ts";
import { permissionsFrom } from "../../../src/auth/jwt/permissions.ts";
import { userClaims, validateUser } from "../../../src/auth/jwt/user-claims.ts";
import { validateAccount } from "../../../src/auth/jwt/validate-account.ts";
import { issuedAt, makeToken } from "./tokens.ts";

/*
 * Goal: whatever somebody sends as a JWT, signed or not, reading it ends with claims or a reason, and what is read can
 * be checked and turned into options.
 * Method: any text; real tokens with characters changed; and signed tokens whose claims have any JSON in any field.
 */
const nowMs = issuedAt * 1000;
const operator = createOperator();
const account = createAccount();
const accountKey = account.getPublicKey();
const userKey = createUser().getPublicKey();

function readEverything(token: string): void {
  decodeGenericJwt(token);
  const readOperator = decodeJwt(token, operatorClaims);
  if (readOperator.ok) validateOperator(readOperator.claims, nowMs);
  const readAccount = decodeJwt(token, accountClaims);
  if (readAccount.ok) {
    validateAccount(readAccount.claims, nowMs);
    accountOptionsFrom(readAccount.claims);
  }
  const readUser = decodeJwt(token, userClaims);
  if (readUser.ok) {
    validateUser(readUser.claims, nowMs);
    permissionsFrom(readUser.claims.nats);
  }
  decodeJwt(token, activationClaims);
  const answer = decodeJwt(token, authorizationResponseClaims);
  if (answer.ok) validateAuthorizationResponse(answer.claims, nowMs);
}

const fields = {
  user: ["pub", "sub", "resp", "src", "times", "times_location", "subs", "issuer_account", "tags"],
  account: [
    "imports",
    "exports",
    "limits",
    "signing_keys",
    "revocations",
    "default_permissions",
    "mappings",
    "authorization",
    "trace",
    "description",
    "info_url",
  ],
  operator: ["signing_keys", "system_account", "assert_server_version", "account_server_url"],
  activation: ["subject", "kind", "issuer_account"],
  authorization_response: ["jwt", "error", "issuer_account"],
};
const issuers = {
  user: account,
  account: operator,
  operator,
  activation: account,
  authorization_response: account,
};
type Kind = keyof typeof fields;

/** Any JSON whose names are likely to be ones that are looked at. */
const names = [
  ...["allow", "deny", "max", "ttl", "start", "end", "subject", "type", "account", "to", "token"],
  ...["local_subject", "service_latency", "sampling", "results", "account_token_position"],
  ...["tiered_limits", "R1", "mem_storage", "kind", "key", "template", "*", "weight", "cluster"],
  ...["auth_users", "allowed_accounts", "xkey", "dest", "__proto__", "constructor"],
];
const texts = fc.oneof(
  fc.string(),
  fc.constantFrom("user_scope", "stream", "service", "a.*", "a.>", ">", "*", "$1", "", "headers"),
);
const { json } = fc.letrec<{ json: unknown }>((tie) => ({
  json: fc.oneof(
    { depthSize: "small", withCrossShrink: true },
    texts,
    fc.oneof(fc.integer(), fc.double({ noNaN: true, noDefaultInfinity: true })),
    fc.boolean(),
    fc.constant(null),
    fc.array(tie("json"), { maxLength: 4 }),
    fc.dictionary(fc.constantFrom(...names), tie("json"), { maxKeys: 5 }),
  ),
}));

test("any text is read without an exception", () => {
  fc.assert(
    fc.property(
      fc.oneof(
        fc.string({ unit: "binary" }),
        fc.array(fc.base64String()).map((parts) => parts.join(".")),
      ),
      (token) => {
        readEverything(token);
      },
    ),
    { numRuns: 500 },
  );
});

test("a real token with changes is refused without an exception", () => {
  const token = makeToken({ sub: userKey, nats: { type: "user", version: 2 } }, account);
  fc.assert(
    fc.property(
      fc.nat(token.length - 1),
      fc.string({ maxLength: 3, unit: "binary-ascii" }),
      fc.nat(3),
      (at, inserted, removed) => {
        const changed = token.slice(0, at) + inserted + token.slice(at + removed);
        readEverything(changed);
        // The last character of a signature has bits that count for nothing.
        fc.pre(changed.slice(0, -1) !== token.slice(0, -1));
        assert.equal(decodeJwt(changed, userClaims).ok, false);
      },
    ),
    { numRuns: 500 },
  );
});

test("signed claims with anything in any field are read without an exception", () => {
  fc.assert(
    fc.property(
      fc.constantFrom(...(Object.keys(fields) as Kind[])).chain((kind) =>
        fc.record({
          kind: fc.constant(kind),
          nats: fc.dictionary(fc.constantFrom(...fields[kind]), json, { maxKeys: 4 }),
          data: fc.dictionary(fc.constantFrom("exp", "nbf", "aud", "name", "type"), json, {
            maxKeys: 2,
          }),
        }),
      ),
      ({ kind, nats, data }) => {
        const claims = {
          sub: userKey,
          ...data,
          nats: { ...nats, type: kind, version: 2 },
        };
        readEverything(makeToken(claims, issuers[kind]));
      },
    ),
    { numRuns: 1_000 },
  );
});

test("claims as large as they may be are checked in bounded time", () => {
  const exports = Array.from({ length: 20_000 }, () => ({ subject: "a", type: "stream" }));
  const imports = Array.from({ length: 8_000 }, () => ({
    subject: "a",
    type: "service",
    account: "A",
  }));
  for (const nats of [{ exports }, { imports }]) {
    const claims = { sub: accountKey, nats: { ...nats, type: "account", version: 2 } };
    const decoded = decodeJwt(makeToken(claims, operator), accountClaims);
    assert.ok(decoded.ok);
    const found = validateAccount(decoded.claims, nowMs);
    assert.ok(found.blocking !== undefined);
    assert.ok(found.issues.length <= 1_000);
  }
});
