import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { MatchCache } from "../../src/subjects/match-cache.ts";
import { type MatchResult, SubjectTrie } from "../../src/subjects/subject-trie.ts";

interface Item {
  readonly id: number;
  readonly subject: string;
  readonly subjectBytes: Uint8Array;
  readonly queue: string;
}

type Step =
  | { readonly do: "insert"; readonly subject: string; readonly queue: string }
  | { readonly do: "remove"; readonly which: number }
  | { readonly do: "match"; readonly subject: string };

const word = fc.constantFrom("a", "b", "c", "_INBOX", "*a", "$JS");
const subscribed = fc
  .tuple(fc.array(fc.oneof(word, fc.constant("*")), { maxLength: 4 }), fc.boolean())
  .map(([tokens, isFull]) => (isFull || tokens.length === 0 ? [...tokens, ">"] : tokens).join("."));
const published = fc
  .array(fc.oneof({ weight: 9, arbitrary: word }, fc.constantFrom("*", ">", "", "zz")), {
    minLength: 1,
    maxLength: 5,
  })
  .map((tokens) => tokens.join("."));
const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({
    do: fc.constant("insert" as const),
    subject: subscribed,
    queue: fc.constantFrom("", "", "q1", "q2"),
  }),
  fc.record({ do: fc.constant("remove" as const), which: fc.nat(50) }),
  { weight: 4, arbitrary: fc.record({ do: fc.constant("match" as const), subject: published }) },
);

test("trie and cache match what a naive matcher matches, while items come and go", () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 200, size: "max" }), fc.integer(), (steps, seed) => {
      const trie = new SubjectTrie<Item>(seed);
      const cache = new MatchCache<Item>(trie);
      const items: Item[] = [];
      let nextId = 0;
      for (const action of steps) {
        if (action.do === "insert") {
          const { subject, queue } = action;
          const item = { id: nextId++, subject, subjectBytes: Buffer.from(subject), queue };
          items.push(item);
          trie.insert(item);
        } else if (action.do === "remove") {
          const [item] = items.splice(action.which, 1);
          if (item !== undefined) assert.equal(trie.remove(item), true);
          if (item !== undefined) assert.equal(trie.remove(item), false);
        } else {
          const expected = naiveMatch(items, action.subject);
          const bytes = Buffer.from(`xx${action.subject}yy`);
          const end = bytes.length - 2;
          assert.deepEqual(describe(trie.match(bytes, 2, end).result), expected);
          assert.deepEqual(describe(cache.match(bytes, 2, end)), expected);
          assert.deepEqual(describe(cache.match(bytes, 2, end)), expected);
        }
        assert.equal(trie.count, items.length);
      }
    }),
    { numRuns: 500 },
  );
});

function describe(result: MatchResult<Item>): string[] {
  const plain = result.plain.map((item) => `${item.id}`);
  const queues = result.queues.map((group) => {
    assert.equal(new Set(group.map((item) => item.queue)).size, 1);
    return `${group[0]?.queue}:${group.map((item) => item.id).sort(compareNumbers)}`;
  });
  return [...plain, ...queues].sort();
}

function naiveMatch(items: readonly Item[], subject: string): string[] {
  const matching = items.filter((item) => naiveMatches(item.subject, subject));
  const plain = matching.filter((item) => item.queue === "").map((item) => `${item.id}`);
  const names = new Set(matching.map((item) => item.queue).filter((name) => name !== ""));
  const queues = [...names].map((name) => {
    const group = matching.filter((item) => item.queue === name).map((item) => item.id);
    return `${name}:${group.sort(compareNumbers)}`;
  });
  return [...plain, ...queues].sort();
}

function naiveMatches(pattern: string, subject: string): boolean {
  const wanted = pattern.split(".");
  const tokens = subject.split(".");
  if (tokens.includes("")) return false;
  for (const [index, token] of wanted.entries()) {
    if (token === ">") return tokens.length > index;
    if (index >= tokens.length || (token !== "*" && token !== tokens[index])) return false;
  }
  return tokens.length === wanted.length;
}

function compareNumbers(a: number, b: number): number {
  return a - b;
}
