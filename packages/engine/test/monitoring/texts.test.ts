import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { BadRequest } from "../../src/monitoring/bad-request.ts";
import { Query } from "../../src/monitoring/query.ts";

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
