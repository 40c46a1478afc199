import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { BadRequest } from "../../src/monitoring/bad-request.ts";
import { jsonPage, LaterList, pageSizeMax } from "../../src/monitoring/json-page.ts";
import { Pacer } from "../../src/monitoring/pacer.ts";
import { PageQueue } from "../../src/monitoring/page-queue.ts";

/** A clock that gets on by a step each time it is looked at, and counts pauses. */
function clock(stepMs: number): { readonly pacer: Pacer; readonly pauses: () => number } {
  let nowMs = 0;
  let pauses = 0;
  const pacer = new Pacer({
    nowMs: () => 0,
    monotonicMs: () => (nowMs += stepMs),
    setTimer: () => ({ cancel: () => undefined }),
    afterTurn: (run) => {
      pauses++;
      setImmediate(run);
    },
  });
  return { pacer, pauses: () => pauses };
}

test("JSON is indented, keeps digits, and escapes what Go escapes", async () => {
  const value = { a: 2n ** 64n - 1n, b: [], c: {}, d: undefined, e: ["<", { f: null }] };
  assert.equal(
    await jsonPage(value, "  ", clock(0).pacer),
    '{\n  "a": 18446744073709551615,\n  "b": [],\n  "c": {},\n  "e": [\n    "\\u003c",\n    {\n      "f": null\n    }\n  ]\n}',
  );
});

test("any JSON is written as Node writes it, with or without indentation, with or without pauses", async () => {
  const plain = fc.jsonValue({ noUnicodeString: true }).filter((value) => {
    const text = JSON.stringify(value);
    return typeof value === "object" && value !== null && !/[<>&\u2028\u2029]|-0|e[+-]/.test(text);
  });
  const property = fc.asyncProperty(plain, fc.nat(10), async (value, stepMs) => {
    const { pacer } = clock(stepMs);
    assert.equal(await jsonPage(value as object, "", pacer), JSON.stringify(value));
    assert.equal(await jsonPage(value as object, "  ", pacer), JSON.stringify(value, null, 2));
  });
  await fc.assert(property, { numRuns: 200 });
});

test("a long list is made item by item, and others get their turn", async () => {
  const { pacer, pauses } = clock(1);
  const made: number[] = [];
  const list = LaterList.of([1, 2, 3, 4, 5, 6, 7, 8], (item) => {
    made.push(pauses());
    return { item };
  });
  const text = await jsonPage({ list, none: LaterList.of([], () => 0) }, "", pacer);
  assert.equal(JSON.parse(text).list.length, 8);
  assert.ok(text.endsWith('"none":[]}'));
  assert.ok((made[0] ?? 0) < (made[7] ?? 0), `no pause between items: ${made}`);
});

test("a page that would be too long is refused, and no more of it is made than fits", async () => {
  const item = "x".repeat(1024 * 1024);
  let count = 0;
  const list = LaterList.of(Array.from({ length: 1000 }), () => {
    count++;
    return item;
  });
  await assert.rejects(jsonPage({ list }, "", clock(0).pacer), BadRequest);
  assert.equal(count, pageSizeMax / item.length);
});

test("pages are made one after the other, and of those that wait there are not too many", async () => {
  const queue = new PageQueue();
  const log: string[] = [];
  const page = (name: string) => async (): Promise<void> => {
    log.push(`${name} begins`);
    await Promise.resolve();
    log.push(`${name} ends`);
    if (name === "a") throw new Error("a fails");
  };
  const first = queue.make(page("a"));
  const second = queue.make(page("b"));
  await assert.rejects(first, /a fails/);
  await second;
  assert.deepEqual(log, ["a begins", "a ends", "b begins", "b ends"]);
  const waiting = Array.from({ length: 1_000 }, () => queue.make(async () => 1));
  await assert.rejects(
    queue.make(async () => 1),
    BadRequest,
  );
  await Promise.all(waiting);
  assert.equal(await queue.make(async () => 2), 2);
});
