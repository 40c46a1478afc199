import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
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
async function start(): Promise<(line: string, stdin?: string) => Promise<string>> {
  const server = new RunningCommand(["start", "--port", "0", "--memory", "--json"], {
    cwd: directory,
  });
  servers.push(server);
  const { url } = await server.event<{ url: string }>();
  return async (line, stdin = "") => {
    const options = { env: { OXBOW_URL: url }, stdin, cwd: directory };
    const { status, stdout, stderr } = await oxbow(line.split(" "), options);
    return status === 0 ? stdout : `${stdout}${stderr}`;
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
