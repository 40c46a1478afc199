import assert from "node:assert/strict";
import { chmod, mkdir, mkdtemp, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { type CommandResult, oxbow, RunningCommand } from "./support/command.ts";

/** Goal: servers and credentials have names; nobody else reads them, and options and variables win over them. */
let directory = "";
let server: RunningCommand;
let url = "";

before(async () => {
  directory = await mkdtemp(join(tmpdir(), "oxbow-contexts-"));
  const options = [
    "--port",
    "0",
    "--memory",
    "--json",
    "--user",
    "ann",
    "--password",
    "s3cret-word",
  ];
  server = new RunningCommand(["start", ...options], { cwd: directory });
  ({ url } = await server.event<{ url: string }>());
});
after(async () => {
  await server[Symbol.asyncDispose]();
  await rm(directory, { recursive: true });
});

const run = (line: string, more: Readonly<Record<string, string>> = {}): Promise<CommandResult> =>
  oxbow(line.split(" "), { env: { XDG_CONFIG_HOME: directory, ...more }, cwd: directory });

async function succeed(line: string, more?: Readonly<Record<string, string>>): Promise<string> {
  const { status, stdout, stderr } = await run(line, more);
  assert.equal(status, 0, `${line}: ${stderr}`);
  return stdout;
}

async function fails(line: string, message: RegExp, more: Record<string, string> = {}) {
  const { status, stderr } = await run(line, more);
  assert.notEqual(status, 0, line);
  assert.match(stderr, message);
}

test("contexts are added, used, shown without their secrets, and removed", async () => {
  assert.match(await succeed("context list"), /^no contexts: add one/);
  const added = await run(`context add prod --server ${url} --user ann --password s3cret-word`);
  assert.equal(added.stdout, "added prod: oxbow context use prod\n");
  const path = join(directory, "oxbow/contexts/prod.json");
  assert.ok(added.stderr.includes(path));
  assert.equal((await stat(path)).mode & 0o777, 0o600);
  assert.equal((await stat(join(directory, "oxbow/contexts"))).mode & 0o777, 0o700);

  await fails("station list", /no server at|did not accept/, { OXBOW_URL: url });
  assert.match(await succeed("station list --context prod"), /^no stations/);
  assert.match(await succeed("station list", { OXBOW_CONTEXT: "prod" }), /^no stations/);
  assert.equal(await succeed("context use prod"), "prod is in use\n");
  assert.match(await succeed("station list"), /^no stations/);
  // Stations and dead letters go the way of all commands; so does what uses the client of stations.
  await succeed("station create orders");
  assert.equal(await succeed('produce orders {"id":1}'), "produced 1 message to orders\n");
  // Its credentials are for its own server.
  await fails(`station list --server ${url}`, /did not accept the credentials/);

  await writeFile(join(directory, "word"), "s3cret-word\n");
  await succeed(`context add file --server ${url} --user ann --password-file word --use`);
  assert.match(await succeed("station list"), /^orders/m);
  const list = await succeed("context list");
  assert.match(list, /^\* +file +nats:.* user ann/m);
  assert.match(list, /^ +prod +nats:.* user ann/m);
  const shown = JSON.parse(await succeed("context show prod --json"));
  assert.deepEqual([shown.name, shown.user, shown.password], ["prod", "ann", "…"]);
  assert.match(await succeed("context show"), /passwordFile +\/.*word$/m);
  assert.doesNotMatch(`${list}${await succeed("context list --json")}`, /s3cret-word/);

  await fails(`context add prod --server ${url}`, /there is a context prod: write --replace/);
  await fails("context add ../x --server a", /is no name for a context/);
  await fails("context add x --server http://a", /is no address of a server/);
  await fails("context add x --creds nowhere.creds", /nowhere\.creds can't be read/);
  await fails("context add x --user a --token b", /--user and --token exclude one another/);
  await fails("context use prot", /there is no context prot: did you mean prod\?/);
  await fails("context use", /write the name of one, or --none/);
  await chmod(path, 0o644);
  await fails("station list --context prod", /others can read it: chmod 600/);
  assert.equal(await succeed("context remove file"), "removed file\n");
  assert.equal(await succeed("context remove file"), "there was no context file\n");
  await fails("context show", /no context is in use/);
  await writeFile(path, '{"sevrer":"a"}', { mode: 0o600 });
  await fails("station list --context prod", /prod\.json has an unknown sevrer/);
});

test("contexts of the nats command are imported", async () => {
  const theirs = join(directory, "nats/context");
  await mkdir(theirs, { recursive: true });
  const plain = { description: "d", url, user: "ann", password: "s3cret-word", token: "", nsc: "" };
  const empty = { windows_ca_certs_match: null, tls_first: false, color_scheme: "blue" };
  await writeFile(join(theirs, "nats-cli.json"), JSON.stringify({ ...plain, ...empty }));
  await writeFile(join(theirs, "odd.json"), JSON.stringify({ url, nsc: "nsc://a/b/c" }));
  const { status, stdout, stderr } = await run("context import");
  assert.deepEqual([status, stdout], [1, "imported nats-cli\n"]);
  assert.match(stderr, /odd\.json: "nsc" is not known to oxbow: take it out/);
  await succeed("station list --context nats-cli");
  const kept = JSON.parse(await readFile(join(directory, "oxbow/contexts/nats-cli.json"), "utf8"));
  assert.deepEqual(kept, {
    description: "d",
    server: url,
    user: "ann",
    password: "s3cret-word",
  });
  await fails("context import nats-cli", /there is a context nats-cli: write --replace/);
  await fails("context import none", /the nats command has no context none/);
});
