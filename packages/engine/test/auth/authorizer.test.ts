import assert from "node:assert/strict";
import { suite, test } from "node:test";
import { createAuthorizer } from "../../src/auth/authorizer.ts";
import type { Applicant, Authorizer, Credentials, Identity } from "../../src/auth/identity.ts";
import { PasswordMemory } from "../../src/auth/password.ts";
import { SigningKey } from "../../src/auth/signing-key.ts";
import { type EngineOptions, resolveEngineOptions } from "../../src/engine-options.ts";
import { TestHost } from "../connection/test-host.ts";
import { applicantWith } from "./applicant.ts";
import { idleCallout } from "./callout/idle-callout.ts";

const host = new TestHost();
const guestName = "nats-guest";
const passwordMemory = new PasswordMemory(host.random);
const callout = idleCallout(host);
const operator = undefined;
const ann = { user: "ann", password: "pä55" };
const bob = { user: "bob", password: "" };
/** Of `s3cret`, cost 4. */
const hash = "$2a$04$GT1YjGNYtIyBGuqQt7xRsekuUDxUYz4FZzysGOo64gIkqy2ZY8RNW";
const key = new SigningKey("user", Buffer.alloc(32, 7));
const owner = { user: "", password: "", nkey: key.publicKey };
const nonce = "abcdefghijklmno";
const signature = key.sign(Buffer.from(nonce)).toString("base64url");

const makeAuthorizer = (options: EngineOptions): Authorizer =>
  createAuthorizer(resolveEngineOptions(options), {
    ...host,
    guestName,
    passwordMemory,
    callout,
    operator,
  });

type Rest = Partial<Omit<Applicant, "credentials">>;

/** Who somebody is taken for; `undefined` if it is refused. */
async function enter(
  authorizer: Authorizer,
  credentials: Partial<Credentials> = {},
  rest: Rest = {},
): Promise<Identity | undefined> {
  const verdict = await authorizer.authenticate(applicantWith(credentials, { nonce, ...rest }));
  if ("identity" in verdict) return verdict.identity;
  assert.equal(verdict.refusal, "Authorization Violation");
  return undefined;
}

/** The user, with its account, or nothing. */
async function login(
  authorizer: Authorizer,
  credentials: Partial<Credentials> = {},
  rest: Rest = {},
): Promise<string | undefined> {
  const identity = await enter(authorizer, credentials, rest);
  return identity && `${identity.account}/${identity.user}`;
}

test("without authentication everybody is let in", async () => {
  const authorizer = makeAuthorizer({});
  assert.deepEqual(authorizer.policyAt("STANDARD"), {
    isAuthRequired: false,
    isAuthAnnounced: false,
    isConnectOptional: false,
  });
  assert.equal(authorizer.usesNonce, false);
  assert.equal(await login(authorizer), "$G/");
  assert.equal(await login(authorizer, { user: "me", password: "x" }), "$G/me");
  assert.equal(await login(authorizer, { token: "x" }), "$G/[REDACTED]");
});

test("class E (CVE-2016-9877): users need their own password", async () => {
  const authorizer = makeAuthorizer({ auth: { mode: "users", users: [ann, bob] } });
  assert.equal(authorizer.policyAt("STANDARD").isAuthAnnounced, true);
  assert.equal(await login(authorizer, ann), "$G/ann");
  assert.equal(await login(authorizer, bob), "$G/bob");
  for (const [user, password] of [
    ["ann", ""],
    ["ann", "pa55"],
    ["bob", "pä55"],
    ["carl", ""],
    ["", ""],
  ] as const) {
    assert.equal(await login(authorizer, { user, password }), undefined);
  }
  assert.equal(await login(authorizer, { token: "pä55" }), undefined);
  assert.equal(await login(authorizer, { nkey: key.publicKey, signature }), undefined);
});

test("a token is compared as a whole", async () => {
  const authorizer = makeAuthorizer({ auth: { mode: "token", token: "s3cret" } });
  assert.equal(await login(authorizer, { token: "s3cret" }), "$G/[REDACTED]");
  for (const token of ["", "s3cre", "s3cret ", "S3cret"]) {
    assert.equal(await login(authorizer, { token }), undefined);
  }
});

suite("bcrypt hashes", () => {
  test("stand for passwords and tokens", async () => {
    const users = makeAuthorizer({
      auth: { mode: "users", users: [{ user: "ann", password: hash }, bob] },
    });
    assert.equal(await login(users, { user: "ann", password: "s3cret" }), "$G/ann");
    assert.equal(await login(users, { user: "ann", password: hash }), undefined);
    assert.equal(await login(users, { user: "ann", password: "secret" }), undefined);
    assert.equal(await login(users, { user: "ann", password: "s3cret" }), "$G/ann");
    const token = makeAuthorizer({ auth: { mode: "token", token: hash } });
    assert.equal(await login(token, { token: "s3cret" }), "$G/[REDACTED]");
    assert.equal(await login(token, { token: hash }), undefined);
  });

  test("are what everybody waits for who is refused, and nobody twice who is right", async () => {
    const asked: string[] = [];
    const passwordHashes = {
      verify: (password: string, given: string): Promise<boolean> => {
        asked.push(given.slice(0, 7));
        return host.passwordHashes.verify(password, given);
      },
    };
    const authorizer = createAuthorizer(
      resolveEngineOptions({
        auth: { mode: "users", users: [{ user: "ann", password: hash }, ann2] },
      }),
      {
        ...host,
        passwordHashes,
        guestName,
        passwordMemory: new PasswordMemory(host.random),
        callout,
        operator,
      },
    );
    const count = async (credentials: Partial<Credentials>): Promise<number> => {
      asked.length = 0;
      await login(authorizer, credentials);
      return asked.length;
    };
    assert.equal(await count({ user: "ann", password: "x" }), 1);
    assert.equal(await count({ user: "carl", password: "x" }), 1);
    assert.equal(await count({ user: "ann2", password: "x" }), 1);
    assert.equal(await count({ user: "ann2", password: "y" }), 0);
    assert.equal(await count({ user: "ann", password: "s3cret" }), 1);
    assert.equal(await count({ user: "ann", password: "s3cret" }), 0);
    assert.equal(await count({ user: "ann", password: "x" }), 1);
  });
  const ann2 = { user: "ann2", password: "y" };
});

suite("accounts", () => {
  const permissions = { publish: { deny: ["x"] } };
  const accounts = [
    { name: "A", users: [ann, { ...bob, permissions: {} }], defaultPermissions: permissions },
    { name: "B", users: [owner] },
  ];

  test("have users of their own, who have their permissions or those of the account", async () => {
    const authorizer = makeAuthorizer({ accounts });
    assert.equal(authorizer.usesNonce, true);
    assert.equal(await login(authorizer, ann), "A/ann");
    assert.equal((await enter(authorizer, ann))?.permissions, permissions);
    assert.deepEqual((await enter(authorizer, bob))?.permissions, {});
    assert.equal(await login(authorizer), undefined);
  });

  test("have users with keys, which sign the nonce", async () => {
    const authorizer = makeAuthorizer({ accounts });
    const nkey = key.publicKey;
    assert.equal(await login(authorizer, { nkey, signature }), `B/${nkey}`);
    const standard = key.sign(Buffer.from(nonce)).toString("base64");
    assert.equal(await login(authorizer, { nkey, signature: standard }), `B/${nkey}`);
    for (const wrong of ["", "x", signature.slice(1), `${signature}A`, `${signature}==`]) {
      assert.equal(await login(authorizer, { nkey, signature: wrong }), undefined);
    }
    assert.equal(await login(authorizer, { nkey, signature }, { nonce: "other" }), undefined);
    assert.equal(await login(authorizer, { nkey, signature }, { nonce: "" }), undefined);
    assert.equal(await login(authorizer, { ...ann, nkey, signature: "x" }), undefined);
    assert.equal(await login(authorizer, { ...ann, nkey: nkey.replace("U", "A") }), undefined);
  });

  test("with users, and a token beside", async () => {
    const authorizer = makeAuthorizer({ accounts, auth: { mode: "token", token: "t" } });
    assert.equal(await login(authorizer, { token: "t" }), "$G/[REDACTED]");
    assert.equal(await login(authorizer, { user: "carl", token: "t" }), undefined);
    assert.equal(await login(authorizer, ann), "A/ann");
  });
});

suite("somebody without credentials", () => {
  const accounts = [{ name: "A", users: [ann, owner] }];

  test("is the user named for that", async () => {
    const authorizer = makeAuthorizer({ accounts, auth: { mode: "none", noAuthUser: "ann" } });
    assert.deepEqual(authorizer.policyAt("STANDARD"), {
      isAuthRequired: true,
      isAuthAnnounced: false,
      isConnectOptional: true,
    });
    assert.equal(await login(authorizer), "A/ann");
    assert.equal(await login(authorizer, { password: "x" }), undefined);
    assert.equal(await login(authorizer, { user: "ann", password: "x" }), undefined);
    assert.equal(await login(authorizer, { token: "x" }), undefined);
    assert.equal(await login(authorizer, { nkey: "UX" }), undefined);
  });

  test("may be a user with a key, which then signs nothing", async () => {
    const noAuthUser = key.publicKey;
    const authorizer = makeAuthorizer({ accounts, auth: { mode: "none", noAuthUser } });
    assert.equal(await login(authorizer), `A/${noAuthUser}`);
    assert.equal(authorizer.policyAt("STANDARD").isConnectOptional, false);
  });

  test("is still in $G where only administrators have names", async () => {
    const admin = { name: "$SYS", users: [ann] };
    const authorizer = makeAuthorizer({ accounts: [admin] });
    assert.equal(await login(authorizer), "$G/nats-guest");
    assert.equal(await login(authorizer, ann), "$SYS/ann");
    assert.equal(await login(authorizer, { user: "carl" }), undefined);
    assert.equal(authorizer.policyAt("STANDARD").isAuthAnnounced, true);
    const others = makeAuthorizer({ accounts: [admin, { name: "A" }] });
    assert.equal(await login(others), undefined);
  });
});

test("a user may be bound to doors", async () => {
  const users = [{ ...ann, connectionTypes: ["WEBSOCKET", "LEAFNODE"] as const }, bob];
  const authorizer = makeAuthorizer({ auth: { mode: "users", users } });
  assert.equal(await login(authorizer, ann), undefined);
  assert.equal(await login(authorizer, ann, { door: "WEBSOCKET" }), "$G/ann");
  assert.equal(await login(authorizer, ann, { door: "LEAFNODE" }), "$G/ann");
  assert.equal(await login(authorizer, ann, { door: "LEAFNODE_WS" }), undefined);
  assert.equal(await login(authorizer, bob, { door: "IN_PROCESS" }), "$G/bob");
});

suite("a proxy", () => {
  const proxy = new SigningKey("user", Buffer.alloc(32, 9));
  const proxySignature = proxy.sign(Buffer.from(nonce)).toString("base64url");
  const users = [{ ...ann, proxyRequired: true }, bob];

  test("that is trusted may be required of a user", async () => {
    const trustedProxies = [proxy.publicKey];
    const authorizer = makeAuthorizer({ auth: { mode: "users", users }, trustedProxies });
    assert.equal(authorizer.usesNonce, true);
    assert.equal(await login(authorizer, ann), undefined);
    assert.equal(await login(authorizer, { ...ann, proxySignature }), "$G/ann");
    assert.equal(await login(authorizer, { ...bob, proxySignature }), "$G/bob");
    assert.equal(await login(authorizer, { ...bob, proxySignature: signature }), undefined);
    assert.equal(await login(authorizer, bob), "$G/bob");
  });

  test("may be required of all", async () => {
    const trustedProxies = [proxy.publicKey];
    const modes = [
      { mode: "users", users: [bob], proxyRequired: true },
      { mode: "token", token: "t", proxyRequired: true },
    ] as const;
    for (const auth of modes) {
      const authorizer = makeAuthorizer({ auth, trustedProxies });
      const shown = auth.mode === "users" ? bob : { token: "t" };
      assert.equal(await login(authorizer, shown), undefined);
      assert.notEqual(await login(authorizer, { ...shown, proxySignature }), undefined);
    }
  });

  test("means nothing where none is trusted", async () => {
    const authorizer = makeAuthorizer({ auth: { mode: "users", users } });
    assert.equal(await login(authorizer, { ...ann, proxySignature }), undefined);
    assert.equal(await login(authorizer, { ...bob, proxySignature: "x" }), "$G/bob");
  });
});

suite("doors with rules of their own", () => {
  const websocket = { host: "127.0.0.1", port: 0 };

  test("WebSocket may ask where others do not", async () => {
    const authorizer = makeAuthorizer({ websocket: { ...websocket, user: "w", password: "p" } });
    assert.equal(await login(authorizer), "$G/");
    assert.equal(authorizer.policyAt("WEBSOCKET").isAuthAnnounced, true);
    const rest = { door: "WEBSOCKET" } as const;
    assert.equal(await login(authorizer, {}, rest), undefined);
    assert.equal(await login(authorizer, { user: "w" }, rest), undefined);
    assert.equal(await login(authorizer, { user: "w", password: "p" }, rest), "$G/w");
    const token = makeAuthorizer({ websocket: { ...websocket, token: "t" } });
    assert.equal(await login(token, { token: "t" }, rest), "$G/[REDACTED]");
    assert.equal(await login(token, { token: "x" }, rest), undefined);
  });

  test("WebSocket may have another user for those without credentials", async () => {
    const authorizer = makeAuthorizer({
      auth: { mode: "users", users: [ann, bob], noAuthUser: "ann" },
      websocket: { ...websocket, noAuthUser: "bob" },
    });
    assert.equal(await login(authorizer), "$G/ann");
    assert.equal(await login(authorizer, {}, { door: "WEBSOCKET" }), "$G/bob");
  });

  test("leaf nodes may have users of their own", async () => {
    const leafnodes = { host: "127.0.0.1", port: 0, users: [{ ...bob, account: "L" }] };
    const authorizer = makeAuthorizer({
      auth: { mode: "users", users: [ann], noAuthUser: "ann" },
      accounts: [{ name: "L" }],
      leafnodes,
    });
    const rest = { door: "LEAFNODE" } as const;
    assert.equal(await login(authorizer, bob, rest), "L/bob");
    assert.equal(await login(authorizer, ann, rest), undefined);
    assert.equal(await login(authorizer, {}, rest), undefined);
    assert.equal(await login(authorizer, bob), undefined);
  });
});

suite("options that make no sense are refused:", () => {
  const withUsers = (...users: object[]): EngineOptions =>
    ({ auth: { mode: "users", users } }) as EngineOptions;
  const rows: readonly (readonly [name: string, options: EngineOptions, text: string])[] = [
    ["a user twice", withUsers(ann, ann), 'Duplicate user "ann" detected'],
    [
      "a user in two accounts",
      {
        accounts: [
          { name: "A", users: [ann] },
          { name: "B", users: [ann] },
        ],
      },
      'Duplicate user "ann" detected',
    ],
    ["a key twice", withUsers(owner, owner), `Duplicate nkey "${key.publicKey}" detected`],
    [
      "an account twice",
      { accounts: [{ name: "A" }, { name: "A" }] },
      'Duplicate account "A" detected',
    ],
    ["no name", withUsers({ user: "", password: "x" }), 'a user of account "$G" has no name'],
    [
      "a key of another kind",
      withUsers({ ...owner, nkey: `A${key.publicKey.slice(1)}` }),
      "not a valid public nkey for a user",
    ],
    ["a proxy without a key", { trustedProxies: ["x"] }, 'invalid proxy key "x"'],
    [
      "a bad subject",
      withUsers({ ...ann, permissions: { publish: { allow: ["a..b"] } } }),
      'invalid permissions for user "ann": publish allow: subject "a..b" is not a valid subject',
    ],
    [
      "a queue group where there is none",
      withUsers({ ...ann, permissions: { publish: { deny: ["a b"] } } }),
      'subject "a b" is not a valid subject',
    ],
    [
      "a bad queue group",
      withUsers({ ...ann, permissions: { subscribe: { deny: ["a b..c"] } } }),
      'queue "b..c" is not a valid queue',
    ],
    [
      "bad default permissions",
      { accounts: [{ name: "A", defaultPermissions: { publish: { allow: ["a..b"] } } }] },
      'invalid permissions for users of account "A": publish allow: subject "a..b"',
    ],
    [
      "no answers",
      withUsers({ ...ann, permissions: { responses: { countMax: 0, expiresMs: 1 } } }),
      "a count and a time above 0",
    ],
    [
      "a user for those without credentials that is not there",
      { auth: { mode: "users", users: [ann], noAuthUser: "carl" } },
      'no_auth_user: "carl" not present as user or nkey in authorization block or account configuration',
    ],
    [
      "such a user without any",
      { auth: { mode: "none", noAuthUser: "carl" } },
      'no_auth_user: "carl" present, but users/nkeys are not defined',
    ],
  ];
  for (const [name, options, text] of rows) {
    test(name, () => {
      assert.throws(
        () => makeAuthorizer(options),
        (error: { code?: string; message?: string }) =>
          error.code === "ENGINE_OPTION_INVALID" && (error.message ?? "").includes(text),
        text,
      );
    });
  }
});
