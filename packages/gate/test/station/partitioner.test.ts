import assert from "node:assert/strict";
import { test } from "node:test";
import type { PublishGate } from "@oxbow/base";
import { compileStationGate, partitionOf } from "@oxbow/gate";
import { TestMessage, TestRoom } from "./message.ts";

const room = new TestRoom();

function gateOf(partitions: number, messageBytesMax?: number): PublishGate {
  const policy = { station: "o", token: "o", partitions, messageBytesMax };
  return compileStationGate(policy, { nowMs: () => 0 }) as PublishGate;
}

/** The subject that a message gets, or why it is refused. */
function placed(gate: PublishGate, message: TestMessage): string {
  const finding = gate.judge(message, room);
  return finding?.t === "refused" ? finding.text : message.subject;
}

test("keys go where Kafka's clients send them, and keep their tokens", () => {
  for (const count of [2, 3, 1_000]) {
    const gate = gateOf(count);
    for (const key of ["a", "eu.customer-7", "ü", "x".repeat(300)]) {
      const bytes = Buffer.from(key);
      const partition = partitionOf(bytes, 0, bytes.length, count);
      assert.equal(placed(gate, new TestMessage(`o.${key}`)), `o$${partition}.${key}`);
    }
  }
});

test("without a key each partition has its turn", () => {
  const gate = gateOf(3);
  const subjects = Array.from({ length: 5 }, () => placed(gate, new TestMessage("o")));
  assert.deepEqual(subjects, ["o$1", "o$2", "o$3", "o$1", "o$2"]);
});

test("without a key the same id finds its partition again", () => {
  const gate = gateOf(7);
  for (const id of ["order-1", "order-2", "x"]) {
    const bytes = Buffer.from(id);
    const expected = `o$${partitionOf(bytes, 0, bytes.length, 7)}`;
    for (let time = 0; time < 3; time++) {
      assert.equal(placed(gate, new TestMessage("o", "x", [`Nats-Msg-Id: ${id}`])), expected);
    }
  }
});

test("a header chooses, with a key or without", () => {
  const gate = gateOf(3);
  const headers = ["A: b", "Oxbow-Partition: 2"];
  assert.equal(placed(gate, new TestMessage("o", "x", headers)), "o$2");
  for (const key of ["a", "b", "c", "d"]) {
    assert.equal(placed(gate, new TestMessage(`o.${key}`, "x", headers)), `o$2.${key}`);
  }
  // A payload that looks like it is none.
  assert.equal(placed(gate, new TestMessage("o", "\r\nOxbow-Partition: 3\r\n", ["A: b"])), "o$1");
});

test("a partition that there is not is refused, and says which there are", () => {
  const gate = gateOf(3);
  for (const value of ["0", "4", "-1", "two", "", "1.5", "99999999999999999999"]) {
    const said = placed(gate, new TestMessage("o.a", "x", [`Oxbow-Partition: ${value}`]));
    const text = `Oxbow-Partition is ${JSON.stringify(value)}, and must be a number from 1 to 3`;
    assert.equal(said, `message refused by station o: ${text} (partition)`);
  }
});

test("what is published to a partition stays there, and is checked like the rest", () => {
  assert.deepEqual(gateOf(2).subjects, ["o", "o.>"]);
  const gate = gateOf(2, 5);
  assert.deepEqual(gate.subjects, ["o", "o.>", "o$1", "o$1.>", "o$2", "o$2.>"]);
  assert.equal(placed(gate, new TestMessage("o$2.a", "12345")), "o$2.a");
  assert.match(placed(gate, new TestMessage("o$2.a", "123456")), /6 bytes/);
});

test("what is to be delivered later waits in the partition that it is delivered to", () => {
  const gate = gateOf(3);
  const bytes = Buffer.from("customer");
  const partition = partitionOf(bytes, 0, bytes.length, 3);
  const headers = ["Nats-Schedule: @at 2026-01-01T00:00:00Z", "Nats-Schedule-Target: o.customer"];
  const message = new TestMessage("o.later.1", "payload", [...headers, "A: b"]);
  assert.equal(placed(gate, message), `o$${partition}.later.1`);
  const target = `Nats-Schedule-Target: o$${partition}.customer`;
  const block = `NATS/1.0\r\n${headers[0]}\r\n${target}\r\nA: b\r\n\r\n`;
  assert.equal(message.body, `${block}payload`);
  assert.equal(message.headersSize, block.length);
  // To the station as such, each in turn; elsewhere is not the gate's business.
  const keyless = new TestMessage("o.later", "", ["Nats-Schedule-Target: o"]);
  assert.equal(placed(gate, keyless), "o$1.later");
  assert.match(keyless.body, /Target: o\$1\r\n/);
  const asked = new TestMessage("o.later", "", [...headers, "Oxbow-Partition: 2"]);
  assert.equal(placed(gate, asked), "o$2.later");
  assert.match(asked.body, /Target: o\$2\.customer\r\n/);
  const elsewhere = new TestMessage("o.later", "", ["Nats-Schedule-Target: other"]);
  placed(gate, elsewhere);
  assert.match(elsewhere.body, /Target: other\r\n/);
});
