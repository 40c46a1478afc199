import assert from "node:assert/strict";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { fmtCreds } from "@nats-io/jwt";
import { createAccount } from "@nats-io/nkeys";
import {
  natsServerProgram,
  oxbowProgram,
  type ServerProgram,
  TestServer,
} from "@oxbow/testkit/servers";
import { makeUser, Operator } from "../interop/support/operator.ts";
import { natsCommand } from "./support/nats-command.ts";
import { type Output, runNats } from "./support/run-nats.ts";

const nats = natsCommand();
/** Without the command line there is nothing to run. */
const skip = nats === undefined ? "no `nats` command line on PATH" : false;

for (const program of [natsServerProgram(), oxbowProgram()]) {
  const name = program?.name ?? "nats-server";
  const missing = program === undefined ? "no nats-server on PATH" : skip;
  describe(`the nats command line against ${name}`, { skip: missing }, () =>
    suite(program as ServerProgram),
  );
}

function suite(program: ServerProgram): void {
  let server: TestServer;
  let home = "";

  before(async () => {
    home = await mkdtemp(join(tmpdir(), "oxbow-natscli-"));
    server = await TestServer.start(program);
  });
  after(async () => {
    await server?.close();
    await rm(home, { recursive: true });
  });

  /** Runs `nats` in a home directory of its own. */
  function run(
    args: readonly string[],
    input = "",
    to: readonly string[] = ["--server", server.url],
  ): Promise<Output> {
    return runNats(nats as string, home, [...to, ...args], input);
  }

  /** The same; it must succeed. */
  async function ok(...args: readonly string[]): Promise<string> {
    const { status, text } = await run(args);
    assert.equal(status, 0, `nats ${args.join(" ")}: ${text}`);
    return text;
  }

  test("publishes, subscribes, requests and replies", async () => {
    const subscriber = run(["sub", "greetings", "--count", "1"]);
    const replier = run(["reply", "help.me", "at your service", "--count", "1"]);
    // Published until somebody has listened: the command says nothing when it begins to.
    let heard = false;
    void subscriber.then(() => {
      heard = true;
    });
    while (!heard) await ok("pub", "greetings", "hello there");
    assert.match((await subscriber).text, /hello there/);
    let answer = await run(["request", "help.me", "now", "--timeout", "2s"]);
    while (!answer.text.includes("at your service")) {
      answer = await run(["request", "help.me", "now", "--timeout", "2s"]);
    }
    await replier;
  });

  test("makes, shows, fills, reports, purges and removes streams", async () => {
    await ok(
      "stream",
      "add",
      "ORDERS",
      "--subjects",
      "orders.*",
      "--defaults",
      "--allow-msg-ttl",
      "--allow-schedules",
    );
    for (let i = 0; i < 5; i++) await ok("pub", `orders.${i % 2}`, `order ${i}`, "--jetstream");
    const info = JSON.parse(await ok("stream", "info", "ORDERS", "--json"));
    assert.equal(info.state.messages, 5);
    assert.match(await ok("stream", "ls"), /ORDERS/);
    assert.match(await ok("stream", "report"), /ORDERS/);
    assert.match(await ok("stream", "subjects", "ORDERS"), /orders\.0/);
    assert.match(await ok("stream", "get", "ORDERS", "2"), /order 1/);
    await ok("stream", "edit", "ORDERS", "--max-msgs", "100", "-f");
    await ok("stream", "rmm", "ORDERS", "1", "-f");
    await ok("stream", "seal", "ORDERS", "-f");
    assert.match((await run(["pub", "orders.1", "x", "--jetstream"])).text, /sealed/);
    await ok("stream", "rm", "ORDERS", "-f");
  });

  test("makes, uses and removes consumers", async () => {
    await ok("stream", "add", "WORK", "--subjects", "work", "--defaults");
    for (let i = 0; i < 3; i++) await ok("pub", "work", `job ${i}`, "--jetstream");
    await ok("consumer", "add", "WORK", "puller", "--pull", "--ack", "explicit", "--defaults");
    assert.match(await ok("consumer", "next", "WORK", "puller", "--count", "2", "--ack"), /job 1/);
    const info = JSON.parse(await ok("consumer", "info", "WORK", "puller", "--json"));
    assert.equal(info.delivered.stream_seq, 2);
    assert.match(await ok("consumer", "report", "WORK"), /puller/);
    await ok("consumer", "pause", "WORK", "puller", "1h", "-f");
    assert.match(await ok("consumer", "info", "WORK", "puller"), /Paused/);
    await ok("consumer", "resume", "WORK", "puller", "-f");
    await ok("consumer", "rm", "WORK", "puller", "-f");
    await ok("stream", "rm", "WORK", "-f");
  });

  test("keeps keys and values, with history and revisions", async () => {
    await ok("kv", "add", "CONFIG", "--history", "3");
    await ok("kv", "put", "CONFIG", "color", "red");
    await ok("kv", "put", "CONFIG", "color", "blue");
    assert.match(await ok("kv", "get", "CONFIG", "color", "--raw"), /blue/);
    assert.match(await ok("kv", "history", "CONFIG", "color"), /red/);
    assert.notEqual((await run(["kv", "create", "CONFIG", "color", "green"])).status, 0);
    await ok("kv", "del", "CONFIG", "color", "-f");
    assert.match(await ok("kv", "status", "CONFIG"), /CONFIG/);
    await ok("kv", "rm", "CONFIG", "-f");
  });

  test("keeps objects of many chunks", async () => {
    const content = "0123456789abcdef".repeat(40_000);
    await writeFile(join(home, "large.txt"), content);
    await ok("object", "add", "FILES");
    await ok("object", "put", "FILES", "large.txt", "--no-progress", "-f");
    assert.match(await ok("object", "ls", "FILES"), /large\.txt/);
    await ok("object", "get", "FILES", "large.txt", "--output", "copy.txt", "--no-progress", "-f");
    assert.equal(await readFile(join(home, "copy.txt"), "utf8"), content);
    await ok("object", "rm", "FILES", "large.txt", "-f");
  });

  test("backs a stream up and restores it", async () => {
    await ok("stream", "add", "KEPT", "--subjects", "kept", "--defaults");
    for (let i = 0; i < 20; i++) await ok("pub", "kept", `message ${i}`, "--jetstream");
    await ok("stream", "backup", "KEPT", "backup", "--consumers", "--no-progress");
    await ok("stream", "rm", "KEPT", "-f");
    await ok("stream", "restore", "backup", "--no-progress");
    const info = JSON.parse(await ok("stream", "info", "KEPT", "--json"));
    assert.equal(info.state.messages, 20);
    await ok("stream", "rm", "KEPT", "-f");
  });

  test("measures", async () => {
    assert.match(
      await ok("bench", "pub", "bench.core", "--msgs", "5000", "--size", "16", "--no-progress"),
      /msgs\/sec/,
    );
    await ok("stream", "add", "BENCH", "--subjects", "bench.js", "--defaults");
    assert.match(
      await ok(
        "bench",
        "js",
        "pub",
        "async",
        "bench.js",
        "--stream",
        "BENCH",
        "--msgs",
        "500",
        "--size",
        "16",
        "--no-progress",
      ),
      /msgs\/sec/,
    );
  });

  test("checks the server and the account", async () => {
    assert.match(await ok("account", "info"), /JetStream Account Information/);
    assert.match(await ok("server", "check", "connection"), /OK/);
    assert.match(await ok("server", "check", "jetstream"), /OK/);
    assert.match(await ok("rtt"), /[0-9.]+(?:µs|ms)/);
  });

  test("schedules a message", async () => {
    await ok(
      "stream",
      "add",
      "LATER",
      "--subjects",
      "later.>",
      "--defaults",
      "--allow-msg-ttl",
      "--allow-schedules",
    );
    const headers = [
      "-H",
      "Nats-Schedule:@at 2126-01-01T00:00:00Z",
      "-H",
      "Nats-Schedule-Target:later.now",
    ];
    await ok("pub", "later.plan", "in a hundred years", "--jetstream", ...headers);
    const info = JSON.parse(await ok("stream", "info", "LATER", "--json"));
    assert.equal(info.state.messages, 1);
  });

  test("keeps what it needs to connect in a context", async () => {
    const save = ["context", "save", "here", "--description", "a test", "--select"];
    const { status, text } = await run(save, "", ["--server", server.url]);
    assert.equal(status, 0, text);
    assert.match((await run(["account", "info"], "", [])).text, /JetStream Account Information/);
  });

  test("connects with the credentials of an operator's user", async () => {
    const operator = new Operator();
    const account = createAccount();
    await operator.account("A", account, { limits: { mem_storage: -1, disk_storage: -1 } });
    const config = `jetstream: enabled\n${await operator.config("MEMORY")}`;
    await using strict = await TestServer.start(program, { config });
    const { key, jwt } = await makeUser(account);
    await writeFile(join(home, "user.creds"), await fmtCreds(jwt, key));
    const save = ["context", "save", "strict", "--creds", join(home, "user.creds")];
    const saved = await run(save, "", ["--server", strict.url]);
    assert.equal(saved.status, 0, saved.text);
    const info = await run(["account", "info"], "", ["--context", "strict"]);
    assert.ok(info.text.includes(account.getPublicKey()), info.text);
    const stranger = await run(["account", "info"], "", ["--server", strict.url]);
    assert.notEqual(stranger.status, 0);
    assert.match(stranger.text, /Authorization Violation/);
  });
}
