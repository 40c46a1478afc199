import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { eventually } from "../interop/support/deadline.ts";
import { type CommandResult, oxbow, RunningCommand } from "./support/command.ts";

/** Goal: what a user does with the platform, by the command, on a server that the command has started. */
let directory = "";
let server: RunningCommand;
let env: Readonly<Record<string, string>> = {};

before(async () => {
  directory = await mkdtemp(join(tmpdir(), "oxbow-stations-"));
  server = new RunningCommand(["start", "--port", "0", "--memory", "--json"], { cwd: directory });
  env = { OXBOW_URL: (await server.event<{ url: string }>()).url };
});
after(async () => {
  await server[Symbol.asyncDispose]();
  await rm(directory, { recursive: true });
});

const run = (line: string, stdin = "", args: readonly string[] = []): Promise<CommandResult> =>
  oxbow([...line.split(" "), ...args], { env, stdin, cwd: directory });

async function succeed(line: string, stdin = "", args: readonly string[] = []): Promise<string> {
  const { status, stdout, stderr } = await run(line, stdin, args);
  assert.equal(status, 0, `${line}: ${stderr}`);
  return stdout;
}

async function json<T>(line: string, stdin = ""): Promise<T> {
  return JSON.parse(await succeed(`${line} --json`, stdin)) as T;
}

async function fails(line: string, message: RegExp, stdin = ""): Promise<void> {
  const { status, stderr } = await run(line, stdin);
  assert.equal(status, 1, line);
  assert.match(stderr, message);
}

test("the first minute: a station, a message, a group", async () => {
  assert.match(await succeed("station create first"), /^created first\n/);
  assert.equal(await succeed("produce first", '{"id":1}\n'), "produced 1 message to first\n");
  {
    await using consumer = new RunningCommand(["consume", "first", "--group", "billing"], { env });
    assert.equal(await consumer.line(), '{"id":1}');
    assert.equal((await consumer.stop("SIGINT")).status, 0);
  }
  assert.equal(await succeed("produce first", '{"id":2}\n'), "produced 1 message to first\n");
  assert.equal(await succeed("consume first --group billing --count 1"), '{"id":2}\n');
  assert.match(await succeed("group lag first billing"), /^0 messages behind\n/);
});

test("stations are created, listed, described, edited, purged and deleted", async () => {
  await succeed("station create prod.events --partitions 3 --max-age forever --keep-per-key 1");
  await succeed("station create prod.events --partitions 3 --max-age forever --keep-per-key 1");
  await fails("station create prod.events", /^oxbow: there is a station prod.events with other/);
  assert.match(await succeed("station list"), /^prod\.events +3 +0 +0 B +for ever$/m);
  await succeed("produce prod.events", "a\nb\nc\n", ["--key", "k.{#}"]);
  const described = await json<{ messages: number; schema: unknown }>(
    "station describe prod.events",
  );
  assert.equal(described.messages, 3);
  assert.equal(described.schema, null);
  assert.match(await succeed("station describe prod.events"), /^partition +messages/m);
  const edited = await json<{ settings: Record<string, unknown> }>(
    "station edit prod.events --max-bytes 1MiB --dead-letters none",
  );
  assert.equal(edited.settings["maxBytes"], 1024 * 1024);
  assert.deepEqual(edited.settings["deadLetterReasons"], []);
  await fails("station edit prod.events --partitions 4", /partitions can't be changed from 3 to 4/);
  assert.equal(
    await succeed("station purge prod.events --key k.1"),
    "removed 1 message from prod.events\n",
  );
  assert.deepEqual(await json("station purge prod.events"), { purged: 2 });
  assert.equal(
    await succeed("station remove prod.events 1 2"),
    "removed 0 messages, 2 messages of these not there\n",
  );
  assert.equal(
    await succeed("station purge prod.events --dead-letters"),
    "removed 0 dead letters of prod.events\n",
  );
  assert.equal(await succeed("station delete prod.events"), "deleted prod.events\n");
  assert.equal(await succeed("station delete prod.events"), "there was no station prod.events\n");
  await fails("station describe prod.events", /^oxbow: there is no station prod\.events$/m);
});

test("stations have tags, and defaults", async () => {
  await succeed(
    "station create tagged --tags eu,billing --duplicates-by content --duplicate-window kept",
  );
  assert.match(await succeed("station list --tag billing"), /^tagged /m);
  assert.equal(
    await succeed("station list --tag us"),
    'no stations: create one with "oxbow station create NAME"\n',
  );
  const described = await succeed("station describe tagged");
  assert.match(described, /^ +tags +billing, eu$/m);
  assert.match(described, /^ +contents remembered +as long as kept$/m);
  await succeed("produce tagged", "a\na\nb\n");
  assert.deepEqual(await json("station purge tagged"), { purged: 2 });
  const kept = "station edit tagged --until-acknowledged";
  assert.match(await succeed(kept), /until every group has acknowledged/);
  await fails("produce self", /there is no station self/, "a");
  assert.match(
    await succeed("station defaults --auto-create on --max-age 1d"),
    /made by producing +yes\n +maxAge +1d/,
  );
  assert.equal(await succeed("produce self", "a"), "produced 1 message to self\n");
  assert.match(await succeed("station describe self"), /^ +kept +for 1d;/m);
  assert.match(
    await succeed("station defaults --reset --auto-create off"),
    /made by producing +no\n$/,
  );
});

test("groups are created, paused, rewound and deleted", async () => {
  await succeed("station create grouped");
  await succeed("produce grouped", "1\n2\n3\n");
  await succeed("group create grouped audit --from last:1 --max-deliveries none --backoff 1s,5s");
  const audit = await json<{ settings: Record<string, unknown>; waiting: number }>(
    "group describe grouped audit",
  );
  assert.equal(audit.settings["maxDeliveries"], null);
  assert.deepEqual(audit.settings["backoffMs"], [1_000, 5_000]);
  assert.equal(audit.waiting, 1);
  assert.equal(await succeed("consume grouped --group audit --count 1"), "3\n");
  const dry = "2 messages would be delivered again, 0 skipped\n";
  await succeed("group create grouped all");
  assert.equal(await succeed("consume grouped --group all --count 3"), "1\n2\n3\n");
  assert.equal(await succeed("group rewind grouped all --to sequence:2 --dry-run"), dry);
  await succeed("group rewind grouped all --to sequence:2");
  assert.equal(await succeed("consume grouped --group all --count 2"), "2\n3\n");
  assert.match(await succeed("group pause grouped all --for 1h"), /^paused all until 20/);
  assert.match(await succeed("group list grouped"), /^grouped +all +0 +0 +0 +paused$/m);
  assert.equal(await succeed("group resume grouped all"), "all goes on\n");
  await succeed("group edit grouped all --max-deliveries 3");
  assert.equal(await succeed("group delete grouped all"), "deleted all\n");
  await fails("consume grouped --group all --no-create", /group all/);
  await fails("group lag grouped all", /station grouped has no group all/);
});

test("one group consumes several stations, by names and patterns", async () => {
  for (const name of ["tills-eu", "tills-us", "safe"]) {
    await succeed(`station create ${name}`);
    await succeed(`produce ${name}`, `${name}\n`);
  }
  const patterns = "consume tills-* safe --group cash --count 3 --json";
  const lines = (await succeed(patterns))
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line));
  assert.deepEqual(lines.map(({ station }) => station).sort(), ["safe", "tills-eu", "tills-us"]);
  {
    await using consumer = new RunningCommand(["consume", "tills-*", "--group", "cash"], { env });
    // Only a consumer that is there makes the group of a station that comes later.
    await succeed("station create tills-asia");
    await succeed("produce tills-asia", "later\n");
    assert.equal(await consumer.line(), "later");
    assert.equal((await consumer.stop("SIGINT")).status, 0);
  }
  const listed = await json<{ station: string }[]>("group list tills-* --group cash");
  assert.deepEqual(
    listed.map(({ station }) => station),
    ["tills-asia", "tills-eu", "tills-us"],
  );
  const lag = await succeed("group lag tills-* cash");
  assert.match(lag, /^tills-asia:\n0 messages behind\n/);
  assert.match(await succeed("group rewind tills-* cash --to beginning"), /^tills-us:$/m);
  assert.match(await succeed("group lag tills-us cash"), /^1 message behind/);
  await fails("group lag nothing-* cash", /no station that nothing-\* means has a group cash/);
  await fails("consume a..b* --group cash", /stands for no stations/);
});

test("a group is ordered by key", async () => {
  await succeed("station create steps --partitions 2");
  assert.match(
    await succeed("group create steps walk --ordered-by-key --max-in-flight 10"),
    /^ +order +one message of a key at a time$/m,
  );
  await succeed("produce steps", "a\nb\nc\n", ["--key", "one"]);
  assert.equal(await succeed("consume steps --group walk --count 3"), "a\nb\nc\n");
  await fails(
    "group create steps other --ordered-by-key --max-in-flight none",
    /a group that is ordered by key has a limit/,
  );
});

test("schemas are kept, compared, attached and enforced", async () => {
  const schema = { type: "object", properties: { id: { type: "integer" } }, required: ["id"] };
  await writeFile(join(directory, "order.json"), JSON.stringify(schema));
  const changed = JSON.stringify(schema).replace("integer", "string");
  await writeFile(join(directory, "order-2.json"), changed);
  await succeed("station create held");
  await succeed("schema create order --file order.json");
  const check = await run("schema check order --file order-2.json");
  assert.equal(check.status, 1);
  assert.match(check.stdout, /can't read what was written with version 1/);
  await fails("schema add order --file order-2.json", /must stay backward compatible/);
  await succeed("schema compatibility order none");
  assert.match(
    await succeed("schema add order --file order-2.json"),
    /^version 2 of order is there/,
  );
  assert.match(await succeed("schema diff order 1 2"), /^\+.*string/m);
  assert.equal(await succeed("schema show order --version 2"), `${changed}\n`);
  assert.match(await succeed("schema show order"), /^ +1 +active/m);
  assert.match(await succeed("schema list"), /^order +json +none +2 +1$/m);

  assert.equal(
    await succeed("schema attach held order"),
    "held uses order, the active version, enforce\n",
  );
  const refused = await run("produce held", '{"id":1}\n{"id":"x"}\n');
  assert.equal(refused.status, 1);
  assert.equal(refused.stdout, "produced 1 message to held\n");
  assert.match(refused.stderr, /^message 2: .*schema order v1 of station held: \/id.*$/m);
  await succeed("schema activate order 2");
  assert.equal(await succeed("produce held", '{"id":"x"}\n'), "produced 1 message to held\n");
  assert.match(await succeed("schema attached"), /^held +order +active +enforce$/m);
  await fails("schema delete order", /is used by station held/);

  await writeFile(join(directory, "messages.ndjson"), '{"id":"x"}\n{"id":1}\n');
  assert.equal(await succeed("schema try order", '{"id":"x"}'), "message 1: fits\n");
  const tried = await run("schema try order --input ndjson messages.ndjson");
  assert.equal(tried.status, 1);
  assert.match(tried.stdout, /^message 1: fits\nmessage 2: .*\/id.*\n$/);
  assert.match(
    (await run("schema try order --version 1 --input ndjson messages.ndjson --json")).stdout,
    /"\/id"/,
  );
  await writeFile(join(directory, "broken.json"), '{"type": 3}');
  const broken = await run("schema try order --file broken.json messages.ndjson");
  assert.deepEqual(
    [broken.status, broken.stdout.startsWith("message 1: the text is no schema")],
    [1, true],
  );
  const generated = await succeed("schema generate --input ndjson messages.ndjson");
  await writeFile(join(directory, "generated.json"), generated);
  assert.equal(
    await succeed("schema try new --file generated.json --input ndjson messages.ndjson"),
    "message 1: fits\nmessage 2: fits\n",
  );
  assert.match(
    await succeed("schema generate --format avro --name Order", '{"id":1}'),
    /"name": ?"Order"/,
  );
  await fails("schema generate --input ndjson", /there is no message/);
  assert.equal(await succeed("schema detach held"), "held uses no schema any more\n");
  assert.equal(await succeed("schema delete order --version 1"), "deleted version 1 of order\n");
  assert.equal(await succeed("schema delete order"), "deleted order\n");
});

interface Consumed {
  readonly key?: string;
  readonly messageId?: string;
  readonly headers?: Readonly<Record<string, readonly string[]>>;
  readonly data: string;
}

test("messages come from files, with keys, ids and headers of their own", async () => {
  await succeed("station create filled");
  await writeFile(join(directory, "a.csv"), 'id,name\n1,"Ann, of A"\n2,Bo\n');
  const args = ["--key", "c.{id}", "--id", "row-{id}", "--header", "Name:{name}"];
  const produce = "produce filled --file a.csv --format csv --json";
  const first = JSON.parse(await succeed(produce, "", args));
  assert.deepEqual(first, {
    station: "filled",
    taken: 2,
    acknowledged: 2,
    duplicates: 0,
    failed: [],
  });
  assert.equal(JSON.parse(await succeed(produce, "", args)).duplicates, 2);
  const lines = (await succeed("consume filled --group g --count 2 --json")).trim().split("\n");
  const [ann] = lines.map((line) => JSON.parse(line) as Consumed);
  assert.equal(ann?.key, "c.1");
  assert.equal(ann?.messageId, "row-1");
  assert.deepEqual(JSON.parse(String(ann?.data)), { id: "1", name: "Ann, of A" });
  assert.deepEqual(ann?.headers?.["Name"], ["Ann, of A"]);

  await fails("produce filled --format ndjson", /line 2 of standard input is no JSON/, "{}\nx\n");
  await fails("produce filled --file nowhere.txt", /nowhere\.txt can't be read/);
  await fails("produce nowhere x", /nowhere/);
  assert.equal(
    await succeed("produce filled --format whole", "two\nlines"),
    "produced 1 message to filled\n",
  );
});

test("dead letters are listed, shown, resent and dropped", async () => {
  const text = JSON.stringify({ type: "object", required: ["id"] });
  await succeed("station create mourned");
  await succeed("schema create mourned --format json", text);
  await succeed("schema attach mourned mourned");
  await fails("produce mourned", /message refused by the schema mourned v1/, "{}\n[]\n");
  const list = async (): Promise<{ id: number; reason: string }[]> =>
    json<{ id: number; reason: string }[]>("dead-letter list mourned");
  // They become dead letters a moment after they were refused.
  const letters = await eventually("two dead letters", async () => {
    const found = await list();
    return found.length === 2 ? found : undefined;
  });
  const [first] = letters;
  assert.equal(first?.reason, "refused");
  assert.match(await succeed("dead-letter list mourned"), /^ *\d+ +refused +20.*required/m);
  const shown = await succeed(`dead-letter show mourned ${first?.id}`);
  assert.match(shown, /^mourned \/ \d+\n.*\{\}\n$/s);
  await succeed("schema detach mourned");
  const { status, stderr } = await run("dead-letter drop mourned");
  assert.equal(status, 2);
  assert.match(stderr, /write which: --group/);
  const ids = `--ids ${first?.id}`;
  assert.equal(
    await succeed(`dead-letter resend mourned ${ids} --to station --dry-run`),
    "1 dead letter would be resent\n",
  );
  const resent = await succeed(`dead-letter resend mourned ${ids} --to station`);
  assert.match(resent, /^\S+ done: 1 of 1 resent, 0 left out, 0 failed\n$/);
  assert.equal(await succeed("consume mourned --group g --count 1"), "{}\n");
  assert.match(await succeed("dead-letter resends mourned"), /^\w+ +done +station +1 +1 +0 +0 /m);
  await fails("dead-letter cancel mourned nothingatall", /no resend/);
  const second = `dead-letter resend mourned --ids ${letters[1]?.id} --to station --keep`;
  const edited = ["--payload", '{"id":7}', "--header", "fixed-by:ann", "--header", "Lost:"];
  assert.match(await succeed(second, "", edited), / done: 1 of 1 resent/);
  const [fixed] = (await succeed("consume mourned --group g --count 1 --json")).split("\n");
  const { data, headers } = JSON.parse(fixed ?? "") as {
    data: string;
    headers: Record<string, string[]>;
  };
  assert.deepEqual([data, headers["fixed-by"]], ['{"id":7}', ["ann"]]);
  assert.equal((await run(`${second} --key k`)).status, 2);
  assert.match(
    await succeed("dead-letter retention"),
    /^ +kept +for 30d\n +messages +any number$/m,
  );
  assert.match(await succeed("dead-letter retention --max-age 90d"), /^ +kept +for 90d$/m);
  assert.equal(
    await succeed("dead-letter drop mourned --all --dry-run"),
    "1 dead letter would be removed\n",
  );
  assert.equal(await succeed("dead-letter drop mourned --all"), "removed 1 dead letter\n");
  assert.equal(await succeed("dead-letter list mourned"), "no dead letters\n");
});

test("a server without a platform is told from one that is not there", async () => {
  await using plain = new RunningCommand(
    ["start", "--port", "0", "--memory", "--json", "--platform", "off"],
    { cwd: directory },
  );
  const { url } = await plain.event<{ url: string }>();
  const { status, stderr } = await oxbow(["station", "list", "--server", url]);
  assert.equal(status, 1);
  assert.match(stderr, /^oxbow: nobody answers station.list .*runs no platform/);
});

test("bench measures stations", async () => {
  const lines = (await succeed("bench produce group --messages 300 --size 16 --json")).trim();
  const results = lines.split("\n").map((line) => JSON.parse(line));
  assert.deepEqual(
    results.map((result) => [result.case, result.messages, result.perSecond > 0]),
    [
      ["produce", 300, true],
      ["group", 300, true],
    ],
  );
  await fails("station describe oxbow-bench", /there is no station oxbow-bench/);
});
