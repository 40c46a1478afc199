import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { encodedBatch } from "../../src/produce/encoded-batch.ts";
import { payloadsOf } from "../../src/produce/payloads.ts";

const subject = fc.constantFrom("orders$1.a", "orders$1.b", "orders$2.ü");
const lines = fc.constantFrom("", "A: b\r\n", "A: ü\r\nB: c\r\n");
const message = fc.record({
  subject,
  lines,
  payload: fc.uint8Array({ maxLength: 300 }),
  isSent: fc.boolean(),
});

/** Goal: what is encoded at once is what one would write of each message by itself. */
test("a batch is the commands of its messages, one behind the other", () => {
  fc.assert(
    fc.property(
      fc.array(message, { maxLength: 30 }),
      fc.integer({ min: 0, max: 2 ** 40 }),
      (all, first) => {
        const addressed = {
          payloads: payloadsOf(all.map(({ payload }) => payload)),
          subject: (i: number) => all[i]?.subject ?? "",
          lines: (i: number) => all[i]?.lines ?? "",
          isSent: (i: number) => all[i]?.isSent === true,
          isKnown: () => false,
        };
        const place = { prefix: "_INBOX.x.", first, send: () => {}, leave: () => {} };
        const commands = all.map((each, i) => {
          if (!each.isSent) return "";
          const reply = `_INBOX.x.${first + i}`;
          const block = each.lines === "" ? "" : `NATS/1.0\r\n${each.lines}\r\n`;
          const size = Buffer.byteLength(block) + each.payload.length;
          const sizes = block === "" ? `${size}` : `${Buffer.byteLength(block)} ${size}`;
          const name = block === "" ? "PUB" : "HPUB";
          const head = `${name} ${each.subject} ${reply} ${sizes}\r\n${block}`;
          return Buffer.concat([Buffer.from(head), each.payload, Buffer.from("\r\n")]);
        });
        const expected = Buffer.concat(commands.map((each) => Buffer.from(each)));
        const encoded = encodedBatch(addressed, place);
        assert.deepEqual(encoded, expected);
        assert.equal(encoded.buffer.byteLength, encoded.length);
      },
    ),
  );
});
