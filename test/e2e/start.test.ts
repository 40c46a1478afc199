import assert from "node:assert/strict";
import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { oxbow, RunningCommand } from "./support/command.ts";

interface Ready {
  readonly event: string;
  readonly url: string;
  readonly host: string;
  readonly port: number;
  readonly data: string | null;
  readonly sync: string;
  readonly pid: number;
}

let directory = "";

before(async () => {
  directory = await mkdtemp(join(tmpdir(), "oxbow-start-"));
});
after(() => rm(directory, { recursive: true }));

function start(...args: string[]): RunningCommand {
  return new RunningCommand(["start", "--port", "0", ...args], { cwd: directory });
}

test("says where it is, what it keeps where, and how to connect", async () => {
  await using server = start("--data", "said");
  const lines: string[] = [];
  while (lines.at(-1)?.includes("stop") !== true) lines.push(await server.line());
  const text = lines.join("\n");
  const url = /address +(nats:\/\/127\.0\.0\.1:\d+)$/m.exec(text)?.[1];
  assert.ok(url !== undefined, text);
  assert.match(text, new RegExp(`data +${join(directory, "said")}$`, "m"));
  assert.match(text, /sync +always: an acknowledged message is on disk$/m);
  assert.match(text, new RegExp(`connect +oxbow sub ">" --server ${url}`, "m"));
  assert.equal((await oxbow(["pub", "a", "b", "--server", url])).status, 0);
  assert.equal((await server.stop("SIGINT")).status, 0);
});

test("tells machines in JSON when it is ready and when it has stopped", async () => {
  await using server = start("--json", "--data", "told", "--sync", "interval:100");
  const ready = await server.event<Ready>();
  const { event, host, port, url, data, sync } = ready;
  assert.deepEqual(
    { event, host, url, data, sync },
    {
      event: "ready",
      host: "127.0.0.1",
      url: `nats://127.0.0.1:${port}`,
      data: join(directory, "told"),
      sync: "interval:100",
    },
  );
  const stopping = server.stop("SIGTERM");
  const stopped = await server.event<Record<string, unknown>>();
  assert.deepEqual(Object.keys(stopped), ["event", "commits", "syncs", "records"]);
  assert.equal((await stopping).status, 0);
});

test("keeps what was stored over a restart, and its sequences", async () => {
  const args = ["--json", "--data", "kept"];
  {
    await using server = start(...args);
    const env = { OXBOW_URL: (await server.event<Ready>()).url };
    await oxbow(["stream", "create", "KEPT", "--subjects", "kept"], { env });
    const { stdout } = await oxbow(["pub", "kept", "one", "--jetstream"], { env });
    assert.equal(stdout, "stored 1 message in KEPT as 1\n");
  }
  await using server = start(...args);
  const env = { OXBOW_URL: (await server.event<Ready>()).url };
  assert.match((await oxbow(["stream", "get", "KEPT", "1"], { env })).stdout, /\none\n$/);
  const { stdout } = await oxbow(["pub", "kept", "two", "--jetstream"], { env });
  assert.equal(stdout, "stored 1 message in KEPT as 2\n");
});

test("refuses a data directory that another server has, and names that one", async () => {
  await using server = start("--json", "--data", "shared");
  const { pid } = await server.event<Ready>();
  const second = await oxbow(["start", "--port", "0", "--data", "shared"], { cwd: directory });
  assert.equal(second.status, 1);
  const line = `oxbow: the data directory shared is in use by the process ${pid}: stop it, or write --data with another directory\n`;
  assert.equal(second.stderr, line);
});

test("says so when the port is taken", async () => {
  await using server = start("--json", "--memory");
  const { port } = await server.event<Ready>();
  const args = ["start", "--memory", "--port", String(port)];
  const second = await oxbow(args, { cwd: directory });
  assert.equal(second.status, 1);
  const line = `oxbow: port ${port} on 127.0.0.1 is in use: stop what listens there, or write --port 0 to pick a free one\n`;
  assert.equal(second.stderr, line);
});

test("with --memory nothing is written", async () => {
  const files = await readdir(directory);
  await using server = start("--json", "--memory");
  const ready = await server.event<Ready>();
  assert.equal(ready.data, null);
  assert.equal(ready.sync, "memory");
  const env = { OXBOW_URL: ready.url };
  await oxbow(["stream", "create", "GONE", "--subjects", "gone"], { env });
  assert.equal((await server.stop("SIGTERM")).status, 0);
  assert.deepEqual(await readdir(directory), files);
});

test("reads a configuration file, and asks for the credentials in it", async () => {
  const path = join(directory, "oxbow.conf");
  await writeFile(
    path,
    "port: -1\nSECRET: s3cret\nauthorization { token: $SECRET }\njetstream { store_dir: from-file }\n",
  );
  await using server = new RunningCommand(["start", "--config", path, "--json"], {
    cwd: directory,
  });
  const { url, data } = await server.event<Ready>();
  assert.equal(data, join(directory, "from-file"));
  const refused = await oxbow(["pub", "a", "b", "--server", url]);
  assert.match(refused.stderr, /did not accept the credentials/);
  assert.equal((await oxbow(["pub", "a", "b", "--server", url, "--token", "s3cret"])).status, 0);
});

test("encrypts the data with a key from a file, and changes the key", async () => {
  const canary = "canary-of-the-start";
  await writeFile(join(directory, "first.key"), "the first secret\n");
  await writeFile(join(directory, "second.key"), "the second secret\n");
  {
    await using server = start("--json", "--data", "locked", "--encryption-key-file", "first.key");
    const { url } = await server.event<Ready>();
    assert.equal(
      (await oxbow(["stream", "create", "S", "--subjects", canary, "--server", url])).status,
      0,
    );
    assert.equal((await oxbow(["pub", canary, canary, "--server", url])).status, 0);
    assert.equal((await server.stop("SIGTERM")).status, 0);
  }
  assert.deepEqual(await filesWith(join(directory, "locked"), canary), []);
  {
    await using server = start("--data", "locked");
    const { status, stderr } = await server.ended();
    assert.notEqual(status, 0);
    assert.match(stderr, /is encrypted: give the key it was encrypted with/);
  }
  const change = ["--encryption-key-file", "second.key"];
  await using server = new RunningCommand(
    ["start", "--port", "0", "--json", "--data", "locked", ...change],
    { cwd: directory, env: { OXBOW_ENCRYPTION_PREVIOUS_KEY: "the first secret" } },
  );
  const { url } = await server.event<Ready>();
  const { stdout } = await oxbow(["stream", "info", "S", "--server", url]);
  assert.match(stdout, new RegExp(canary));
});

/** Files below `path` that hold `text`. */
async function filesWith(path: string, text: string): Promise<string[]> {
  const names = await readdir(path, { recursive: true, withFileTypes: true });
  const found: string[] = [];
  for (const entry of names) {
    if (!entry.isFile()) continue;
    const file = join(entry.parentPath, entry.name);
    if ((await readFile(file)).includes(text)) found.push(file);
  }
  return found;
}

test("keeps what it compiled for the process that begins again with other flags", async () => {
  const cache = join(directory, "compiled");
  await using server = new RunningCommand(["start", "--port", "0", "--memory", "--json"], {
    cwd: directory,
    env: { NODE_COMPILE_CACHE: cache },
  });
  await server.event<Ready>();
  assert.equal((await server.stop("SIGTERM")).status, 0);
  const kept = await Promise.all(
    (await readdir(cache)).map(async (name) => (await readdir(join(cache, name))).length),
  );
  // One for the flags of each: without it, types are stripped again at every start.
  assert.equal(kept.length, process.execve === undefined ? 1 : 2);
  assert.ok(Math.min(...kept) > 0, `${kept}`);
});
