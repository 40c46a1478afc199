import assert from "node:assert/strict";
import { test } from "node:test";
import { causeOf, type ErrorTraits, errorFactory, OxbowError } from "@oxbow/base";

type Code = "LOG_CLOSED" | "DISK_FULL";
const table: Readonly<Record<Code, ErrorTraits>> = {
  LOG_CLOSED: { kind: "closed", retryable: false },
  DISK_FULL: { kind: "exhausted", retryable: true },
};
const logError = errorFactory(table);

test("an error takes kind and retryability from its package's table", () => {
  for (const code of Object.keys(table) as Code[]) {
    const error = logError(code, "what happened");
    assert.ok(error instanceof OxbowError && error instanceof Error);
    assert.equal(error.name, "OxbowError");
    assert.equal(error.code, code);
    assert.deepEqual({ kind: error.kind, retryable: error.retryable }, table[code]);
    assert.equal(error.message, "what happened");
  }
});

test("the cause is kept", () => {
  const cause = new Error("ENOSPC");
  assert.equal(logError("DISK_FULL", "no space", { cause }).cause, cause);
  assert.equal(logError("DISK_FULL", "no space").cause, undefined);
});

test("an error is found by its class, however deep it is wrapped", () => {
  const inner = new RangeError("inner");
  const outer = new Error("outer", { cause: new TypeError("middle", { cause: inner }) });
  assert.equal(causeOf(outer, RangeError), inner);
  assert.equal(causeOf(inner, RangeError, TypeError), inner);
  assert.equal(causeOf(outer, TypeError, RangeError)?.message, "middle");
  assert.equal(causeOf(outer, SyntaxError), undefined);
  assert.equal(causeOf("no error", Error), undefined);
});
