import assert from "node:assert/strict";
import { test } from "node:test";
import { jsError } from "../../../src/jetstream/config/errors.ts";

test("an error has its code and text", () => {
  assert.deepEqual(jsError(10059), { code: 404, err_code: 10059, description: "stream not found" });
});

test("what a text leaves open is filled in", () => {
  assert.equal(jsError(10071, { seq: 7n }).description, "wrong last sequence: 7");
  assert.equal(
    jsError(10021, { prefix: "a", subject: "$JS.API" }).description,
    "stream external api prefix a must not overlap with $JS.API",
  );
});

test("values are not taken for templates", () => {
  assert.equal(jsError(10025, { err: "$& {err}" }).description, "invalid JSON: $& {err}");
});

test("errors are frozen", () => {
  assert.equal(Object.isFrozen(jsError(10003)), true);
});
