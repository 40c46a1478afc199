import assert from "node:assert/strict";
import { test } from "node:test";
import { createAccount, createOperator, createUser } from "@nats-io/nkeys";
import type { Applicant, Credentials, Identity, Verdict } from "../../../src/auth/identity.ts";
import type { AccountHost } from "../../../src/auth/jwt/account-host.ts";
import { OperatorMode } from "../../../src/auth/jwt/operator-mode.ts";
import type { OperatorOptions } from "../../../src/options/authorization.ts";
import { Account } from "../../../src/routing/account.ts";
import { TestHost } from "../../connection/test-host.ts";
import { applicantWith } from "../applicant.ts";
import { idleCallout } from "../callout/idle-callout.ts";
import { OperatorWorld, scopedJwt, signNonce, userJwt } from "./operator-world.ts";
import { issuedAt, makeToken } from "./tokens.ts";

const nonce = "abcdefghijklmno";
const user = createUser();
const signature = signNonce(user, nonce);
const ignored: AccountHost = { configure: () => {}, clientsOf: () => [] };

async function open(
  options: OperatorOptions,
  host: TestHost = new TestHost(),
): Promise<OperatorMode> {
  const mode = new OperatorMode(options, {
    clock: host.clock,
    random: host.random,
    logger: host.logger,
    host: ignored,
    callout: idleCallout(host),
    serverVersion: "2.14.0",
    trustedProxies: [],
    account: (name) => new Account(name, host.random),
    describeServer: () => ({}),
  });
  await mode.start();
  return mode;
}

async function login(
  { authorizer }: OperatorMode,
  credentials: Partial<Credentials>,
  rest: Partial<Omit<Applicant, "credentials">> = {},
): Promise<Verdict> {
  return await authorizer.authenticate(
    applicantWith({ signature, ...credentials }, { nonce, ...rest }),
  );
}

function identityOf(verdict: Verdict): Identity {
  assert.ok("identity" in verdict, "reason" in verdict ? verdict.reason : "");
  return verdict.identity;
}

function reasonOf(verdict: Verdict): string {
  assert.ok("reason" in verdict, "let in");
  assert.equal(verdict.refusal, "Authorization Violation");
  return verdict.reason;
}

test("a user that its account signed is let in, with what its JWT says", async () => {
  const world = new OperatorWorld();
  const account = world.addAccount("A");
  const mode = await open(world.options());
  const jwt = userJwt(user, account, { pub: { allow: ["a"] }, payload: 10, tags: ["x:y"] });
  const identity = identityOf(await login(mode, { jwt }));
  assert.deepEqual(identity, {
    user: user.getPublicKey(),
    account: account.getPublicKey(),
    permissions: {
      publish: { allow: ["a"], deny: [] },
      subscribe: undefined,
      responses: undefined,
    },
    expiresAtMs: undefined,
    subscriptionsMax: -1,
    payloadMax: 10,
    jwt,
    issuerKey: account.getPublicKey(),
    nameTag: "U",
    tags: ["x:y"],
    claim: {
      userKey: user.getPublicKey(),
      issuedAt,
      signingKey: undefined,
      isBearer: false,
      hasDefaultPermissions: false,
    },
  });
  // The second time nothing has to be looked up.
  assert.ok(
    !(
      mode.authorizer.authenticate(applicantWith({ jwt, signature }, { nonce })) instanceof Promise
    ),
  );
});

test("what is wrong with a user refuses it", async () => {
  const world = new OperatorWorld();
  const account = world.addAccount("A");
  const stranger = createAccount();
  const noBearer = world.addAccount("B", createAccount(), {
    limits: { subs: -1, payload: -1, conn: -1, disallow_bearer: true, imports: -1, exports: -1 },
  });
  const revoking = world.addAccount("C", createAccount(), {
    revocations: { [user.getPublicKey()]: issuedAt },
  });
  const foreign = createAccount();
  await world.resolver.preload({
    accountKey: foreign.getPublicKey(),
    jwt: world.accountJwt("F", foreign, {}, {}, createOperator()),
  });
  const expired = createAccount();
  await world.resolver.preload({
    accountKey: expired.getPublicKey(),
    jwt: world.accountJwt("E", expired, {}, { exp: issuedAt - 10 }),
  });
  const mode = await open(world.options());
  const other = createUser();
  const cases: readonly (readonly [Partial<Credentials>, RegExp])[] = [
    [{}, /requires a user JWT/],
    [{ jwt: "x" }, /requires a user JWT/],
    [{ jwt: userJwt(user, account, {}, { exp: issuedAt - 1 }) }, /claim is expired/],
    [{ jwt: userJwt(user, account, {}, { nbf: issuedAt + 1 }) }, /not yet valid/],
    [{ jwt: userJwt(user, account, { src: ["x"] }) }, /invalid cidr/],
    [{ jwt: userJwt(user, stranger) }, /lookup error: account missing/],
    [{ jwt: userJwt(user, foreign) }, /lookup error: account validation failed/],
    [{ jwt: userJwt(user, expired) }, /lookup error: account validation failed/],
    [
      { jwt: userJwt(user, stranger, { issuer_account: account.getPublicKey() }) },
      /issuer is not known/,
    ],
    [{ jwt: userJwt(user, account), signature: "" }, /Signature missing/],
    [{ jwt: userJwt(user, account), signature: "%%%" }, /Signature not verified/],
    [{ jwt: userJwt(user, account), signature: signNonce(other, nonce) }, /Signature not verified/],
    [
      { jwt: userJwt(user, account), signature: signNonce(user, "other") },
      /Signature not verified/,
    ],
    [{ jwt: userJwt(user, noBearer, { bearer_token: true }), signature: "" }, /bearer/],
    [{ jwt: userJwt(user, revoking) }, /revoked/],
    [{ jwt: userJwt(user, account, { src: ["10.0.0.0/8"] }) }, /Bad src Ip/],
    [
      { jwt: userJwt(user, account, { allowed_connection_types: ["WEBSOCKET"] }) },
      /Connection type/,
    ],
    [
      { jwt: userJwt(user, account, { allowed_connection_types: ["CARRIER_PIGEON"] }) },
      /Connection type/,
    ],
    [
      {
        jwt: userJwt(user, account, {
          times: [{ start: "01:00:00", end: "02:00:00" }],
          times_location: "UTC",
        }),
      },
      /Outside connect times/,
    ],
    [{ jwt: userJwt(user, account, { proxy_required: true }) }, /proxy connection required/],
  ];
  for (const [credentials, reason] of cases) {
    assert.match(reasonOf(await login(mode, credentials)), reason);
  }
  const fine = { src: ["127.0.0.0/8"], allowed_connection_types: ["CARRIER_PIGEON", "standard"] };
  identityOf(await login(mode, { jwt: userJwt(user, account, fine) }));
  identityOf(await login(mode, { jwt: userJwt(user, revoking, {}, { iat: issuedAt + 1 }) }));
});

test("a bearer needs no signature, and a signature may be in standard base64", async () => {
  const world = new OperatorWorld();
  const account = world.addAccount("A");
  const mode = await open(world.options());
  const jwt = userJwt(user, account, { bearer_token: true });
  assert.equal(identityOf(await login(mode, { jwt, signature: "" })).claim?.isBearer, true);
  const standard = Buffer.from(signature, "base64url").toString("base64");
  identityOf(await login(mode, { jwt: userJwt(user, account), signature: standard }));
});

test("a signing key issues users, and a scoped one says what they may do", async () => {
  const world = new OperatorWorld();
  const plainKey = createAccount();
  const scopedKey = createAccount();
  const account = world.addAccount("A", createAccount(), {
    signing_keys: [
      plainKey.getPublicKey(),
      {
        kind: "user_scope",
        key: scopedKey.getPublicKey(),
        role: "r",
        template: { pub: { allow: ["a.{{name()}}"] }, subs: 3 },
      },
    ],
  });
  const mode = await open(world.options());
  const issuer_account = account.getPublicKey();
  const plain = identityOf(await login(mode, { jwt: userJwt(user, plainKey, { issuer_account }) }));
  assert.equal(plain.issuerKey, plainKey.getPublicKey());
  const scoped = identityOf(
    await login(mode, { jwt: scopedJwt(user, scopedKey, account, { name: "me" }) }),
  );
  assert.deepEqual(scoped.permissions?.publish?.allow, ["a.me"]);
  assert.equal(scoped.subscriptionsMax, 3);
  assert.equal(scoped.payloadMax, -1);
  assert.equal(scoped.claim?.signingKey, scopedKey.getPublicKey());
  const greedy = userJwt(user, scopedKey, { issuer_account });
  assert.match(reasonOf(await login(mode, { jwt: greedy })), /no permissions or limits/);
});

test("an operator may insist on signing keys", async () => {
  const world = new OperatorWorld();
  const operatorKey = createOperator();
  const userKey = createAccount();
  const account = createAccount();
  const signed = world.accountJwt(
    "A",
    account,
    { signing_keys: [userKey.getPublicKey()] },
    {},
    operatorKey,
  );
  const unsigned = createAccount();
  const preload = {
    [account.getPublicKey()]: signed,
    [unsigned.getPublicKey()]: world.accountJwt("B", unsigned),
    [world.system.getPublicKey()]: world.accountJwt("S", world.system, {}, {}, operatorKey),
  };
  const nats = { strict_signing_key_usage: true, signing_keys: [operatorKey.getPublicKey()] };
  const mode = await open(world.options({ operators: [world.operatorJwt(nats)], preload }));
  const issuer_account = account.getPublicKey();
  identityOf(await login(mode, { jwt: userJwt(user, userKey, { issuer_account }) }));
  assert.match(reasonOf(await login(mode, { jwt: userJwt(user, account) })), /issuer is not known/);
  assert.match(reasonOf(await login(mode, { jwt: userJwt(user, unsigned) })), /validation failed/);
});

test("accounts may be pinned, and the system account always is", async () => {
  const world = new OperatorWorld();
  const pinned = world.addAccount("A");
  const other = world.addAccount("B");
  const mode = await open(world.options({ pinnedAccounts: [pinned.getPublicKey()] }));
  identityOf(await login(mode, { jwt: userJwt(user, pinned) }));
  identityOf(await login(mode, { jwt: userJwt(user, world.system) }));
  assert.match(reasonOf(await login(mode, { jwt: userJwt(user, other) })), /pinned/);
  assert.equal(mode.authorizer.pinnedFailureCount, 1);
});

test("those without a JWT may be somebody by default", async () => {
  const world = new OperatorWorld();
  const account = world.addAccount("A");
  const defaultSentinel = userJwt(user, account, { bearer_token: true });
  const mode = await open(world.options({ defaultSentinel }));
  identityOf(await login(mode, { signature: "" }));
  identityOf(await login(mode, { jwt: "no jwt at all", signature: "" }));
  const jwt = userJwt(createUser(), account);
  assert.match(reasonOf(await login(mode, { jwt, signature: "" })), /Signature missing/);
});

test("class E (CVE-2020-26892): a JWT that ends, or times that do, end the visit", async () => {
  const world = new OperatorWorld();
  const account = world.addAccount("A");
  const mode = await open(world.options());
  const exp = issuedAt + 100;
  const byJwt = identityOf(await login(mode, { jwt: userJwt(user, account, {}, { exp }) }));
  assert.equal(byJwt.expiresAtMs, exp * 1000);
  const late = await login(mode, { jwt: userJwt(user, account, {}, { exp: issuedAt }) });
  assert.ok("refusal" in late && late.refusal === "User Authentication Expired");
  // 1,700,000,000 is 22:13:20 UTC.
  const times = [{ start: "22:00:00", end: "22:14:00" }];
  const nats = { times, times_location: "UTC" };
  const byTimes = identityOf(await login(mode, { jwt: userJwt(user, account, nats, { exp }) }));
  assert.equal(byTimes.expiresAtMs, (issuedAt + 40) * 1000);
});

test("permissions of the account are those of users without any", async () => {
  const world = new OperatorWorld();
  const account = world.addAccount("A", createAccount(), {
    default_permissions: { sub: { deny: ["x"] } },
  });
  const mode = await open(world.options());
  const identity = identityOf(await login(mode, { jwt: userJwt(user, account) }));
  assert.deepEqual(identity.permissions?.subscribe, { allow: undefined, deny: ["x"] });
  assert.equal(identity.claim?.hasDefaultPermissions, true);
});

test("several operators, or keys alone, may be trusted", async () => {
  const world = new OperatorWorld();
  const second = createOperator();
  const secondJwt = makeToken(
    { sub: second.getPublicKey(), nats: { type: "operator", version: 2 } },
    second,
  );
  const account = createAccount();
  await world.resolver.preload({
    accountKey: account.getPublicKey(),
    jwt: world.accountJwt("A", account, {}, {}, second),
  });
  const both = await open(world.options({ operators: [world.operatorJwt(), secondJwt] }));
  identityOf(await login(both, { jwt: userJwt(user, account) }));
  const keys = { operators: [], trustedKeys: [second.getPublicKey()], preload: {} };
  const byKey = await open(world.options(keys));
  identityOf(await login(byKey, { jwt: userJwt(user, account) }));
});

test("options that can't be are refused with nats-server's words", async () => {
  const world = new OperatorWorld();
  const account = world.addAccount("A");
  const strange = { operators: [world.operatorJwt({ assert_server_version: "3.0.0" })] };
  const cases: readonly (readonly [Partial<OperatorOptions>, RegExp])[] = [
    [{ operators: [] }, /needs an operator/],
    [{ operators: ["x"] }, /operator JWT: expected 3 chunks/],
    [{ operators: [world.preload[account.getPublicKey()] as string] }, /not operator claim/],
    [{ trustedKeys: [world.operator.getPublicKey()] }, /conflicting options for 'TrustedKeys'/],
    [{ operators: [], trustedKeys: ["x"] }, /trusted Keys "x" are required/],
    [strange, /expected major version 3 > server major version 2/],
    [{ systemAccount: account.getPublicKey() }, /must be identical/],
    [{ pinnedAccounts: ["x"] }, /pinned account key "x"/],
    [{ defaultSentinel: "x" }, /default sentinel JWT not valid/],
    [{ defaultSentinel: userJwt(user, account) }, /must be a bearer token/],
    [{ preload: { A: "x" } }, /preload account error for "A"/],
    [{ preload: {} }, /error resolving system account/],
  ];
  for (const [rest, problem] of cases) {
    await assert.rejects(open(world.options(rest)), (error: Error & { code?: string }) => {
      assert.match(error.message, problem);
      return error.code === "ENGINE_OPTION_INVALID";
    });
  }
});

test("an operator JWT may come with decoration", async () => {
  const world = new OperatorWorld();
  const line = (text: string): string => `-----${text} NATS OPERATOR JWT-----`;
  const decorated = `${line("BEGIN")}\n${world.operatorJwt()}\n------END NATS OPERATOR JWT------\n`;
  const mode = await open(world.options({ operators: [decorated] }));
  assert.equal(mode.trust.systemAccount, world.system.getPublicKey());
});
