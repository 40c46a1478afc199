import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { createInterface } from "node:readline";
import { after, afterEach, before, test } from "node:test";
import { fileURLToPath } from "node:url";
import { connect, type NatsConnection } from "@nats-io/transport-node";
import { DeadLetters } from "@oxbow/platform";
import { createMemphisInstance, type Memphis } from "memphis-dev";
import { oxbow, RunningCommand } from "./support/command.ts";

interface Ready {
  readonly url: string;
  readonly port: number;
  readonly memphisPort: number;
}

const examples = join(
  dirname(createRequire(import.meta.url).resolve("memphis-dev")),
  "../examples",
);
const modules = fileURLToPath(new URL("../../node_modules", import.meta.url));

let directory = "";

before(async () => {
  directory = await mkdtemp(join(tmpdir(), "oxbow-memphis-"));
});
after(() => rm(directory, { recursive: true }));

function start(...args: string[]): RunningCommand {
  const ports = ["--port", "0", "--memphis-port", "0"];
  return new RunningCommand(["start", "--json", ...ports, ...args], { cwd: directory });
}

/** Runs an example of the SDK with its placeholders filled in. */
async function runExample(name: string, port: number): Promise<ChildProcess> {
  const text = await readFile(join(examples, name), "utf8");
  const filled = text
    .replace("'<memphis-host>'", `'localhost', port: ${port}`)
    .replace("<application type username>", "root")
    .replace("<station-name>", "Example.Station")
    .replace(/<(?:producer|consumer)-name>/, "example")
    .replace("'<key>', '<value>'", "'key', 'value'");
  const file = join(directory, name);
  await writeFile(file, filled);
  const child = spawn(process.execPath, [file], {
    env: { ...process.env, NODE_PATH: modules, NODE_OPTIONS: "" },
    stdio: ["ignore", "pipe", "inherit"],
  });
  return child;
}

/** SDKs that are to be closed: one that is left open keeps the process alive. */
const clients: Memphis[] = [];
afterEach(async () => {
  await Promise.all(clients.splice(0).map((client) => client.close()));
});

async function connectMemphis(port: number, password = "memphis"): Promise<Memphis> {
  const memphis = createMemphisInstance();
  await memphis.connect({
    host: "127.0.0.1",
    port,
    username: "root",
    password,
    suppressLogs: true,
    timeoutMs: 20_000,
  });
  clients.push(memphis);
  return memphis;
}

/** Closes a connection when it is disposed of. */
function disposable(client: NatsConnection): NatsConnection & AsyncDisposable {
  return Object.assign(client, { [Symbol.asyncDispose]: () => client.close() });
}

test("the examples of Memphis run as they are", async () => {
  await using server = start("--memory");
  const { memphisPort } = await server.event<Ready>();
  const consumer = await runExample("consumer.js", memphisPort);
  const heard = createInterface({ input: consumer.stdout! })[Symbol.asyncIterator]();
  const producer = await runExample("producer.js", memphisPort);
  assert.deepEqual((await once(producer, "exit"))[0], 0);
  try {
    assert.equal((await heard.next()).value, "Message: Hello world");
  } finally {
    consumer.kill();
    await once(consumer, "exit");
  }
});

test("what clients of Memphis make holds for everybody", async () => {
  await using server = start("--data", "everybody");
  const { url, memphisPort } = await server.event<Ready>();
  const memphis = await connectMemphis(memphisPort);
  await using client = disposable(await connect({ servers: url }));
  const schemaFilePath = join(directory, "schema.json");
  await writeFile(schemaFilePath, '{"type":"object","required":["id"]}');
  await memphis.createSchema({ schemaName: "order", schemaType: "json", schemaFilePath });
  await memphis.station({ name: "orders", schemaName: "order", partitionsNumber: 2 });
  const of = { stationName: "orders", producerName: "p", asyncProduce: false };
  await memphis.produce({ ...of, message: { id: 1 } });
  await assert.rejects(memphis.produce({ ...of, message: { name: 1 } }));
  const dead = await DeadLetters.open(client);
  const letters = async (count: number): Promise<string[]> => {
    for (;;) {
      const page = await dead.list({ station: "orders" });
      if (page.letters.length >= count) return page.letters.map(({ reason }) => reason);
    }
  };
  assert.deepEqual(await letters(1), ["refused"]);
  const ask = async (station: string): Promise<string> =>
    (await client.request(station, '{"by":"NATS"}')).string();
  assert.match(await ask("orders"), /refused by the schema order v1 of station orders/);
  await letters(2);
  // What the SDK was answered holds for the message right behind the answer.
  await memphis.station({ name: "later" });
  for (let turn = 0; turn < 5; turn++) {
    await memphis.enforceSchema({ name: "order", stationName: "later" });
    assert.match(await ask("later"), /refused by the schema order v1 of station later/);
    await memphis.detachSchema({ stationName: "later" });
    assert.match(await ask("later"), /"seq":/);
  }
});

test("a port that is taken is told of, and so is what makes no sense", async () => {
  await using server = start("--memory");
  const { port } = await server.event<Ready>();
  const taken = await oxbow(["start", "--memory", "--port", "0", "--memphis-port", String(port)]);
  assert.equal(taken.status, 1);
  assert.match(
    taken.stderr,
    new RegExp(`port ${port} on 127.0.0.1 is in use: .* write --memphis-port 0`),
  );
  const same = await oxbow(["start", "--port", "6666", "--memphis-port", "6666"]);
  assert.equal(same.status, 2);
  assert.match(same.stderr, /port 6666 is that of all other clients/);
  const without = await oxbow(["start", "--platform", "off", "--memphis-port", "6666"]);
  assert.match(without.stderr, /clients of Memphis need --platform on/);
});

test("clients of Memphis need credentials where others do", async () => {
  await using server = start("--memory", "--user", "root", "--password", "S3cret!pass");
  const { memphisPort } = await server.event<Ready>();
  await assert.rejects(connectMemphis(memphisPort, "wrong"), /Authorization Violation/);
  const memphis = await connectMemphis(memphisPort, "S3cret!pass");
  await memphis.station({ name: "with.password" });
});

test("a server that stops lets clients of Memphis go, and starts with what they made", async () => {
  for (const run of [1, 2]) {
    await using server = start("--data", "stopped");
    const { memphisPort } = await server.event<Ready>();
    const memphis = await connectMemphis(memphisPort);
    const of = { stationName: "kept", producerName: "p", asyncProduce: false };
    await memphis.produce({ ...of, message: String(run) });
    const consumer = await memphis.consumer({
      stationName: "kept",
      consumerName: `c${run}`,
      batchSize: run,
    });
    const texts: string[] = [];
    while (texts.length < run) {
      for (const message of await consumer.fetch({ batchSize: run - texts.length })) {
        message.ack();
        texts.push(Buffer.from(message.getData()).toString());
      }
    }
    assert.deepEqual(texts, ["1", "2"].slice(0, run));
    assert.equal((await server.stop("SIGTERM")).status, 0);
  }
});
