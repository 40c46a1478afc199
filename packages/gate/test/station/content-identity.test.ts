import assert from "node:assert/strict";
import { test } from "node:test";
import { contentId, type PublishGate, partitionOf } from "@oxbow/base";
import { compileStationGate } from "@oxbow/gate";
import { TestMessage, TestRoom } from "./message.ts";

const room = new TestRoom();

function gateOf(partitions = 1): PublishGate {
  const policy = { station: "o", token: "o", partitions, identifiesContent: true };
  return compileStationGate(policy, { nowMs: () => 0 }) as PublishGate;
}

function idOf(key: string, payload: string): string {
  return contentId(Buffer.from(key), Buffer.from(payload));
}

/** What a message is after the gate. */
function judged(gate: PublishGate, message: TestMessage): string {
  assert.equal(gate.judge(message, room), undefined);
  const { payloadBuffer, payloadStart, headersSize } = message;
  const end = payloadBuffer.toString("utf8", payloadStart, payloadStart + headersSize);
  assert.ok(end.startsWith("NATS/1.0") && end.endsWith("\r\n\r\n"), end);
  return message.body;
}

test("a message gets the id of its key and its payload", () => {
  const body = judged(gateOf(), new TestMessage("o.eu.1", "x"));
  assert.equal(body, `NATS/1.0\r\nNats-Msg-Id: ${idOf("eu.1", "x")}\r\n\r\nx`);
  assert.match(judged(gateOf(), new TestMessage("o", "")), new RegExp(idOf("", "")));
});

test("its other headers stay, and the id that it had has another name", () => {
  const gate = gateOf();
  const id = idOf("", "x");
  assert.equal(
    judged(gate, new TestMessage("o", "x", ["A: b", "C: d"])),
    `NATS/1.0\r\nNats-Msg-Id: ${id}\r\nA: b\r\nC: d\r\n\r\nx`,
  );
  assert.equal(
    judged(gate, new TestMessage("o", "x", ["A: b", "Nats-Msg-Id: 7", "C: d"])),
    `NATS/1.0\r\nNats-Msg-Id: ${id}\r\nA: b\r\nOxbow-Message-Id: 7\r\nC: d\r\n\r\nx`,
  );
  assert.equal(
    judged(gate, new TestMessage("o", "x", ["Nats-Msg-Id:Nats-Msg-Id", "C: d"])),
    `NATS/1.0\r\nNats-Msg-Id: ${id}\r\nOxbow-Message-Id: Nats-Msg-Id\r\nC: d\r\n\r\nx`,
  );
  const own = new TestMessage("o", "x", [`Nats-Msg-Id: ${id}`, "Oxbow-Message-Id: 7"]);
  const before = own.body;
  assert.equal(judged(gate, own), before);
});

test("the same message finds its partition again, however it was addressed", () => {
  const gate = gateOf(5);
  const direct = new TestMessage("o$3.eu", "x");
  assert.match(judged(gate, direct), new RegExp(idOf("eu", "x")));
  assert.equal(direct.subject, "o$3.eu");
  const id = Buffer.from(idOf("", "x"));
  for (let time = 0; time < 3; time++) {
    const message = new TestMessage("o", "x");
    judged(gate, message);
    assert.equal(message.subject, `o$${partitionOf(id, 0, id.length, 5)}`);
  }
});

test("one to be delivered later is known by the key that it will have", () => {
  const later = ["Nats-Schedule: @at 2100-01-01T00:00:00Z", "Nats-Schedule-Target: o.eu"];
  const body = judged(gateOf(), new TestMessage("o._later.1", "x", later));
  assert.match(body, new RegExp(idOf("eu", "x")));
});

test("what the platform stores once more keeps its own id, whoever else says so does not", () => {
  const headers = ["Nats-Msg-Id: resend.1", "Oxbow-Resend-Id: 1"];
  const resent = new TestMessage("o", "x", headers);
  resent.isFromProcess = true;
  const before = resent.body;
  assert.equal(judged(gateOf(), resent), before);
  assert.match(judged(gateOf(), new TestMessage("o", "x", headers)), /sha256-/);
});
