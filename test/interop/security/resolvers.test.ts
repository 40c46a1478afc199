import assert from "node:assert/strict";
import { readdir } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { after, before, suite, test } from "node:test";
import { encodeActivation, encodeOperator } from "@nats-io/jwt";
import { createAccount, type KeyPair } from "@nats-io/nkeys";
import type { NatsConnection } from "@nats-io/transport-node";
import type { TestServer } from "@oxbow/testkit/servers";
import { eventually, patient, withDeadline } from "../support/deadline.ts";
import { login, makeUser, Operator } from "../support/operator.ts";
import { onEachTarget, type Target } from "../support/targets.ts";

/** The answer to a request about claims, without what says who answers. */
async function ask(system: NatsConnection, subject: string, body: string): Promise<unknown> {
  const answer = await system.request(subject, body, patient);
  const { server: _server, ...rest } = answer.json<Record<string, unknown>>();
  return rest;
}

async function isLetIn(server: TestServer, account: KeyPair): Promise<boolean> {
  try {
    await (await login(server, await makeUser(account))).close();
    return true;
  } catch {
    return false;
  }
}

function updated(account: KeyPair, message: string): object {
  return { data: { account: account.getPublicKey(), code: 200, message } };
}

/** Starts a server whose resolver has a directory of its own. */
function startWith(target: Target, config: string): Promise<TestServer> {
  return target.start({
    config: (directory) => config.replace("DIRECTORY", JSON.stringify(join(directory, "jwt"))),
  });
}

onEachTarget("an operator without accounts", (target) => {
  test("begins with a system account that is not there yet", async () => {
    const operator = new Operator();
    const system_account = operator.system.getPublicKey();
    const jwt = await encodeOperator("O", operator.key, { system_account });
    await using server = await startWith(
      target,
      `operator: ${jwt}\nsystem_account: ${system_account}\nresolver { type: full, dir: DIRECTORY }`,
    );
    const system = await login(server, await makeUser(operator.system));
    const account = createAccount();
    assert.equal(await isLetIn(server, account), false);
    const pushed = await operator.account("A", account);
    assert.deepEqual(
      await ask(system, "$SYS.REQ.CLAIMS.UPDATE", pushed),
      updated(account, "jwt updated"),
    );
    assert.equal(await isLetIn(server, account), true);
    const own = await operator.account("SYS", operator.system);
    assert.deepEqual(
      await ask(system, "$SYS.REQ.CLAIMS.UPDATE", own),
      updated(operator.system, "jwt updated"),
    );
    await system.close();
    await server.restart();
    assert.equal(await isLetIn(server, account), true);
    assert.equal(await isLetIn(server, operator.system), true);
    const names = await readdir(join(server.directory, "jwt"));
    assert.deepEqual(names.sort(), [...operator.accounts.keys()].map((key) => `${key}.jwt`).sort());
  });
});

onEachTarget("a cache of accounts", (target) => {
  test("keeps new JWTs of accounts it has, and passes over the others", async () => {
    const operator = new Operator();
    const known = createAccount();
    await operator.account("A", known);
    await using server = await startWith(
      target,
      await operator.config("{ type: cache, dir: DIRECTORY, ttl: '1h' }"),
    );
    const system = await login(server, await makeUser(operator.system));
    const stranger = createAccount();
    const unknown = await operator.account("B", stranger);
    const skipped = updated(stranger, "jwt update cache skipped");
    assert.deepEqual(await ask(system, "$SYS.REQ.CLAIMS.UPDATE", unknown), skipped);
    assert.equal(await isLetIn(server, known), true);
    const again = await operator.account("A2", known);
    const subject = `$SYS.REQ.ACCOUNT.${known.getPublicKey()}.CLAIMS.UPDATE`;
    assert.deepEqual(await ask(system, subject, again), updated(known, "jwt updated cache"));
    await system.close();
  });

  test("asks others for accounts it does not have", async () => {
    const operator = new Operator();
    await using server = await startWith(
      target,
      await operator.config("{ type: cache, dir: DIRECTORY }"),
    );
    const system = await login(server, await makeUser(operator.system));
    const elsewhere = createAccount();
    const jwt = await operator.account("E", elsewhere);
    system.subscribe("$SYS.REQ.ACCOUNT.*.CLAIMS.LOOKUP", {
      callback: (_error, request) => {
        const key = request.subject.split(".")[3];
        request.respond(key === elsewhere.getPublicKey() ? jwt : "");
      },
    });
    await system.flush();
    assert.equal(await isLetIn(server, elsewhere), true);
    assert.equal(await isLetIn(server, createAccount()), false);
    const names = await readdir(join(server.directory, "jwt"));
    assert.ok(names.includes(`${elsewhere.getPublicKey()}.jwt`));
    await system.close();
  });
});

suite("accounts of a web server", () => {
  const operator = new Operator();
  let web: Server;
  before(async () => {
    await operator.account("SYS", operator.system);
    web = createServer((request, response) => {
      const key = request.url?.split("/").at(-1) ?? "";
      const jwt = operator.accounts.get(key);
      if (key !== "" && jwt === undefined) response.writeHead(404);
      response.end(jwt ?? "");
    });
    await new Promise<void>((resolve) => {
      web.listen(0, "127.0.0.1", resolve);
    });
  });
  after(() => {
    web.closeAllConnections();
    web.close();
  });

  onEachTarget("a resolver for a web server", (target) => {
    test("finds accounts, and takes pushes of those it has found", async () => {
      const base = `http://127.0.0.1:${(web.address() as AddressInfo).port}/jwt/v1`;
      const account = createAccount();
      await operator.account("A", account);
      const system_account = operator.system.getPublicKey();
      const named = { system_account, account_server_url: base };
      for (const [claims, resolver] of [
        [{ system_account }, `resolver: URL(${base}/accounts/)`],
        [named, ""],
      ] as const) {
        const jwt = await encodeOperator("O", operator.key, claims);
        const config = `operator: ${jwt}\nsystem_account: ${system_account}\n${resolver}`;
        await using server = await target.start({ config });
        assert.equal(await isLetIn(server, account), true);
        assert.equal(await isLetIn(server, createAccount()), false);
        const system = await login(server, await makeUser(operator.system));
        const subject = `$SYS.REQ.ACCOUNT.${account.getPublicKey()}.CLAIMS.UPDATE`;
        const limits = { conn: 0 };
        const pushed = await operator.account("A", account, { limits });
        assert.deepEqual(await ask(system, subject, pushed), updated(account, "jwt updated"));
        assert.equal(await isLetIn(server, account), false);
        await operator.account("A", account);
        await system.close();
      }
    });
  });
});

onEachTarget("a reload", (target) => {
  test("takes up other accounts of the configuration", async () => {
    const operator = new Operator();
    const [kept, removed, added] = [createAccount(), createAccount(), createAccount()] as const;
    await operator.account("kept", kept);
    await operator.account("removed", removed);
    await using server = await target.start({ config: await operator.config("MEMORY") });
    const leaving = await login(server, await makeUser(removed));
    const staying = await login(server, await makeUser(kept));
    operator.accounts.delete(removed.getPublicKey());
    await operator.account("added", added);
    await server.reload(await operator.config("MEMORY"));
    await withDeadline(leaving.closed(), () => "the end of a connection");
    assert.equal(await isLetIn(server, added), true);
    assert.equal(await isLetIn(server, removed), false);
    await staying.flush();
    await staying.close();
  });
});

onEachTarget("imports of accounts that come and go", (target) => {
  test("work as soon as the exporter is there, and as long as it allows them", async () => {
    const operator = new Operator();
    const [exporter, importer] = [createAccount(), createAccount()] as const;
    const account = exporter.getPublicKey();
    const token = await encodeActivation("t", importer, exporter, "service", { subject: "q" });
    const imports = [{ name: "q", type: "service", subject: "q", account, token } as const];
    await operator.account("I", importer, { imports: [...imports] });
    await using server = await startWith(
      target,
      await operator.config("{ type: full, dir: DIRECTORY }"),
    );
    const system = await login(server, await makeUser(operator.system));
    const client = await login(server, await makeUser(importer));
    await assert.rejects(client.request("q", "", patient), /no responders/);
    const offered = { name: "q", type: "service", subject: "q", token_req: true } as const;
    const push = async (exports: object): Promise<void> => {
      const jwt = await operator.account("X", exporter, { exports: [{ ...offered, ...exports }] });
      assert.deepEqual(
        await ask(system, "$SYS.REQ.CLAIMS.UPDATE", jwt),
        updated(exporter, "jwt updated"),
      );
    };
    await push({});
    const service = await login(server, await makeUser(exporter));
    service.subscribe("q", { callback: (_error, request) => void request.respond("yes") });
    await service.flush();
    const isAnswered = (): Promise<boolean> =>
      client.request("q", "", patient).then(
        () => true,
        () => false,
      );
    await eventually("an answer", async () => (await isAnswered()) || undefined);
    const inTenSeconds = Math.floor(Date.now() / 1000) + 10;
    await push({ revocations: { [importer.getPublicKey()]: inTenSeconds } });
    await eventually("no answer", async () => ((await isAnswered()) ? undefined : true));
    await push({});
    await eventually("an answer again", async () => (await isAnswered()) || undefined);
    for (const connected of [client, service, system]) await connected.close();
  });
});
