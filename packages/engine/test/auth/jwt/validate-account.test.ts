import assert from "node:assert/strict";
import { test } from "node:test";
import { createAccount, createOperator, createUser } from "@nats-io/nkeys";
import { accountClaims } from "../../../src/auth/jwt/account-claims.ts";
import { decodeJwt } from "../../../src/auth/jwt/decode.ts";
import { userClaims, validateUser } from "../../../src/auth/jwt/user-claims.ts";
import { validateAccount } from "../../../src/auth/jwt/validate-account.ts";
import { issuedAt, makeToken } from "./tokens.ts";

const nowMs = issuedAt * 1000;
const operator = createOperator();
const account = createAccount();
const accountKey = account.getPublicKey();
const userKey = createUser().getPublicKey();
const other = createAccount();
const otherKey = other.getPublicKey();
const unlimited = { imports: -1, exports: -1, wildcards: true, conn: -1, subs: -1, payload: -1 };

function problems(nats: Readonly<Record<string, unknown>>, data: object = {}): readonly string[] {
  const body = { limits: unlimited, ...nats, type: "account", version: 2 };
  const decoded = decodeJwt(
    makeToken({ sub: accountKey, ...data, nats: body }, operator),
    accountClaims,
  );
  assert.ok(decoded.ok, decoded.ok ? "" : decoded.problem);
  return validateAccount(decoded.claims, nowMs).issues.map(({ text }) => text);
}

function activation(nats: object, sub: string = accountKey): string {
  return makeToken({ sub, nats: { ...nats, type: "activation", version: 2 } }, other);
}

test("a good account has nothing wrong with it", () => {
  const token = activation({ subject: "q.>", kind: "service" });
  const nats = {
    imports: [{ subject: "q.a", type: "service", account: otherKey, token, local_subject: "b" }],
    exports: [
      { subject: "a.*", type: "stream" },
      { subject: "b", type: "service" },
    ],
    signing_keys: [otherKey],
    mappings: {
      a: [
        { subject: "b", weight: 50 },
        { subject: "c", weight: 50 },
      ],
    },
    authorization: { auth_users: [userKey], allowed_accounts: ["*"] },
    trace: { dest: "t" },
  };
  assert.deepEqual(problems(nats), []);
});

test("what is wrong with an account is said", () => {
  const imported = { subject: "q", type: "service", account: otherKey };
  const cases: readonly (readonly [object, RegExp])[] = [
    [{ exports: [{ subject: "a b", type: "stream" }] }, /cannot have spaces/],
    [{ exports: [{ subject: "a" }] }, /invalid export type/],
    [
      { exports: [{ subject: "a", type: "service", response_type: "Many" }] },
      /invalid response type/,
    ],
    [{ exports: [{ subject: "a", type: "stream", response_type: "Stream" }] }, /for stream/],
    [
      { exports: [{ subject: "a", type: "stream", response_threshold: 1 }] },
      /only valid for services/,
    ],
    [
      {
        exports: [
          { subject: "a.>", type: "stream" },
          { subject: "a.b", type: "stream" },
        ],
      },
      /stream export subject "a\.>" already exports "a\.b"/,
    ],
    [
      { exports: [{ subject: "a.*", type: "stream", account_token_position: 1 }] },
      /must match a \*/,
    ],
    [
      { exports: [{ subject: "a.*", type: "stream", account_token_position: 3 }] },
      /exceeds length/,
    ],
    [
      { exports: [{ subject: "a", type: "stream", account_token_position: 1 }] },
      /wildcard subjects/,
    ],
    [
      {
        exports: [
          { subject: "a", type: "service", service_latency: { sampling: 101, results: "r" } },
        ],
      },
      /1-100/,
    ],
    [
      {
        exports: [
          { subject: "a", type: "service", service_latency: { sampling: 1, results: "r.*" } },
        ],
      },
      /results subject/,
    ],
    [{ imports: [imported, imported] }, /overlapping subject namespace/],
    [{ imports: [{ ...imported, account: "" }] }, /account to import from/],
    [{ imports: [{ ...imported, type: "stream", share: true }] }, /only valid for services/],
    [{ imports: [{ ...imported, subject: "q.*", local_subject: "l.$2" }] }, /Reference \$2/],
    [{ imports: [{ ...imported, subject: "q.*", local_subject: "l" }] }, /enough \*/],
    [{ imports: [{ ...imported, subject: "q.>", local_subject: "l" }] }, /need to end or not end/],
    [{ imports: [{ ...imported, token: "x" }] }, /invalid activation token/],
    [
      { imports: [{ ...imported, token: activation({ subject: "p", kind: "service" }) }] },
      /doesn't match import/,
    ],
    [
      { imports: [{ ...imported, token: activation({ subject: "q", kind: "stream" }) }] },
      /mismatch between token/,
    ],
    [
      {
        imports: [{ ...imported, token: activation({ subject: "q", kind: "service" }, otherKey) }],
      },
      /included in/,
    ],
    [
      {
        imports: [
          {
            ...imported,
            account: accountKey,
            token: activation({ subject: "q", kind: "service" }),
          },
        ],
      },
      /match account for import/,
    ],
    [{ limits: { ...unlimited, imports: 0 }, imports: [imported] }, /more imports than allowed/],
    [
      { limits: { ...unlimited, exports: 0 }, exports: [{ subject: "a", type: "stream" }] },
      /more exports than allowed/,
    ],
    [
      {
        limits: { ...unlimited, exports: 1, wildcards: false },
        exports: [{ subject: "a.*", type: "stream" }],
      },
      /wildcard exports/,
    ],
    [{ limits: { ...unlimited, tiered_limits: { "": {} } } }, /blank/],
    [{ signing_keys: ["x"] }, /not a valid account signing key/],
    [{ signing_keys: [{ kind: "user_scope", key: "x" }] }, /not an account public key/],
    [
      {
        mappings: {
          a: [
            { subject: "b", weight: 60 },
            { subject: "c", weight: 60 },
          ],
        },
      },
      /exceeds 100%/,
    ],
    [{ mappings: { a: [{ subject: "b", weight: 101 }] } }, /weight 101/],
    [{ authorization: { auth_users: ["x"] } }, /AuthUser "x"/],
    [{ authorization: { allowed_accounts: [otherKey] } }, /without users/],
    [
      { authorization: { auth_users: [userKey], allowed_accounts: ["*", otherKey] } },
      /list of accounts or/,
    ],
    [{ authorization: { auth_users: [userKey], allowed_accounts: ["x"] } }, /Account "x"/],
    [{ authorization: { auth_users: [userKey], xkey: "x" } }, /XKey "x"/],
    [{ trace: { dest: "a.*" } }, /valid publish subject/],
    [{ trace: { dest: "a", sampling: 101 } }, /Trace\.Sampling/],
    [{ default_permissions: { pub: { allow: ["a q"] } } }, /not allowed to contain queue/],
    [{ default_permissions: { sub: { allow: ["a q x"] } } }, /too many spaces/],
    [{ cluster_traffic: "mine" }, /unknown cluster traffic option/],
    [{ info_url: "nowhere" }, /info url/],
    [{ description: "x".repeat(9_000) }, /too long/],
  ];
  for (const [nats, problem] of cases) assert.match(problems({ ...nats }).join("; "), problem);
});

test("times are told apart from mistakes", () => {
  assert.deepEqual(problems({}, { exp: issuedAt }), []);
  assert.deepEqual(problems({}, { exp: issuedAt - 1 }), ["claim is expired"]);
  assert.deepEqual(problems({}, { nbf: issuedAt + 1 }), ["claim is not yet valid"]);
});

test("what is wrong with a user is said", () => {
  const cases: readonly (readonly [object, RegExp])[] = [
    [{ src: ["10.0.0.0"] }, /invalid cidr "10\.0\.0\.0"/],
    [
      { times: [{ start: "", end: "25:00:00" }] },
      /start must contain a start; end .* invalid "25:00:00"/,
    ],
    [{ times_location: "Mars/Olympus" }, /unknown time zone Mars\/Olympus/],
    [{ pub: { deny: ["a."] } }, /cannot start or end/],
    [{ issuer_account: "x" }, /account_id is not an account public key/],
  ];
  for (const [nats, problem] of cases) {
    const claims = { sub: userKey, nats: { ...nats, type: "user", version: 2 } };
    const decoded = decodeJwt(makeToken(claims, account), userClaims);
    assert.ok(decoded.ok);
    const found = validateUser(decoded.claims, nowMs);
    assert.match(found.issues.map(({ text }) => text).join("; "), problem);
    assert.ok(found.blocking !== undefined);
  }
});
