import assert from "node:assert/strict";
import { mkdtemp, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { oxbow, RunningCommand } from "./support/command.ts";

/** Goal: a file says what there is to be; applied again it changes nothing, and what is exported makes the same elsewhere. */
let directory = "";
const servers: RunningCommand[] = [];

before(async () => {
  directory = await mkdtemp(join(tmpdir(), "oxbow-apply-"));
});
after(async () => {
  for (const server of servers) await server[Symbol.asyncDispose]();
  await rm(directory, { recursive: true });
});

/** Starts a server; gives what runs a command on it, and gives what it prints. */
async function start(
  more: Readonly<Record<string, string>> = {},
): Promise<(line: string, stdin?: string) => Promise<string>> {
  const server = new RunningCommand(["start", "--port", "0", "--memory", "--json"], {
    cwd: directory,
  });
  servers.push(server);
  const { url } = await server.event<{ url: string }>();
  return async (line, stdin = "") => {
    const options = { env: { OXBOW_URL: url, ...more }, stdin, cwd: directory };
    const { stdout, stderr } = await oxbow(line.split(" "), options);
    return `${stdout}${stderr}`;
  };
}

const file = (id: string, more = ""): string => `
schemas:
  order:
    format: json
    compatibility: none
    text: '{"type":"object","properties":{"id":{"type":"${id}"}}}'
stations:
  prod.orders:
    partitions: 2
    maxAge: 30d
    deadLetters: [refused, exhausted]
    schema: order
    groups:
      billing: { maxDeliveries: 5, keys: [us.>, eu.>] }
      audit: { from: now }
  events: {${more}}
`;

test("apply makes what a file says, shows it before, and does nothing the second time", async () => {
  const run = await start();
  await writeFile(join(directory, "stations.yaml"), file("integer"));
  const plan = [
    "+ schema order: format json, compatibility none",
    "+ station prod.orders: partitions 2, maxAge 30d, deadLetters refused exhausted",
    "+ schema of station prod.orders: schema order, version active, mode enforce",
    "+ group prod.orders / billing: keys us.> eu.>, maxDeliveries 5",
    "+ group prod.orders / audit",
    "+ station events",
  ];
  const dry = await run("apply -f stations.yaml --dry-run");
  assert.equal(dry, `${[...plan, "6 changes to make"].join("\n")}\n`);
  assert.match(await run("station list"), /^no stations/);
  assert.equal(await run("apply -f stations.yaml"), `${[...plan, "6 changes made"].join("\n")}\n`);
  assert.equal(await run("apply -f stations.yaml"), "nothing to change\n");

  // What is not named stays as it is; what is, becomes as the file has it.
  await run("group edit prod.orders billing --max-deliveries 7 --description kept");
  await writeFile(
    join(directory, "stations.yaml"),
    file("string", " maxBytes: 1GiB, schema: none"),
  );
  const changes = [
    "~ schema order: active version 1 -> the text of the file",
    "~ group prod.orders / billing: maxDeliveries 7 -> 5",
    "~ station events: maxBytes none -> 1GiB",
  ];
  assert.equal(
    await run("apply -f -", file("string", " maxBytes: 1GiB, schema: none")),
    `${[...changes, "3 changes made"].join("\n")}\n`,
  );
  assert.match(await run("group describe prod.orders billing"), /description +kept/);
  assert.equal(JSON.parse(await run("schema show order --json")).activeVersion, 2);

  // Back to the text before: that is the version that there was.
  await run("apply -f -", file("integer"));
  assert.equal(JSON.parse(await run("schema show order --json")).activeVersion, 1);
});

test("what can't be made so is refused, and says why", async () => {
  const run = await start();
  await run("station create fixed");
  await run("group create fixed g");
  const edit = await run("apply -f -", "stations: { fixed: { partitions: 3 } }");
  assert.match(edit, /oxbow: partitions can't be changed from 1 to 3/);
  const moved = await run("apply -f -", "stations: { fixed: { groups: { g: { from: now } } } }");
  assert.match(moved, /group fixed \/ g has started elsewhere: .*oxbow group rewind fixed g/);
  assert.match(await run("apply -f nowhere.yaml"), /nowhere\.yaml can't be read/);
});

test("what is exported makes the same elsewhere", async () => {
  const [one, other] = [await start(), await start()];
  assert.match(await one("apply -f -", file("integer", " keepPerKey: 3")), /6 changes made/);
  await one("stream create PLAIN --subjects plain");
  const exported = await one("export");
  assert.doesNotMatch(exported, /PLAIN/);
  assert.equal(await one("apply -f -", exported), "nothing to change\n");
  assert.match(await other("apply -f -", exported), /6 changes made/);
  assert.equal(await other("export"), exported);
  assert.equal(await other("apply -f -", await one("export --json")), "nothing to change\n");
});

const accounts = `
tenants:
  acme:
    streams: 10
    users:
      carl: { role: owner }
users:
  ann: { role: admin, password: { env: ANN } }
  shop: { write: [prod.*], expires: 2100-01-01T00:00:00Z }
  ci: { password: none, disabled: true }
`;

test("users and tenants come from a file, and passwords are told once", async () => {
  const run = await start({ ANN: "of ann's choice" });
  const dry = await run("apply -f - --dry-run", accounts);
  assert.equal(
    dry,
    `+ tenant acme: streams 10
+ user acme / carl: role owner, password random
+ user ann: role admin, password that of $ANN
+ user shop: write prod.*, expires 2100-01-01T00:00:00.000Z, password random
+ user ci: disabled true, password none
5 changes to make
`,
  );
  const done = await run("apply -f - --passwords made.txt", accounts);
  assert.match(done, /^5 changes made$/m);
  const path = join(directory, "made.txt");
  const made = await readFile(path, "utf8");
  assert.match(made, /^carl\$acme \S{32}\nshop \S{32}\n$/);
  assert.equal((await stat(path)).mode & 0o777, 0o600);
  const [, shopPassword = ""] = /^shop (.*)$/m.exec(made) ?? [];
  const [, carlPassword = ""] = /^carl\$acme (.*)$/m.exec(made) ?? [];
  assert.equal(done.includes(shopPassword) || done.includes("of ann's choice"), false);
  const asCarl = `--user carl$acme --password ${carlPassword}`;
  assert.match(await run(`station list ${asCarl}`), /^no stations/);
  assert.match(
    await run(`user list --user shop --password ${shopPassword}`),
    /may not manage users/,
  );
  assert.equal(await run("apply -f -", accounts), "nothing to change\n");

  // What is to be another becomes so, a password that stands elsewhere too.
  const changed = accounts
    .replace("[prod.*]", "[prod.*, test.*]")
    .replace("password: none, ", "")
    .replace("env: ANN", "file: ann.txt")
    .replace("streams: 10", "streams: none");
  await writeFile(join(directory, "ann.txt"), "another one\n");
  const path2 = join(directory, "accounts.yaml");
  await writeFile(path2, changed);
  assert.equal(
    await run(`apply -f ${path2}`),
    `~ tenant acme: streams 10 -> none
~ user ann: password another -> that of ${join(directory, "ann.txt")}
~ user shop: write prod.* -> prod.* test.*
3 changes made
`,
  );
  assert.equal(await run(`apply -f ${path2}`), "nothing to change\n");

  // What is exported is what there is, and makes it elsewhere; no secret is in it.
  const exported = await run("export");
  assert.doesNotMatch(exported, /another one|scrypt|digest/);
  assert.equal(await run("apply -f -", exported), "nothing to change\n");
  const other = await start();
  assert.match(await other("apply -f -", exported), /^ {2}password of shop: \S{32}$/m);
  assert.equal(await other("export"), exported);
  const seen = await run(`export ${asCarl}`);
  assert.match(seen, /users:\n {2}carl:/);
  assert.match(seen, /oxbow export: without tenants, which you may not list: /);
  await run("user create ops --role operator");
  const { password } = JSON.parse(await run("user password ops --json"));
  const less = await run(`export --user ops --password ${password}`);
  assert.match(
    less,
    /^stations: \{\}\noxbow export: without users, which .*\n.*without tenants, /m,
  );
});

test("what a file does not name is taken out only when that is said", async () => {
  const run = await start();
  await run("apply -f -", file("integer"));
  await run("apply -f -", accounts.replace(", password: { env: ANN }", ""));
  await run("stream create PLAIN --subjects plain");
  await run('produce prod.orders {"id":1}');
  const rest = `
schemas: {}
stations:
  events: { groups: {} }
`;
  assert.equal(await run("apply -f -", rest), "nothing to change\n");
  const plan = await run("apply -f - --prune --dry-run", rest);
  assert.equal(
    plan,
    `- station prod.orders: messages 1 -> gone, groups audit billing -> gone
- schema order
2 changes to make
`,
  );
  assert.match(await run("apply -f - --prune", rest), /2 changes made/);
  assert.equal(await run("apply -f - --prune", rest), "nothing to change\n");
  assert.match(await run("station list"), /PLAIN/);

  // Of users and tenants nothing was said; now it is.
  const { password } = JSON.parse(await run("user password ann --json"));
  const asAnn = `--user ann --password ${password}`;
  assert.match(
    await run(`apply -f - --prune ${asAnn}`, "users: {}"),
    /--prune would take out ann, as whom you apply this/,
  );
  assert.equal(
    await run("apply -f - --prune", "tenants: {}\nusers: { ann: {} }"),
    `- user acme / carl
- tenant acme: stations all of its -> gone
- user ci
- user shop
4 changes made
`,
  );
  assert.match(
    await run("apply -f - --prune --dry-run", `${file("integer")}`.replace("schema: order", "")),
    /station prod.orders/,
  );
});

test("a schema that something uses which stays is not pruned", async () => {
  const run = await start();
  await run("apply -f -", file("integer"));
  const refused = await run("apply -f - --prune", "schemas: {}");
  assert.match(refused, /would delete the schema order, which the station prod.orders uses/);
  const detached =
    "schemas: {}\nstations: { prod.orders: { schema: none, groups: { audit: {} } } }";
  assert.equal(
    await run("apply -f - --prune --json", detached),
    `{"action":"remove","target":"schema of station prod.orders","changes":[]}
{"action":"remove","target":"group prod.orders / billing","changes":[]}
{"action":"remove","target":"station events","changes":[{"name":"messages","before":"0","after":"gone"}]}
{"action":"remove","target":"schema order","changes":[]}
{"isDryRun":false,"steps":4}
`,
  );
});

test("what stations are like where nobody says so is in the file, too", async () => {
  const run = await start();
  const defaults = "defaults: { autoCreate: true, maxAge: 1d, partitions: 2 }\nstations: { a: {} }";
  assert.equal(
    await run("apply -f -", defaults),
    `~ defaults of stations: autoCreate false -> true, partitions none -> 2, maxAge none -> 1d
+ station a
2 changes made
`,
  );
  assert.equal(JSON.parse(await run("station describe a --json")).settings.partitions, 2);
  assert.equal(await run("apply -f -", defaults), "nothing to change\n");
  assert.equal(
    await run("apply -f -", "defaults: { autoCreate: false }"),
    "~ defaults of stations: autoCreate true -> false\n1 change made\n",
  );
  const exported = await run("export");
  assert.match(exported, /^defaults:\n {2}autoCreate: false\n {2}partitions: 2\n {2}maxAge: 1d$/m);
  const other = await start();
  await other("apply -f -", exported);
  assert.equal(await other("export"), exported);
});
