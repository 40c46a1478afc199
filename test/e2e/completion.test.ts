import assert from "node:assert/strict";
import { execFile, spawnSync } from "node:child_process";
import { chmod, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { oxbow, RunningCommand } from "./support/command.ts";

/**
 * Goal: a shell completes commands, options and names. Method: real shells run the scripts that `oxbow completion` prints,
 * and tell what they would offer; what they would draw is their own business.
 */
const run = promisify(execFile);
const command = fileURLToPath(new URL("../../packages/cli/bin/oxbow.js", import.meta.url));
let directory = "";
let server: RunningCommand;
let env: NodeJS.ProcessEnv = {};

before(async () => {
  directory = await mkdtemp(join(tmpdir(), "oxbow-completion-"));
  server = new RunningCommand(["start", "--port", "0", "--memory", "--json"], { cwd: directory });
  const { url } = await server.event<{ url: string }>();
  const shim = join(directory, "bin/oxbow");
  await mkdir(join(directory, "bin"));
  await writeFile(shim, `#!/bin/sh\nexec "${process.execPath}" "${command}" "$@"\n`);
  await chmod(shim, 0o755);
  const { PATH = "" } = process.env;
  env = { PATH: `${join(directory, "bin")}:${PATH}`, OXBOW_URL: url, XDG_CONFIG_HOME: directory };
  const own = { OXBOW_URL: url, XDG_CONFIG_HOME: directory };
  for (const line of [
    "station create prod.orders",
    "station create prod.events",
    "group create prod.orders billing",
    "user create ann --role admin",
    "context add local --server nats://127.0.0.1:1",
    // What a shell could take for a command.
    "stream create prod$(id) --subjects a",
    "stream create prod`id` --subjects b",
  ]) {
    assert.equal((await oxbow(line.split(" "), { env: own })).status, 0, line);
  }
});
after(async () => {
  await server[Symbol.asyncDispose]();
  await rm(directory, { recursive: true });
});

/** What a shell offers behind words, the last of which is being written. */
type Offers = (...words: string[]) => Promise<readonly string[]>;

/** Of both shells alike. @param words - As bash splits them. */
async function offersAll(offers: Offers): Promise<void> {
  assert.deepEqual(await offers("quick"), ["quickstart"]);
  assert.deepEqual(await offers("station", "de"), ["describe", "delete", "defaults"]);
  assert.deepEqual(await offers("apply", "--pr"), ["--prune"]);
  assert.deepEqual(await offers("dead-letter", "list", "prod.orders", "--reason", "t"), [
    "terminated",
  ]);
  assert.deepEqual(await offers("completion", ""), ["bash", "zsh"]);
  assert.deepEqual(await offers("station", "describe", "prod."), ["prod.events", "prod.orders"]);
  assert.deepEqual(await offers("consume", "prod.orders", "--group", ""), ["billing"]);
  assert.deepEqual(await offers("group", "lag", "prod.orders", "b"), ["billing"]);
  assert.deepEqual(await offers("user", "show", ""), ["ann"]);
  assert.deepEqual(await offers("station", "list", "--context", ""), ["local"]);
  // What is to be made has a name that there is not, and a server that is away has none.
  assert.deepEqual(await offers("station", "create", "prod"), []);
  assert.deepEqual(await offers("station", "describe", "--context", "local", "prod"), []);
  assert.deepEqual(await offers("nothing", "of", "the", "kind"), []);
  assert.ok(!(await offers("stream", "info", "prod")).some((name) => /[$`]/.test(name)));
}

test("bash completes commands, options and names", async () => {
  const script = `
eval "$(oxbow completion bash)"
complete -p oxbow >/dev/null || exit 1
COMP_WORDS=(oxbow "$@"); COMP_CWORD=$#; _oxbow
for word in "\${COMPREPLY[@]}"; do printf '%s\\n' "$word"; done`;
  const offers: Offers = async (...words) => {
    const args = ["--norc", "-c", script, "bash", ...words];
    const { stdout, stderr } = await run("bash", args, { env, cwd: directory });
    assert.equal(stderr, "");
    return stdout.split("\n").filter((word) => word !== "");
  };
  await offersAll(offers);
  // To bash an = is a word of its own.
  assert.deepEqual(await offers("produce", "a", "--format", "=", "n"), ["ndjson"]);
  assert.deepEqual(await offers("produce", "a", "--format", "="), [
    "lines",
    "ndjson",
    "csv",
    "whole",
  ]);
  // Names of files it completes itself.
  assert.deepEqual(await offers("apply", "-f", "x"), []);
});

const isDemanded = (process.env["OXBOW_REQUIRE_PEERS"] ?? "") !== "";
const hasZsh = isDemanded || spawnSync("zsh", ["--version"]).status === 0;

test("zsh completes commands, options and names", {
  skip: hasZsh ? false : "there is no zsh",
}, async () => {
  const script = `
compdef() { [[ $1 == _oxbow && $2 == oxbow ]] || exit 1 }
compadd() { while [[ $1 != -- ]]; do shift; done; shift; print -rl -- "$@" }
_files() { print files }
eval "$(oxbow completion zsh)"
words=(oxbow "$@"); CURRENT=$#words; _oxbow || true`;
  const offers: Offers = async (...words) => {
    const { stdout, stderr } = await run("zsh", ["-f", "-c", script, "zsh", ...words], {
      env,
      cwd: directory,
    });
    assert.equal(stderr, "");
    return stdout.split("\n").filter((word) => word !== "");
  };
  await offersAll(offers);
  assert.deepEqual(await offers("produce", "a", "--format=n"), ["--format=ndjson"]);
  assert.deepEqual(await offers("apply", "-f", "x"), ["files"]);
});
