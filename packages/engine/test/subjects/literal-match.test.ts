import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { literalMatches } from "../../src/subjects/literal-match.ts";
import { isValidSubject } from "../../src/subjects/subject.ts";
import { SubjectTrie } from "../../src/subjects/subject-trie.ts";

function matches(pattern: string, subject: string): boolean {
  const buffer = Buffer.from(`.${subject}.`);
  return literalMatches(Buffer.from(pattern), buffer, 1, buffer.length - 1);
}

test("a pattern matches token by token", () => {
  for (const [pattern, subject] of [
    ["a", "a"],
    ["a.b", "a.b"],
    ["*", "a"],
    ["a.*", "a.b"],
    ["*.b", "a.b"],
    [">", "a"],
    [">", "a.b.c"],
    ["a.>", "a.b.c"],
    ["a*.b", "a*.b"],
    ["a.>x", "a.>x"],
    ["a.*", "a.>"],
  ] as const) {
    assert.equal(matches(pattern, subject), true, `${pattern} ${subject}`);
  }
  for (const [pattern, subject] of [
    ["a", "b"],
    ["a", "a.b"],
    ["a.b", "a"],
    ["ab", "a"],
    ["a", "ab"],
    ["*", "a.b"],
    ["a.>", "a"],
    ["a.*", "a."],
    [">", ""],
    ["*", ""],
    [">", "a..b"],
    ["a.>", "a..b"],
    ["a.*.b", "a..b"],
    ["a*", "ab"],
  ] as const) {
    assert.equal(matches(pattern, subject), false, `${pattern} ${subject}`);
  }
});

test("a pattern matches what the trie says", () => {
  const text = fc.string({ unit: fc.constantFrom("a", "b", ".", ".", "*", ">"), maxLength: 9 });
  fc.assert(
    fc.property(text.filter(isValidSubject), text, (pattern, subject) => {
      const trie = new SubjectTrie<{ subjectBytes: Buffer; queue: string }>(1);
      trie.insert({ subjectBytes: Buffer.from(pattern), queue: "" });
      const bytes = Buffer.from(subject);
      const found = trie.match(bytes, 0, bytes.length).result.plain.length > 0;
      assert.equal(matches(pattern, subject), found);
    }),
    { numRuns: 2_000 },
  );
});
