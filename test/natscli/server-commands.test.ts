import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { jetstream, jetstreamManager } from "@nats-io/jetstream";
import { connect, type NatsConnection } from "@nats-io/transport-node";
import {
  natsServerProgram,
  oxbowProgram,
  type ServerProgram,
  TestServer,
} from "@oxbow/testkit/servers";
import { natsCommand } from "./support/nats-command.ts";
import { type Output, runNats } from "./support/run-nats.ts";

const nats = natsCommand();
/** Without the command line there is nothing to run. */
const skip = nats === undefined ? "no `nats` command line on PATH" : false;

const config = `
  server_name: one
  jetstream: enabled
  server_tags: [rack7]
  accounts {
    A { jetstream: enabled, users: [{ user: a, password: pw }], exports: [{ service: "q.>" }] }
    B {
      users: [{ user: b, password: pw }]
      imports: [{ service: { account: A, subject: "q.x" } }]
      mappings: { foo: bar }
    }
    S { users: [{ user: s, password: pw }] }
  }
  system_account: S`;

for (const program of [natsServerProgram(), oxbowProgram()]) {
  const name = program?.name ?? "nats-server";
  const missing = program === undefined ? "no nats-server on PATH" : skip;
  describe(`nats server … against ${name}`, { skip: missing }, () =>
    suite(program as ServerProgram),
  );
}

function suite(program: ServerProgram): void {
  let server: TestServer;
  let home = "";
  let app: NatsConnection;

  before(async () => {
    home = await mkdtemp(join(tmpdir(), "oxbow-natscli-"));
    server = await TestServer.start(program, { config });
    app = await connect({ servers: server.url, user: "a", pass: "pw", name: "app" });
    const manager = await jetstreamManager(app);
    await manager.streams.add({ name: "ONE", subjects: ["one"] });
    await manager.consumers.add("ONE", { durable_name: "c", ack_policy: "explicit" });
    await jetstream(app).publish("one", "hello");
    app.subscribe("svc", { callback: (_, message) => void message.respond("pong") });
    await app.flush();
  });
  after(async () => {
    await app?.close();
    await server?.close();
    await rm(home, { recursive: true });
  });

  function run(user: string, words: string): Promise<Output> {
    const login = ["--server", server.url, "--user", user, "--password", "pw"];
    return runNats(nats as string, home, [...login, ...words.split(" ")]);
  }

  /** What `nats server …` prints for somebody in the system account; it must succeed. */
  async function ok(words: string, user = "s"): Promise<string> {
    const { status, text } = await run(user, `server ${words}`);
    assert.equal(status, 0, `nats server ${words}: ${text}`);
    return text;
  }

  /** What the one server answered to `nats server request …`. */
  async function request(words: string): Promise<Record<string, unknown>> {
    const text = await ok(`request ${words}`);
    assert.match(text, /^\{.*\}\n$/, `nats server request ${words}: ${text}`);
    const answer = JSON.parse(text) as { server: { name: string }; data: Record<string, unknown> };
    assert.equal(answer.server.name, "one", text);
    return answer.data;
  }

  test("shows who is there", async () => {
    const info = await ok("info");
    for (const part of ["Server information for one", "API Support Level: ", "GOMAXPROCS: "]) {
      assert.ok(info.includes(part), `${part}: ${info}`);
    }
    assert.match(await ok("info one"), /Server information for one/);
    const id = app.info?.server_id ?? "";
    assert.ok((await ok(`info ${id}`)).includes(id));
    assert.match(await ok("list 1"), /one .*yes/);
    assert.match(await ok("ping 1"), /one .*rtt=/);
  });

  test("asks for everything there is to ask", async () => {
    const [variables, accounts, one, connections, closed] = await Promise.all([
      request("variables --tags rack7"),
      request("accounts"),
      request("accounts --account B"),
      request("connections --subscriptions --sort subs --filter-account A"),
      request("connections --filter-state closed"),
    ]);
    assert.equal(variables["system_account"], "S");
    assert.deepEqual((accounts["accounts"] as string[]).toSorted(), ["$G", "A", "B", "S"]);
    const detail = one["account_detail"] as Record<string, unknown>;
    assert.deepEqual(Object.keys(detail["mappings"] as object), ["foo"]);
    assert.equal((connections["connections"] as { name: string }[])[0]?.name, "app");
    assert.ok(Array.isArray(closed["connections"]));
    const [jsz, health, subscriptions] = await Promise.all([
      request("jetstream --streams --consumer --config --account A"),
      request("jetstream-health --account A --stream ONE"),
      request("subscriptions --detail --filter-account A"),
    ]);
    const [account] = jsz["account_details"] as { stream_detail: { name: string }[] }[];
    assert.equal(account?.stream_detail[0]?.name, "ONE");
    assert.deepEqual([health["status"], health["status_code"]], ["ok", 200]);
    assert.ok((subscriptions["subscriptions_list"] as unknown[]).length > 0);
    const [routes, gateways, leafnodes, raft, queues] = await Promise.all(
      ["routes", "gateways", "leafnodes", "raft", "ipqueue"].map(request),
    );
    assert.equal(routes?.["num_routes"], 0);
    assert.deepEqual(gateways?.["outbound_gateways"], {});
    assert.equal(leafnodes?.["leafnodes"], 0);
    assert.deepEqual([raft, typeof queues], [{}, "object"]);
  });

  test("profiles, or is told why not", async () => {
    const text = await ok("request profile heap");
    assert.match(
      text,
      program.name === "oxbow" ? /"one" error: .*not run on Go/ : /written: heap-/,
    );
  });

  test("reports on what is there", async () => {
    const [accounts, connections, jetstreams, health, cpu, memory] = await Promise.all([
      ok("report accounts"),
      ok("report connections --sort subs --account A"),
      ok("report jetstream"),
      ok("report health --account A --stream ONE"),
      ok("report cpu"),
      ok("report mem"),
    ]);
    assert.match(accounts, /│ A +│ 1 /);
    assert.match(connections, /app +│ one/);
    assert.match(jetstreams, /│ one +│/);
    assert.match(health, /one .*ok/);
    assert.match(cpu + memory, /one: .*one: /s);
    for (const kind of ["routes", "gateways", "leafnodes"]) await ok(`report ${kind}`);
  });

  test("shows an account, and closes a connection", async () => {
    assert.match(await ok("account info B"), /foo\s+Destination: bar/);
    const wrong = await run("s", "server account info none");
    assert.match(wrong.text, /Account none does not exist/);
    const victim = await connect({ servers: server.url, user: "b", pass: "pw", reconnect: false });
    const { server_id: id, client_id: client } = victim.info ?? {};
    await ok(`request kick ${client} ${id}`);
    await victim.closed();
  });

  test("reads the configuration again", async () => {
    const { text } = await run("s", `server config reload ${app.info?.server_id} -f`);
    assert.match(text, /Server information for one/);
  });

  test("checks what is there", async () => {
    const checks: readonly (readonly [user: string, words: string])[] = [
      ["a", "connection"],
      ["a", "jetstream"],
      ["a", "request --subject svc"],
      ["a", "stream --stream ONE"],
      ["a", "consumer --stream ONE --consumer c"],
      ["a", "message --stream ONE --subject one"],
      ["s", "server --name one --js-required --auth-required"],
    ];
    for (const [user, words] of checks) {
      assert.match(await ok(`check ${words}`, user), /^OK /m, words);
      assert.match(await ok(`check ${words} --format prometheus`, user), /status="OK"/, words);
    }
    const missing = await run("a", "server check stream --stream NONE");
    assert.deepEqual([missing.status, /CRITICAL/.test(missing.text)], [2, true]);
    const meta = "server check meta --expect 1 --lag-critical 1 --seen-critical 1s";
    assert.equal((await run("s", meta)).status, 2);
  });

  test("takes away all that an account has stored", async () => {
    assert.match(await ok("account purge A -f"), /Purge operation on account A initiated/);
    const { text } = await run("a", "server check stream --stream ONE");
    assert.match(text, /stream not found/);
    assert.match(await ok("account purge none -f"), /initiated/);
  });
}
