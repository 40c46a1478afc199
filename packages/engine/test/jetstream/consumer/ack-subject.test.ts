import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { AckSubject } from "../../../src/jetstream/consumer/ack-subject.ts";

const sequence = fc.integer({ min: 1, max: Number.MAX_SAFE_INTEGER });

test("a delivery's reply subject has the form of nats-server, and is read back", () => {
  const numbers = fc.record({
    deliveries: fc.integer({ min: 1, max: 1e6 }),
    sequence,
    consumerSequence: sequence,
    seconds: fc.integer({ min: 1, max: 9_999_999_999 }),
    nanos: fc.integer({ min: 0, max: 999_999_999 }),
    pending: fc.nat(),
  });
  const subject = new AckSubject("ORDERS", "worker");
  const property = fc.property(numbers, (each) => {
    const { deliveries, sequence, consumerSequence, seconds, nanos, pending } = each;
    subject.write(deliveries, sequence, consumerSequence, seconds, nanos, pending);
    const text = subject.bytes.toString("latin1", 0, subject.end);
    const time = `${seconds}${String(nanos).padStart(9, "0")}`;
    assert.equal(
      text,
      `$JS.ACK.ORDERS.worker.${deliveries}.${sequence}.${consumerSequence}.${time}.${pending}`,
    );
    const received = Buffer.from(`>>${text}<<`);
    assert.equal(subject.read(received, 2, received.length - 2), true);
    assert.deepEqual({ ...subject.reference }, { deliveries, sequence, consumerSequence });
  });
  fc.assert(property);
});

test("whatever follows the prefix, reading it does not fail", () => {
  const subject = new AckSubject("S", "c");
  for (const rest of ["", "1", "1.2", "a.b.c", "0.1.1", "1.-1.1", "1.1.x.1.1", "...", "1.2.3"]) {
    const bytes = Buffer.from(`$JS.ACK.S.c.${rest}`);
    assert.equal(subject.read(bytes, 0, bytes.length), rest === "1.2.3", rest);
  }
});
