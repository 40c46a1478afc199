import assert from "node:assert/strict";
import { test } from "node:test";
import { ServerParser } from "@oxbow/wire/nats";
import fc from "fast-check";
import { chunkSizes, damagedStream, serverOperation } from "./arbitraries.ts";
import { feed, ServerRecorder, serverCalls } from "./recorder.ts";

/** Wide enough for every generated operation, tight enough to be reached by damaged ones. */
const LIMITS = { controlLineMax: 128, payloadMax: 400 };
/** The longest verb, a line ending, and CRLF after the payload. */
const OVERHEAD_MAX = 5 + 2 + 2;

test("any stream of operations in any chunking is reported as it was made", () => {
  fc.assert(
    fc.property(fc.array(serverOperation, { maxLength: 12 }), chunkSizes, (operations, sizes) => {
      const wire = operations.map((operation) => operation.wire).join("");
      const expected = operations.flatMap((operation) => operation.calls);
      for (const chunking of [[], sizes, [1]]) {
        const recorder = new ServerRecorder();
        feed(new ServerParser(recorder, LIMITS), wire, chunking);
        assert.deepEqual(recorder.calls, expected);
      }
    }),
    { numRuns: 500 },
  );
});

test("any bytes are reported alike in any chunking, and held within the limits", () => {
  fc.assert(
    fc.property(damagedStream(serverOperation), chunkSizes, (bytes, sizes) => {
      const expected = serverCalls(bytes);
      for (const chunking of [sizes, [1]]) assert.deepEqual(serverCalls(bytes, chunking), expected);
      const heldMax = feed(new ServerParser(new ServerRecorder(), LIMITS), bytes, sizes);
      assert.ok(heldMax <= LIMITS.controlLineMax + LIMITS.payloadMax + OVERHEAD_MAX);
    }),
    { numRuns: 2000 },
  );
});
