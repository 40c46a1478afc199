import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { hasHeapFlags, serverFlags } from "../src/server-flags.ts";

test("a process that was started with the flags does not start itself again", () => {
  assert.equal(hasHeapFlags(serverFlags, ""), true);
});

test("whoever sizes the heap is left alone", () => {
  assert.equal(hasHeapFlags(["--max-old-space-size=512"], ""), true);
  assert.equal(hasHeapFlags([], "--max-semi-space-size=64"), true);
});

test("other flags do not count", () => {
  assert.equal(hasHeapFlags(["--inspect"], "--enable-source-maps"), false);
});

test("the executable that stands in for nats-server gives its process the same flags", () => {
  const script = new URL("../../engine/bin/nats-server", import.meta.url);
  assert.ok(readFileSync(script, "utf8").includes(serverFlags.join(" ")));
});
