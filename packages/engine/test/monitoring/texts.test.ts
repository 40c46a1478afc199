import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { BadRequest } from "../../src/monitoring/bad-request.ts";
import { formatGoDuration } from "../../src/monitoring/go-duration.ts";
import { indentedJson } from "../../src/monitoring/json-text.ts";
import { Query } from "../../src/monitoring/query.ts";

test("durations are written as Go does", () => {
  const cases: readonly [number, string][] = [
    [0, "0s"],
    [0.00035, "350ns"],
    [0.0015, "1.5µs"],
    [0.1, "100µs"],
    [2.25, "2.25ms"],
    [1_500, "1.5s"],
    [90_000, "1m30s"],
    [3_600_000, "1h0m0s"],
  ];
  for (const [ms, text] of cases) assert.equal(formatGoDuration(ms), text);
});

test("JSON is indented, keeps digits, and escapes what Go escapes", () => {
  const value = { a: 2n ** 64n - 1n, b: [], c: {}, d: undefined, e: ["<", { f: null }] };
  assert.equal(
    indentedJson(value),
    '{\n  "a": 18446744073709551615,\n  "b": [],\n  "c": {},\n  "e": [\n    "\\u003c",\n    {\n      "f": null\n    }\n  ]\n}',
  );
});

test("any parameter is read, or refused with a reason", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary" }), (text) => {
      const query = new Query(new URLSearchParams({ p: text }));
      for (const kind of ["boolean", "integer", "unsigned"] as const) {
        try {
          query[kind]("p");
        } catch (error) {
          assert.ok(error instanceof BadRequest);
        }
      }
    }),
  );
});
