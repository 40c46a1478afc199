import assert from "node:assert/strict";
import { test } from "node:test";
import { MsgHdrsImpl } from "@nats-io/nats-core";
import fc from "fast-check";
import { applicationLines, encodedHeaders } from "../../src/produce/encoded-headers.ts";

test("headers are read by the official client as they were given, or refused", () => {
  fc.assert(
    fc.property(
      fc.dictionary(fc.string(), fc.oneof(fc.string(), fc.array(fc.string()))),
      (headers) => {
        let lines: string;
        try {
          lines = applicationLines(headers);
        } catch (error) {
          assert.equal((error as { code?: string }).code, "MESSAGE_INVALID");
          return;
        }
        const block = (encodedHeaders(lines) as unknown as { encode(): Uint8Array }).encode();
        const read = MsgHdrsImpl.decode(block);
        for (const [name, values] of Object.entries(headers)) {
          const expected = [values].flat().map((value) => value.trim());
          assert.deepEqual(read.values(name), expected);
        }
      },
    ),
  );
});
