import assert from "node:assert/strict";
import { test } from "node:test";
import type { Engine } from "@oxbow/engine";
import { serverFacts } from "../../src/gateways/server-facts.ts";

/** An engine, as far as its health goes. */
function engineWith(parts: Partial<Engine>): Engine {
  return { jetstreams: [{}], isLameDuck: false, storeFailure: undefined, ...parts } as Engine;
}

function wrongWith(parts: Partial<Engine>, isPlatformWell = true): unknown[] {
  const checks = serverFacts(engineWith(parts), () => isPlatformWell).health();
  return checks.filter(({ isOk }) => !isOk).map(({ name, reason }) => [name, reason]);
}

test("a server that can do its work says so", () => {
  assert.deepEqual(wrongWith({}), []);
});

test("a poisoned store is told with the code of what went wrong, and no file", () => {
  const cause = Object.assign(new Error("EIO: i/o error, write '/secret/data/journal'"), {
    code: "EIO",
  });
  const storeFailure = new Error("a write has failed", { cause });
  assert.deepEqual(wrongWith({ storeFailure }), [["store", "nothing can be stored: EIO"]]);
  const [[, reason] = []] = wrongWith({ storeFailure: new Error("/x") }) as [string, string][];
  assert.equal(reason, "nothing can be stored; the log says why");
});

test("so are a server that lets its clients go, and a platform that can't be opened", () => {
  assert.deepEqual(wrongWith({ isLameDuck: true, jetstreams: [] }, false), [
    ["jetstream", "there is no JetStream"],
    ["platform", "the platform can't be opened; the log says why"],
    ["clients", "the server lets its clients go"],
  ]);
});
