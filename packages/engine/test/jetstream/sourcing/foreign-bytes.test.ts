import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { readConsumerAnswer } from "../../../src/jetstream/sourcing/consumer-answer.ts";
import { Delivery } from "../../../src/jetstream/sourcing/delivery.ts";
import { readSourceHeader, SourceName } from "../../../src/jetstream/sourcing/source-name.ts";
import { MessageView } from "../../../src/routing/message.ts";

/**
 * Goal: what other accounts and servers say is read rightly or not at all, whatever it is. Method: subjects and answers as
 * nats-server writes them, and any other bytes.
 */
function read(reply: string | Uint8Array): Delivery | undefined {
  const bytes = Buffer.from(reply as string);
  const view = new MessageView();
  view.setReply(bytes, 0, bytes.length);
  const delivery = new Delivery();
  return delivery.read(view) ? delivery : undefined;
}

for (const [form, reply] of [
  ["without a domain", "$JS.ACK.O.C.1.20.3.1700000000123456789.7"],
  ["with a domain", "$JS.ACK.hub.hash.O.C.1.20.3.1700000000123456789.7"],
  ["with more to come", "$JS.ACK._.hash.O.C.1.20.3.1700000000123456789.7.random"],
] as const) {
  test(`a delivery's reply subject is read ${form}`, () => {
    const delivery = read(reply);
    assert.ok(delivery !== undefined);
    assert.ok(delivery.isOf(Buffer.from("C")));
    assert.ok(!delivery.isOf(Buffer.from("O")));
    const { deliveries, sequence, consumerSequence, pending, timeMs } = delivery;
    assert.deepEqual([deliveries, sequence, consumerSequence, pending], [1, 20, 3, 7]);
    assert.equal(timeMs, 1_700_000_000_123.456_8);
  });
}

test("a delivery's time stays in its millisecond", () => {
  const delivery = read("$JS.ACK.O.C.1.20.3.1763747651489999950.7");
  assert.equal(Math.floor(delivery?.timeMs ?? 0), 1_763_747_651_489);
  assert.equal(read("$JS.ACK.O.C.1.20.3.1763747651490000000.7")?.timeMs, 1_763_747_651_490);
});

test("no reply subject does harm", () => {
  const part = fc.oneof(fc.nat().map(String), fc.string(), fc.constantFrom("", "C", "-1"));
  const reply = fc.array(part, { maxLength: 14 }).map((parts) => `$JS.ACK.${parts.join(".")}`);
  fc.assert(
    fc.property(fc.oneof(reply, fc.uint8Array()), (bytes) => {
      const delivery = read(bytes);
      if (delivery === undefined) return;
      assert.ok(delivery.sequence > 0 && delivery.consumerSequence > 0 && delivery.timeMs >= 0);
    }),
  );
});

test("no answer to the request for a consumer does harm", () => {
  const json = fc.json().map((text) => Buffer.from(text));
  const members = fc.record(
    {
      name: fc.oneof(fc.string(), fc.anything()),
      config: fc.record({ deliver_subject: fc.oneof(fc.string(), fc.integer()) }),
      delivered: fc.record({ stream_seq: fc.oneof(fc.nat(), fc.double(), fc.string()) }),
      error: fc.anything(),
    },
    { requiredKeys: [] },
  );
  const likely = members.map((value) => Buffer.from(JSON.stringify(value, plain)));
  fc.assert(
    fc.property(fc.oneof(json, likely, fc.uint8Array()), (bytes) => {
      const answer = readConsumerAnswer(Buffer.from(bytes));
      if (answer.ok)
        assert.ok(answer.name !== "" && Number.isSafeInteger(answer.deliveredSequence));
      else assert.ok(Number.isSafeInteger(answer.error.code));
    }),
  );
});

function plain(_: string, value: unknown): unknown {
  return typeof value === "bigint" ? String(value) : value;
}

test("a header is read as it is written, and any other value is none or harmless", () => {
  const name = new SourceName({
    name: "O",
    opt_start_seq: 0,
    opt_start_time: null,
    filter_subject: "",
    subject_transforms: [
      { src: "a", dest: "b" },
      { src: "c", dest: "" },
    ],
    external: { api: "x", deliver: "" },
    consumer: null,
  });
  const header = name.header(12, "a");
  assert.deepEqual(readSourceHeader(header), { id: name.id, sequence: 12 });
  fc.assert(
    fc.property(fc.string(), (value) => {
      const found = readSourceHeader(value);
      if (found !== undefined) assert.ok(Number.isSafeInteger(found.sequence));
    }),
  );
});
