import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { AckPolicy, jetstream, jetstreamManager } from "@nats-io/jetstream";
import { connect as connectPlain } from "@nats-io/transport-node";
import { connect } from "oxbow";
import type { Consumer, Producer, UserWithPassword } from "oxbow/control";
import { eventually } from "../interop/support/deadline.ts";
import { oxbow, RunningCommand } from "./support/command.ts";

/** Goal: who produces and consumes, whatever client it is, as the command shows it of a server that it has started. */
let directory = "";
let server: RunningCommand;
let url = "";

before(async () => {
  directory = await mkdtemp(join(tmpdir(), "oxbow-presence-"));
  server = new RunningCommand(["start", "--port", "0", "--memory", "--json"], { cwd: directory });
  ({ url } = await server.event<{ url: string }>());
  await succeed("station create orders --partitions 2");
});
after(async () => {
  await server[Symbol.asyncDispose]();
  await rm(directory, { recursive: true });
});

async function succeed(line: string): Promise<string> {
  const settings = { env: { OXBOW_URL: url }, cwd: directory };
  const { status, stdout, stderr } = await oxbow(line.split(" "), settings);
  assert.equal(status, 0, `${line}: ${stderr}`);
  return stdout;
}

async function json<T>(line: string): Promise<T> {
  return JSON.parse(await succeed(`${line} --json`)) as T;
}

test("plain clients, and the typed one by the names it has, are there once, and with counts", async () => {
  const plain = await connectPlain({ servers: url, name: "plain" });
  await using ox = await connect({ servers: url, name: "shop" });
  await jetstream(plain).publish("orders.a", "12345");
  await jetstream(plain).publish("orders.b", "12345");
  await ox.station("orders").producer({ name: "checkout" }).produce({ id: 1 });

  const manager = await jetstreamManager(plain);
  await manager.streams.add({ name: "EVENTS", subjects: ["events"], storage: "memory" });
  await manager.consumers.add("EVENTS", { durable_name: "audit", ack_policy: AckPolicy.Explicit });
  await jetstream(plain).publish("events", "1");
  const consumer = await jetstream(plain).consumers.get("EVENTS", "audit");
  (await consumer.next())?.ack();
  await ox.station("orders").fetch(1, { group: "billing", name: "billing-1", timeoutMs: 0 });

  const producers = await json<Producer[]>("producer list orders");
  assert.deepEqual(
    producers.map(({ name, messages, bytes, isAnnounced, library, address, user }) => [
      ...[name, messages, bytes, isAnnounced, library, address, user],
    ]),
    [
      ["checkout", 1, producers[0]?.bytes, true, "oxbow", "127.0.0.1", null],
      ["plain", 2, 10, false, "nats.js", "127.0.0.1", null],
    ],
  );
  assert.equal(producers[1]?.connection, plain.info?.client_id);
  assert.ok((producers[1]?.lastMessageAt ?? "") >= (producers[1]?.connectedAt ?? "~"));
  const members = await json<Consumer[]>("group members");
  assert.deepEqual(
    members.map(({ station, group, name, messages }) => [station, group, name, messages]),
    [
      ["EVENTS", "audit", "plain", 1],
      ["orders", "billing", "billing-1", members[1]?.messages],
    ],
  );
  const described = await succeed("station describe orders");
  assert.match(described, /^group +waiting +in flight +members$/m);
  assert.match(described, /^billing +\d+ +1 +billing-1$/m);
  const lineage = await succeed("lineage orders");
  assert.match(lineage, /^producer checkout +produces +station orders +[\d.]*$/m);
  assert.match(lineage, /^station orders +consumes +group billing/m);
  assert.doesNotMatch(lineage, /EVENTS/);
  assert.match(await succeed("lineage"), /^station EVENTS +consumes +group audit/m);
  const table = await succeed("group members orders billing");
  assert.match(table, /^station +group +name +library/m);
  assert.match(table, /^orders +billing +billing-1 +oxbow 0\.1\.0 +127\.0\.0\.1/m);
  assert.match(
    await succeed("producer list EVENTS"),
    /^EVENTS +plain +nats\.js \S+ +127\.0\.0\.1/m,
  );

  // Away, and back on another connection: the same one.
  await plain.close();
  const away = await eventually("away", async () => {
    const found = await json<Producer[]>("producer list orders");
    const one = found.find(({ name }) => name === "plain");
    return one?.isConnected === false ? one : undefined;
  });
  assert.match(await succeed("producer list orders"), /plain .*away since /);
  const again = await connectPlain({ servers: url, name: "plain" });
  await jetstream(again).publish("orders.a", "1");
  const back = (await json<Producer[]>("producer list orders")).find(
    ({ name }) => name === "plain",
  );
  assert.deepEqual(
    [back?.id, back?.firstSeenAt, back?.isConnected, back?.messages],
    [away.id, away.firstSeenAt, true, 1],
  );
  await again.close();
});

test("a user sees, and announces, only what is at the stations that it may see", async () => {
  const { password } = await json<UserWithPassword>(
    "user create carrier --write parcels --read parcels",
  );
  await succeed("station create parcels");
  const as = `--user carrier --password ${password ?? ""}`;
  await using ox = await connect({
    servers: url,
    name: "van",
    credentials: { user: "carrier", password: password ?? "" },
  });
  const problems: unknown[] = [];
  ox.onStatus((status) => problems.push(status));
  await ox.station("parcels").produce({ id: 1 });
  // In the place of others it announces nothing.
  const plain = await connectPlain({ servers: url, user: "carrier", pass: password ?? "" });
  plain.publish(
    "$OXBOW.API.PRESENCE.PRODUCER.orders",
    JSON.stringify({
      ...{ version: 1, id: "aaaaaaaa.1", name: "forged", state: "here", holdsMs: 30_000 },
      ...{ library: "x", libraryVersion: "1", connectedAt: null, messages: 1, bytes: 1 },
      lastMessageAt: null,
    }),
  );
  await plain.flush();
  const seen = (await json<Producer[]>(`producer list ${as}`)).map(({ station, name, user }) => [
    station,
    name,
    user,
  ]);
  assert.deepEqual(seen, [["parcels", "van", "carrier"]]);
  const all = (await json<Producer[]>("producer list")).map(({ name }) => name);
  assert.equal(all.includes("forged"), false);
  assert.deepEqual(problems, []);
  await plain.close();
});
