import assert from "node:assert/strict";
import { test } from "node:test";
import { ClientParser } from "@oxbow/wire/nats";
import fc from "fast-check";
import { chunkSizes, clientOperation, damagedStream } from "./arbitraries.ts";
import { ClientRecorder, clientCalls, feed } from "./recorder.ts";

/** Wide enough for every generated operation, tight enough to be reached by damaged ones. */
const LIMITS = { controlLineMax: 128, payloadMax: 400 };
/** The longest verb, a line ending, and CRLF after the payload. */
const OVERHEAD_MAX = 7 + 2 + 2;

test("any stream of operations in any chunking is reported as it was made", () => {
  fc.assert(
    fc.property(fc.array(clientOperation, { maxLength: 12 }), chunkSizes, (operations, sizes) => {
      const wire = operations.map((operation) => operation.wire).join("");
      const expected = operations.flatMap((operation) => operation.calls);
      for (const chunking of [[], sizes, [1]]) {
        const recorder = new ClientRecorder();
        const parser = new ClientParser(recorder, LIMITS);
        feed(parser, wire, chunking);
        assert.deepEqual(recorder.calls, expected);
        assert.equal(parser.bufferedBytes, 0);
      }
    }),
    { numRuns: 500 },
  );
});

test("any bytes are reported alike in any chunking, and held within the limits", () => {
  fc.assert(
    fc.property(damagedStream(clientOperation), chunkSizes, (bytes, sizes) => {
      const expected = clientCalls(bytes);
      for (const chunking of [sizes, [1]]) assert.deepEqual(clientCalls(bytes, chunking), expected);
      const heldMax = feed(new ClientParser(new ClientRecorder(), LIMITS), bytes, sizes);
      assert.ok(heldMax <= LIMITS.controlLineMax + LIMITS.payloadMax + OVERHEAD_MAX);
    }),
    { numRuns: 2000 },
  );
});
