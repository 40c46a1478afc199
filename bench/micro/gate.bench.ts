// Measures what gates cost per message, in CPU time: `node bench/micro/gate.bench.ts`.

import { AccountGates } from "../../packages/engine/src/gates/account-gates.ts";
import { MessageView } from "../../packages/engine/src/routing/message.ts";
import { SubjectScratch } from "../../packages/engine/src/routing/subject-scratch.ts";
import {
  compileSchema,
  compileStationGate,
  type SchemaFormat,
} from "../../packages/gate/src/index.ts";
import { orderSchema, writeOrder } from "../load/orders.ts";

const roundCount = 7;
const stationCount = 1_000;
const silent = (): void => {};
const logger = { error: silent, warn: silent, info: silent, debug: silent, trace: silent };
const random = { below: () => 42, fill: silent };
const clock = { nowMs: () => Date.now() };

function schema(format: SchemaFormat, text: string) {
  const compiled = compileSchema({ format, text });
  return { name: "payment", version: 1, mode: "enforce", compiled } as const;
}

const gates = new AccountGates(random, logger);
for (let index = 0; index < stationCount; index++) {
  const policy = { station: `s${index}`, token: `s${index}`, partitions: 1, messageBytesMax: 1e6 };
  gates.set(policy.station, compileStationGate(policy, clock));
}
for (const [token, partitions, demand] of [
  ["plain", 1, undefined],
  ["parted", 16, undefined],
  ["checked", 1, schema("json", JSON.stringify(orderSchema))],
  ["both", 16, schema("json", JSON.stringify(orderSchema))],
] as const) {
  const policy = { station: token, token, partitions, schema: demand, messageBytesMax: 1e6 };
  gates.set(token, compileStationGate(policy, clock));
}

interface Case {
  readonly name: string;
  readonly subjects: readonly string[];
  readonly count: number;
  /** The most it may take, in nanoseconds. */
  readonly bar?: number;
  /** What is judged, instead of an order. */
  readonly message?: MessageView;
}

const payload = Buffer.alloc(256, "noise");
writeOrder(payload, 0);
const order = messageOf(payload, 0);
const headers = `NATS/1.0\r\nNats-Msg-Id: order-1\r\nContent-Type: application/json\r\ntrace: ${"0".repeat(32)}\r\n\r\n`;
const orderWithHeaders = messageOf(
  Buffer.concat([Buffer.from(headers), payload]),
  Buffer.byteLength(headers),
);

function messageOf(bytes: Buffer, headersSize: number): MessageView {
  const view = new MessageView();
  view.setPayload(bytes, 0, bytes.length, headersSize);
  return view;
}

const numbered = (make: (index: number) => string): string[] =>
  Array.from({ length: 500 }, (_, index) => make(index));
const cases: readonly Case[] = [
  { name: "no gate, 1 subject", subjects: ["orders.eu"], count: 2e6, bar: 100 },
  {
    name: "no gate, 500 subjects",
    subjects: numbered((i) => `o.r${i % 10}.i${i}`),
    count: 2e6,
    bar: 100,
  },
  {
    name: "no gate, inboxes",
    subjects: numbered((i) => `_INBOX.Z8VQ5YZK0J3G.${i}`),
    count: 2e6,
    bar: 100,
  },
  { name: "size only, 1 subject", subjects: ["plain.eu"], count: 2e6 },
  { name: "size only, 1,000 stations", subjects: numbered((i) => `s${i}.eu`), count: 2e6 },
  {
    name: "16 partitions, 500 keys",
    subjects: numbered((i) => `parted.customer-${i}`),
    count: 1e6,
  },
  {
    name: "16 partitions, 3 headers",
    subjects: numbered((i) => `parted.customer-${i}`),
    count: 1e6,
    message: orderWithHeaders,
  },
  { name: "JSON Schema, 256 B", subjects: ["checked.eu"], count: 1e5, bar: 3_000 },
  {
    name: "JSON Schema, 16 partitions",
    subjects: numbered((i) => `both.c-${i}`),
    count: 1e5,
    bar: 3_000,
  },
];

const room = new SubjectScratch();
for (const { name, subjects, count, bar, message = order } of cases) {
  const buffers = subjects.map((subject) => Buffer.from(subject));
  const rounds: number[] = [];
  for (let round = 0; round < roundCount; round++) {
    const started = process.cpuUsage();
    for (let index = 0, at = 0; index < count; index++) {
      const subject = buffers[at] as Buffer;
      if (++at === buffers.length) at = 0;
      message.setSubject(subject, 0, subject.length);
      const finding = gates.judge(message, subject, 0, subject.length, room);
      if (finding !== undefined) throw new Error(`${name}: ${JSON.stringify(finding)}`);
    }
    const { user, system } = process.cpuUsage(started);
    rounds.push(((user + system) * 1e3) / count);
  }
  rounds.sort((a, b) => a - b);
  const median = rounds[roundCount >> 1] ?? 0;
  const spread = `${rounds[0]?.toFixed(1)}-${rounds.at(-1)?.toFixed(1)}`;
  if (bar !== undefined && median > bar) process.exitCode = 1;
  const verdict = bar === undefined ? "" : `  bar ${bar}: ${median <= bar ? "met" : "MISSED"}`;
  console.log(`${name.padEnd(28)} ${median.toFixed(1).padStart(8)} ns  (${spread})${verdict}`);
}
