import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { oxbow, RunningCommand } from "./support/command.ts";

/** Goal: messages that nobody can read by themselves are shown by the schema of their station. */
let directory = "";
let server: RunningCommand;
let env: Readonly<Record<string, string>> = {};

before(async () => {
  directory = await mkdtemp(join(tmpdir(), "oxbow-decoded-"));
  server = new RunningCommand(["start", "--port", "0", "--memory", "--json"], { cwd: directory });
  env = { OXBOW_URL: (await server.event<{ url: string }>()).url };
});
after(async () => {
  await server[Symbol.asyncDispose]();
  await rm(directory, { recursive: true });
});

async function succeed(line: string, stdin = ""): Promise<string> {
  const { status, stdout, stderr } = await oxbow(line.split(" "), { env, stdin, cwd: directory });
  assert.equal(status, 0, `${line}: ${stderr}`);
  return stdout;
}

async function produce(station: string, bytes: readonly number[]): Promise<void> {
  await writeFile(join(directory, "message"), Buffer.from(bytes));
  await succeed(`produce ${station} --file message --format whole`);
}

test("Avro is shown as JSON, whichever version of the schema wrote it", async () => {
  const fields = [
    { name: "id", type: "long" },
    { name: "by", type: "string" },
  ];
  const first = JSON.stringify({ type: "record", name: "Order", fields });
  const more = [...fields, { name: "paid", type: "boolean", default: false }];
  const second = JSON.stringify({ type: "record", name: "Order", fields: more });
  await succeed("schema create order --format avro", first);
  await succeed("station create orders");
  await succeed("schema attach orders order");
  await produce("orders", [14, 6, 0x61, 0x6e, 0x6e]);
  await succeed("schema add order --activate", second);
  await produce("orders", [16, 6, 0x62, 0x6f, 0x62, 1]);
  const shown = '{"id":7,"by":"ann"}\n{"id":8,"by":"bob","paid":true}\n';
  assert.equal(await succeed("consume orders --group a --count 2"), shown);
  const lines = (await succeed("consume orders --group b --count 2 --json")).trim().split("\n");
  assert.deepEqual(
    lines.map((line) => JSON.parse(JSON.parse(line).data)),
    [
      { id: 7, by: "ann" },
      { id: 8, by: "bob", paid: true },
    ],
  );
  assert.equal(await succeed("consume orders --group c --count 1 --raw"), "\x0e\x06ann\n");
});

test("Protobuf is, with what it imports; what fits no version stays as it is", async () => {
  await succeed(
    "schema create tag --format protobuf",
    'syntax = "proto3"; enum Tag { NEW = 0; OLD = 1; }  message Unused {}',
  );
  await succeed(
    "schema create parcel --format protobuf --reference tag.proto=tag@1",
    'syntax = "proto3"; import "tag.proto"; message Parcel { int64 id = 1; string by = 2; Tag tag = 3; }',
  );
  await succeed("station create parcels --dead-letters terminated");
  await produce("parcels", [0x78]);
  await succeed("schema attach parcels parcel");
  await produce("parcels", [8, 7, 18, 3, 0x61, 0x6e, 0x6e, 24, 1]);
  assert.equal(
    await succeed("consume parcels --group a --count 2"),
    'x\n{"id":"7","by":"ann","tag":"OLD"}\n',
  );
});
