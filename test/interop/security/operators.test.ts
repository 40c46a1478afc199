import assert from "node:assert/strict";
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { encodeActivation, encodeGeneric, encodeUser, newScopedSigner } from "@nats-io/jwt";
import { createAccount, createUser, type KeyPair } from "@nats-io/nkeys";
import type { NatsConnection } from "@nats-io/transport-node";
import { eventually, patient, withDeadline } from "../support/deadline.ts";
import { login, makeUser, Operator, whoAmI } from "../support/operator.ts";
import { onEachTarget } from "../support/targets.ts";

const operator = new Operator();
const a = createAccount();
const b = createAccount();
const scoped = createAccount();
const exporter = createAccount();
const { template, ...role } = newScopedSigner(scoped, "role", {
  pub: { allow: ["out.{{name()}}", "$SYS.REQ.USER.INFO"] },
  sub: { allow: ["in.{{tag(team)}}", "_INBOX.>"] },
});
const signer = { ...role, template: { pub: template.pub ?? {}, sub: template.sub ?? {} } };
await operator.account("A", a, { signing_keys: [signer] });
const token = await encodeActivation("t", b, exporter, "service", { subject: "private" });
const imports = [
  {
    name: "q",
    type: "service",
    subject: "open",
    account: exporter.getPublicKey(),
    local_subject: "my.open",
  },
  { name: "p", type: "service", subject: "private", account: exporter.getPublicKey(), token },
  { name: "s", type: "stream", subject: "news.>", account: exporter.getPublicKey() },
] as const;
await operator.account("B", b, { imports: [...imports] });
await operator.account("X", exporter, {
  exports: [
    { name: "q", type: "service", subject: "open" },
    { name: "p", type: "service", subject: "private", token_req: true },
    { name: "s", type: "stream", subject: "news.>" },
  ],
});
const memoryConfig = await operator.config("MEMORY");
const fullConfig = await operator.config("{ type: full, dir: './jwt', allow_delete: true }");

async function refusal(client: Promise<NatsConnection>): Promise<string> {
  const connected = await client.catch((error: Error) => error);
  if (connected instanceof Error) return connected.message;
  await connected.close();
  return "let in";
}

/** What the server said before it ended the connection. */
async function lastWords(client: NatsConnection): Promise<string> {
  const error = await withDeadline(client.closed(), () => "the end of a connection");
  return error?.message ?? "";
}

onEachTarget(
  "accounts of an operator",
  (target) => {
    test("let in their users", async () => {
      const user = await makeUser(a, { pub: { deny: ["x"] } });
      const client = await login(target.server, user);
      const { permissions, ...rest } = await whoAmI(client);
      assert.deepEqual(rest, {
        user: user.key.getPublicKey(),
        account: a.getPublicKey(),
        account_name: "A",
        user_name: "someone",
      });
      assert.deepEqual(permissions, { publish: { deny: ["x"] }, subscribe: {} });
      await client.close();
      const stranger = { ...user, key: createUser() };
      assert.equal(await refusal(login(target.server, stranger)), "Authorization Violation");
      const unknown = await makeUser(createAccount());
      assert.equal(await refusal(login(target.server, unknown)), "Authorization Violation");
    });

    test("give users of a signing key what its template says", async () => {
      const key = createUser();
      const issuer_account = a.getPublicKey();
      const nats = { issuer_account, tags: ["team:red", "team:blue"] };
      const jwt = await encodeUser("me", key, scoped, nats, { scopedUser: true });
      const client = await login(target.server, { key, jwt });
      const { permissions } = await whoAmI(client);
      // nats-server lists them in any order.
      const { publish, subscribe } = permissions as Record<string, { allow: string[] }>;
      assert.deepEqual(publish?.allow.sort(), ["$SYS.REQ.USER.INFO", "out.me"]);
      assert.deepEqual(subscribe?.allow.sort(), ["_INBOX.>", "in.blue", "in.red"]);
      await client.close();
      const greedy = await encodeUser("me", key, scoped, { ...nats, pub: { allow: [">"] } });
      assert.equal(
        await refusal(login(target.server, { key, jwt: greedy })),
        "Authorization Violation",
      );
    });

    test("hold limits of a user: networks, connection types, times, and bearers", async () => {
      const now = new Date(Date.now() + 3_600_000).toISOString().slice(11, 19);
      const later = new Date(Date.now() + 7_200_000).toISOString().slice(11, 19);
      const cases = [
        [{ src: ["127.0.0.0/8"] }, "let in"],
        [{ src: ["10.0.0.0/8"] }, "Authorization Violation"],
        [{ allowed_connection_types: ["STANDARD"] }, "let in"],
        [{ allowed_connection_types: ["WEBSOCKET"] }, "Authorization Violation"],
        [{ times: [{ start: now, end: later }], times_location: "UTC" }, "Authorization Violation"],
        [{ times: [{ start: later, end: now }], times_location: "UTC" }, "let in"],
      ] as const;
      for (const [limits, expected] of cases) {
        const user = await makeUser(a, limits as never);
        assert.equal(await refusal(login(target.server, user)), expected, JSON.stringify(limits));
      }
      const bearer = await makeUser(a, { bearer_token: true });
      assert.equal(await refusal(login(target.server, { ...bearer, key: createUser() })), "let in");
    });

    test("end with the JWT of a user", async () => {
      const key = createUser();
      // On a slow machine a visit can be over before it began.
      const client = await eventually("a visit that begins", async () => {
        const exp = Math.floor(Date.now() / 1000) + 3;
        const jwt = await encodeUser("brief", key, a, {}, { exp });
        return login(target.server, { key, jwt }).catch(() => undefined);
      });
      assert.match(await lastWords(client), /user authentication expired/i);
    });

    test("share services and streams, some of them with tokens only", async () => {
      const service = await login(target.server, await makeUser(exporter));
      for (const subject of ["open", "private"]) {
        service.subscribe(subject, {
          callback: (_error, message) => void message.respond(subject),
        });
      }
      const client = await login(target.server, await makeUser(b));
      const news = client.subscribe("news.>", { max: 1 });
      await client.flush();
      await service.flush();
      assert.equal((await client.request("my.open", "", patient)).string(), "open");
      assert.equal((await client.request("private", "", patient)).string(), "private");
      service.publish("news.today", "it works");
      for await (const message of news) assert.equal(message.string(), "it works");
      await client.close();
      await service.close();
    });
  },
  { config: memoryConfig },
);

/** The answer to a request about claims, without what differs from server to server. */
async function ask(system: NatsConnection, subject: string, body = ""): Promise<unknown> {
  const answer = await system.request(subject, body, patient);
  const { server: _server, ...rest } = answer.json<Record<string, unknown>>();
  return rest;
}

onEachTarget("a full resolver", (target) => {
  async function scene(): Promise<{
    url: string;
    system: NatsConnection;
    directory: string;
    [Symbol.asyncDispose](): Promise<void>;
  }> {
    const server = await target.start({
      config: (directory) => fullConfig.replace("'./jwt'", JSON.stringify(join(directory, "jwt"))),
    });
    const system = await login(server, await makeUser(operator.system));
    return {
      url: server.url,
      system,
      directory: join(server.directory, "jwt"),
      async [Symbol.asyncDispose]() {
        await system.close();
        await server.close();
      },
    };
  }
  const keyOf = (account: KeyPair): string => account.getPublicKey();

  test("keeps what is pushed, lists it, and looks it up", async () => {
    await using at = await scene();
    const account = createAccount();
    const key = keyOf(account);
    const jwt = await operator.account("N", account);
    operator.accounts.delete(key);
    const message = "jwt updated";
    const updated = { data: { account: key, code: 200, message } };
    assert.deepEqual(await ask(at.system, "$SYS.REQ.CLAIMS.UPDATE", jwt), updated);
    assert.deepEqual(await ask(at.system, `$SYS.REQ.ACCOUNT.${key}.CLAIMS.UPDATE`, jwt), updated);
    assert.ok((await readdir(at.directory)).includes(`${key}.jwt`));
    const found = await at.system.request(`$SYS.REQ.ACCOUNT.${key}.CLAIMS.LOOKUP`, "", patient);
    assert.equal(found.string(), jwt);
    const none = await at.system.request(
      `$SYS.REQ.ACCOUNT.${keyOf(createAccount())}.CLAIMS.LOOKUP`,
      "",
      patient,
    );
    assert.equal(none.string(), "");
    const { data } = (await ask(at.system, "$SYS.REQ.CLAIMS.LIST")) as { data: string[] };
    assert.deepEqual(data, [...operator.accounts.keys(), key].sort());
    const user = await login(at, await makeUser(account));
    await user.close();
  });

  test("says what is wrong with what is pushed", async () => {
    await using at = await scene();
    const key = keyOf(a);
    const jwt = operator.accounts.get(keyOf(b)) ?? "";
    const update = `$SYS.REQ.ACCOUNT.${key}.CLAIMS.UPDATE`;
    const answers = [
      await ask(at.system, update, "x"),
      await ask(at.system, update, jwt),
      await ask(at.system, "$SYS.REQ.CLAIMS.UPDATE", ""),
      await ask(at.system, "$SYS.REQ.CLAIMS.UPDATE", (await makeUser(a)).jwt),
    ];
    const refused = (account: string, problem: string): object => ({
      error: { account, code: 500, description: `jwt update resulted in error - ${problem}` },
    });
    assert.deepEqual(answers, [
      refused("n/a", "expected 3 chunks"),
      refused(key, "subject does not match jwt content"),
      refused("n/a", "expected 3 chunks"),
      refused("n/a", "not account claim"),
    ]);
  });

  test("has a revocation hold at once", async () => {
    await using at = await scene();
    const revoked = await makeUser(a);
    const spared = await makeUser(a);
    const one = await login(at, revoked);
    const other = await login(at, spared);
    const before = operator.accounts.get(keyOf(a)) ?? "";
    const revocations = { [revoked.key.getPublicKey()]: Math.floor(Date.now() / 1000) + 10 };
    const jwt = await operator.account("A", a, { signing_keys: [signer], revocations });
    await ask(at.system, `$SYS.REQ.ACCOUNT.${keyOf(a)}.CLAIMS.UPDATE`, jwt);
    assert.match(await lastWords(one), /user authentication revoked/i);
    await other.flush();
    await other.close();
    assert.equal(await refusal(login(at, revoked)), "Authorization Violation");
    operator.accounts.set(keyOf(a), before);
  });

  test("has other limits, keys and permissions hold at once", async () => {
    await using at = await scene();
    const account = createAccount();
    const [kept, lost] = [createAccount(), createAccount()] as const;
    const issuer_account = keyOf(account);
    const push = async (nats: object): Promise<void> => {
      const jwt = await operator.account("L", account, nats);
      operator.accounts.delete(issuer_account);
      const updated = { data: { account: issuer_account, code: 200, message: "jwt updated" } };
      assert.deepEqual(await ask(at.system, "$SYS.REQ.CLAIMS.UPDATE", jwt), updated);
    };
    const signing_keys = [kept.getPublicKey()];
    await push({ signing_keys: [...signing_keys, lost.getPublicKey()], limits: { conn: 3 } });
    const enter = async (issuer: KeyPair): Promise<NatsConnection> =>
      await login(at, await makeUser(issuer, issuer === account ? {} : { issuer_account }));
    const [first, second, third] = [await enter(account), await enter(kept), await enter(lost)];
    // nats-server may be gone before the client has read why.
    assert.notEqual(await refusal(enter(account)), "let in");
    await push({ signing_keys, limits: { conn: 3 } });
    await lastWords(third);
    await push({ signing_keys, limits: { conn: 1 } });
    assert.equal(await lastWords(second), "maximum account active connections exceeded");
    const errors: string[] = [];
    void (async () => {
      for await (const status of first.status()) {
        if (status.type === "error") errors.push(status.error.message);
      }
    })();
    first.subscribe("secret");
    await first.flush();
    await push({ signing_keys, default_permissions: { sub: { deny: ["secret"] } } });
    await eventually("an error", async () => {
      await first.flush();
      return errors[0];
    });
    assert.match(
      errors[0] ?? "",
      /Permissions Violation for Subscription to "secret" \(sid "\d+"\)/,
    );
    await push({ limits: { payload: 10 } });
    first.publish("x", "12345678901");
    assert.match(await lastWords(first), /Maximum Payload/i);
  });

  test("deletes accounts when the operator asks, and ends their connections", async () => {
    await using at = await scene();
    const user = await makeUser(b);
    const client = await login(at, user);
    const request = (accounts: readonly string[], key = operator.key): Promise<string> =>
      encodeGeneric("d", key, "delete", { accounts } as never);
    const subject = "$SYS.REQ.CLAIMS.DELETE";
    const failed = (by: KeyPair, problem: string): object => {
      const description = `delete accounts request by ${by.getPublicKey()} failed - ${problem}`;
      return { error: { code: 500, description } };
    };
    const impostor = createAccount();
    assert.deepEqual(
      await ask(at.system, subject, await request([keyOf(b)], impostor)),
      failed(impostor, "not trusted"),
    );
    const system = await request([keyOf(operator.system)]);
    assert.deepEqual(
      await ask(at.system, subject, system),
      failed(operator.key, "not allowed to delete system account"),
    );
    assert.deepEqual(
      await ask(at.system, subject, await request(["x"])),
      failed(operator.key, "malformed request"),
    );
    const deleted = { data: { code: 200, message: "deleted 1 accounts" } };
    assert.deepEqual(await ask(at.system, subject, await request([keyOf(b)])), deleted);
    assert.match(await lastWords(client), /account authentication expired/i);
    assert.equal(await refusal(login(at, user)), "Authorization Violation");
    const names = await readdir(at.directory);
    assert.ok(names.includes(`${keyOf(b)}.jwt.deleted`) && !names.includes(`${keyOf(b)}.jwt`));
  });

  test("gives others all that it has, unless they have the same", async () => {
    await using at = await scene();
    const lines: string[] = [];
    const inbox = "pack.here";
    const answers = at.system.subscribe(inbox);
    at.system.publish("$SYS.REQ.CLAIMS.PACK", "", { reply: inbox });
    for await (const message of answers) {
      if (message.string() === "") break;
      lines.push(message.string());
    }
    assert.deepEqual(
      lines.sort(),
      [...operator.accounts].map(([key, jwt]) => `${key}|${jwt}`).sort(),
    );
  });
});
