import assert from "node:assert/strict";
import { test } from "node:test";
import type { Page } from "oxbow/control";
import { pageOf } from "../../src/service/pages.ts";

const items = Array.from({ length: 25 }, (_, index) => String(index).padStart(3, "0"));
const keyOf = (item: string): string => item;
const bytesMax = 1024 * 1024;

test("pages follow one another, in the order of the keys, until all is told", () => {
  const shuffled = [...items.slice(10), ...items.slice(0, 10)];
  const seen: string[] = [];
  let after: string | null = null;
  do {
    const page: Page<string> = pageOf(
      shuffled,
      keyOf,
      { limit: 7, ...(after !== null && { after }) },
      bytesMax,
    );
    assert.equal(page.total, 25);
    assert.ok(page.items.length <= 7);
    seen.push(...page.items);
    after = page.next;
  } while (after !== null);
  assert.deepEqual(seen, items);
});

test("what goes between two pages is neither missed nor told twice", () => {
  const first = pageOf(items, keyOf, { limit: 5 }, bytesMax);
  const rest = items.filter((item) => item !== first.next);
  const second = pageOf(rest, keyOf, { limit: 5, after: first.next ?? "" }, bytesMax);
  assert.deepEqual(second.items, items.slice(5, 10));
});

test("a page is no larger than an answer may be, and says so where not one item is", () => {
  const large = items.map((item) => item.padEnd(1_000, "x"));
  const page = pageOf(large, (item) => item.slice(0, 3), { limit: 25 }, 4_096);
  assert.equal(page.items.length, 3);
  assert.ok(JSON.stringify(page).length <= 4_096);
  assert.equal(page.next, "002");
  assert.throws(() => pageOf(large, (item) => item.slice(0, 3), {}, 1_500), {
    code: "API_ANSWER_TOO_LARGE",
  });
  assert.deepEqual(pageOf([], keyOf, {}, 100), { items: [], total: 0, next: null });
});
