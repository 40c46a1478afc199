// Measures what it costs to count who publishes, per message, in CPU time: `node bench/micro/activity.bench.ts`.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { jetstreamManager } from "@nats-io/jetstream";
import { wsconnect } from "@nats-io/nats-core";
import { Engine } from "../../packages/engine/src/index.ts";
import { MessageView } from "../../packages/engine/src/routing/message.ts";
import type { MessageSource } from "../../packages/engine/src/routing/message-source.ts";
import { nodeHost } from "../../packages/node-host/src/index.ts";

const roundCount = 15;
const messageCount = 200_000;

const directory = mkdtempSync(join(tmpdir(), "oxbow-activity-bench-"));
const engine = await Engine.open({ dataDirectory: directory }, nodeHost());
const socket = engine.webSocketInProcess();
const connection = await wsconnect({
  servers: "ws://in-process",
  wsFactory: () => Promise.resolve({ socket, encrypted: false }),
});
const manager = await jetstreamManager(connection);
await manager.streams.add({
  ...{ name: "S", subjects: ["s"], storage: "memory", max_msgs: 1_000 },
});

const account = engine.account("$G");
engine.watchClients("$G", 10_000);
const ledger = account.activity;

const sources = Array.from(
  { length: 16 },
  (_, index) => ({ id: 1_000 + index, accountName: "$G", identity: undefined }) as MessageSource,
);
const view = new MessageView();
view.setSubject(Buffer.from("s"), 0, 1);
view.setPayload(Buffer.alloc(256, "x"), 0, 256, 0);

/** @param runLength - Messages of one client that come behind one another. */
async function round(clients: number, runLength: number, isCounted: boolean): Promise<number> {
  account.activity = isCounted ? ledger : undefined;
  let spent = 0;
  for (let done = 0; done < messageCount; ) {
    const started = process.cpuUsage();
    for (let index = 0; index < 20_000; index++, done++) {
      view.source = sources[Math.floor(index / runLength) % clients];
      account.publish(view);
    }
    const { user, system } = process.cpuUsage(started);
    spent += user + system;
    await new Promise((resolve) => setImmediate(resolve));
  }
  return (spent * 1e3) / messageCount;
}

const median = (numbers: number[]): number => numbers.sort((a, b) => a - b)[roundCount >> 1] ?? 0;

for (const [name, clients, runLength] of [
  ["one client", 1, 1],
  ["16 clients, 100 messages each", 16, 100],
  ["16 clients, one message each", 16, 1],
] as const) {
  const rounds = { off: [] as number[], on: [] as number[] };
  await round(clients, runLength, true);
  for (let index = 0; index < roundCount; index++) {
    // Turn and turn about, so that whatever else the machine does concerns both.
    for (const way of index % 2 === 0 ? (["off", "on"] as const) : (["on", "off"] as const)) {
      rounds[way].push(await round(clients, runLength, way === "on"));
    }
  }
  const off = median(rounds.off);
  const on = median(rounds.on);
  const spread = `off ${rounds.off[0]?.toFixed(0)}-${rounds.off.at(-1)?.toFixed(0)}`;
  console.log(
    `${name.padEnd(32)} off ${off.toFixed(1)} ns, on ${on.toFixed(1)} ns, ${(on - off).toFixed(1)} ns more  (${spread})`,
  );
}
await connection.close();
await engine.close();
rmSync(directory, { recursive: true });
