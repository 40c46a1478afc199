import assert from "node:assert/strict";
import { test } from "node:test";
import { resolveConfig } from "../src/config/index.ts";
import { explainStartFailure } from "../src/errors.ts";

const config = await resolveConfig({ flags: { port: "80", data: "some/where" } });

function failure(code: string, fields: object = {}, message: string = code): Error {
  return Object.assign(new Error(message), { code, ...fields });
}

const cases: readonly (readonly [cause: Error, code: string, message: RegExp])[] = [
  [failure("EADDRINUSE"), "PORT_IN_USE", /^port 80 on 127\.0\.0\.1 is in use: .*--port 0/],
  [failure("EADDRNOTAVAIL"), "ADDRESS_UNAVAILABLE", /is not an address of this machine/],
  [failure("EACCES", { syscall: "listen" }), "PORT_FORBIDDEN", /may not listen on port 80/],
  [failure("EACCES", { syscall: "mkdir" }), "DATA_UNWRITABLE", /may not write to some\/where/],
  [failure("ENOENT", { syscall: "mkdir" }), "DATA_UNWRITABLE", /^some\/where cannot be made/],
  [failure("ENOSPC"), "DISK_FULL", /^the disk of some\/where is full/],
  [
    failure("ELOCKED", {}, "ELOCKED: lock is locked by process 42"),
    "DATA_LOCKED",
    /some\/where is in use by the process 42: stop it, or write --data/,
  ],
  [failure("ELOCKED"), "DATA_LOCKED", /is in use by another process:/],
];

for (const [cause, code, message] of cases) {
  test(`${cause.message} says what to do, also as the cause of another error`, () => {
    for (const error of [cause, new Error("could not open", { cause })]) {
      const explained = explainStartFailure(error, config) as Error & { code: string };
      assert.equal(explained.code, code);
      assert.match(explained.message, message);
      assert.equal(explained.cause, error);
    }
  });
}

test("an error that is nobody's fault outside stays as it is", () => {
  const bug = new TypeError("undefined is not a function");
  assert.equal(explainStartFailure(bug, config), bug);
  const missing = failure("ENOENT", { syscall: "open" });
  assert.equal(explainStartFailure(missing, config), missing);
});
