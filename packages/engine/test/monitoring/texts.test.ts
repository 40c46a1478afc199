import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { BadRequest } from "../../src/monitoring/bad-request.ts";
import { indentedJson } from "../../src/monitoring/json-text.ts";
import { Query } from "../../src/monitoring/query.ts";

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
