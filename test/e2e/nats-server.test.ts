import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, readFileSync } from "node:fs";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { after, before, test } from "node:test";
import { fileURLToPath } from "node:url";
import { connect } from "@nats-io/transport-node";

const executable = fileURLToPath(new URL("../../packages/engine/bin/nats-server", import.meta.url));

let directory = "";

before(async () => {
  directory = await mkdtemp(join(tmpdir(), "oxbow-nats-server-"));
});
after(() => rm(directory, { recursive: true }));

test("an executable named nats-server serves what test launchers write", async () => {
  const ports = join(directory, "ports");
  await mkdir(ports);
  const file = join(directory, "launcher.conf");
  await writeFile(
    file,
    `port: -1
http: "127.0.0.1:-1"
host: 127.0.0.1
server_tags [
  id:4NUL
]
server_name: one
ports_file_dir: ${ports}
pid_file: ${join(directory, "pid")}
jetstream {
  store_dir: ${join(directory, "store")}
}
`,
  );
  const child = spawn(executable, ["-c", file], { stdio: ["ignore", "ignore", "pipe"] });
  const lines: string[] = [];
  try {
    for await (const line of createInterface({ input: child.stderr })) {
      lines.push(line);
      if (line.endsWith("[INF] Server is ready")) break;
    }
    const portsFile = join(ports, `nats-server_${child.pid}.ports`);
    const urls = JSON.parse(readFileSync(portsFile, "utf8")) as Record<string, [string]>;
    assert.match(urls["nats"]?.[0] ?? "", /^nats:\/\/127\.0\.0\.1:\d+$/);
    assert.equal(readFileSync(join(directory, "pid"), "utf8"), String(child.pid));

    const health = await fetch(`${urls["monitoring"]?.[0]}/healthz`);
    assert.deepEqual([health.status, await health.text()], [200, '{"status":"ok"}']);
    const varz = (await (await fetch(`${urls["monitoring"]?.[0]}/varz`)).json()) as object;
    const connection = await connect({ servers: urls["nats"]?.[0] ?? "" });
    assert.equal("version" in varz && varz.version, connection.info?.version);
    assert.equal("server_name" in varz && varz.server_name, "one");
    await connection.close();

    const exit = once(child, "exit");
    child.kill("SIGTERM");
    assert.deepEqual(await exit, [0, null]);
    assert.equal(existsSync(portsFile), false);
  } finally {
    child.kill("SIGKILL");
  }
});

test("streams of nats-server are not taken for an empty store", async () => {
  const store = join(directory, "foreign");
  await mkdir(join(store, "jetstream", "$G", "streams", "ORDERS"), { recursive: true });
  await writeFile(join(store, "jetstream", "$G", "streams", "ORDERS", "meta.inf"), "{}");
  const child = spawn(executable, ["-p", "-1", "-js", `--store_dir=${store}`], {
    stdio: ["ignore", "ignore", "pipe"],
  });
  const exit = once(child, "exit");
  const lines = await Array.fromAsync(createInterface({ input: child.stderr }));
  assert.deepEqual(await exit, [1, null]);
  assert.match(lines.at(-1) ?? "", /\[FTL\] .*foreign\/jetstream holds streams of nats-server/);
});

test("a pid file that can't be written ends the start; a ports file does not", async () => {
  const nowhere = join(directory, "nowhere", "file");
  const args = ["-a", "127.0.0.1", "-p", "-1"];
  const child = spawn(executable, [...args, "-P", nowhere], {
    stdio: ["ignore", "ignore", "pipe"],
  });
  const exit = once(child, "exit");
  const lines = await Array.fromAsync(createInterface({ input: child.stderr }));
  assert.deepEqual(await exit, [1, null]);
  assert.match(lines.at(-1) ?? "", /\[FTL\] Could not write pidfile: .*nowhere\/file/);

  const other = spawn(executable, [...args, "--ports_file_dir", nowhere], {
    stdio: ["ignore", "ignore", "pipe"],
  });
  try {
    const seen: string[] = [];
    for await (const line of createInterface({ input: other.stderr })) {
      seen.push(line);
      if (line.endsWith("[INF] Server is ready")) break;
    }
    assert.ok(seen.some((line) => /\[ERR\] Error writing ports file \(.*nowhere/.test(line)));
    const end = once(other, "exit");
    other.kill("SIGTERM");
    assert.deepEqual(await end, [0, null]);
  } finally {
    other.kill("SIGKILL");
  }
});

test("an unknown key keeps the server from starting, with its place", async () => {
  const file = join(directory, "wrong.conf");
  await writeFile(file, 'port: -1\nnope: true\nmax_payload: "1"\n');
  const child = spawn(executable, ["-c", file], { stdio: ["ignore", "ignore", "pipe"] });
  const exit = once(child, "exit");
  const lines = await Array.fromAsync(createInterface({ input: child.stderr }));
  assert.deepEqual(await exit, [1, null]);
  assert.deepEqual(lines, [
    `nats-server: ${file}:2:1: unknown field "nope"`,
    `${file}:3:1: max_payload needs an integer`,
  ]);
});
