import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import {
  hasWildcard,
  isValidLiteral,
  isValidSubject,
  subjectIsSubset,
  subjectsOverlap,
} from "../../src/subjects/subject.ts";

test("subjects are tokens without blanks, and > comes last", () => {
  const valid = [
    "a",
    "a.b",
    "*",
    ">",
    "a.*.c",
    "a.>",
    "*.>",
    "a*",
    ">b",
    "a.b>",
    "$JS.API",
    "\u00e9.x",
  ];
  const invalid = [
    "",
    ".",
    "a.",
    ".a",
    "a..b",
    "a b",
    "a.\tb",
    "a\r",
    "a\n.b",
    "\f",
    ">.a",
    "a.>.b",
  ];
  for (const subject of valid) assert.equal(isValidSubject(subject), true, subject);
  for (const subject of invalid)
    assert.equal(isValidSubject(subject), false, JSON.stringify(subject));
});

test("a wildcard is a whole token", () => {
  for (const subject of ["*", ">", "a.*", "*.a", "a.>", "a.*.b"]) {
    assert.equal(hasWildcard(subject), true, subject);
    assert.equal(isValidLiteral(subject), false, subject);
  }
  for (const subject of ["a", "a*", "*a", "a.b*", "a>.b", "a.>b"]) {
    assert.equal(hasWildcard(subject), false, subject);
    assert.equal(isValidLiteral(subject), true, subject);
  }
  assert.equal(isValidLiteral("a..b"), false);
});

test("subsets", () => {
  const yes = [
    ["a", "a"],
    ["a", "*"],
    ["a", ">"],
    ["a.b", "a.*"],
    ["a.*", "a.*"],
    ["a.*", "a.>"],
    ["a.>", ">"],
    ["a.b.>", "a.*.>"],
  ] as const;
  const no = [
    ["a", "b"],
    ["a", "a.b"],
    ["a.b", "a"],
    ["*", "a"],
    [">", "*"],
    ["a.>", "a.*"],
    ["a", "a.>"],
    ["a.b", "a.*b"],
    ["a.*", "*.b"],
  ] as const;
  for (const [inner, outer] of yes)
    assert.equal(subjectIsSubset(inner, outer), true, `${inner} ${outer}`);
  for (const [inner, outer] of no)
    assert.equal(subjectIsSubset(inner, outer), false, `${inner} ${outer}`);
});

const token = fc.constantFrom("a", "b", "*");
const pattern = fc
  .tuple(fc.array(token, { minLength: 1, maxLength: 3 }), fc.boolean())
  .map(([tokens, isOpen]) => (isOpen ? [...tokens.slice(0, -1), ">"] : tokens).join("."));

/** All literal subjects of up to four tokens over three letters: enough to tell any two of the patterns apart. */
const literals: string[] = [];
for (let length = 1, level = [""]; length <= 4; length++) {
  level = level.flatMap((prefix) =>
    ["a", "b", "c"].map((t) => (prefix === "" ? t : `${prefix}.${t}`)),
  );
  literals.push(...level);
}

/** What a subject means, said once more as a regular expression. */
function matcher(subject: string): RegExp {
  const tokens = subject.split(".").map((part) => ({ "*": "[^.]+", ">": ".+" })[part] ?? part);
  return new RegExp(`^${tokens.join("\\.")}$`);
}

test("subset and overlap agree with trying every subject", () => {
  fc.assert(
    fc.property(pattern, pattern, (a, b) => {
      const [inA, inB] = [matcher(a), matcher(b)];
      const both = literals.filter((literal) => inA.test(literal) && inB.test(literal));
      const onlyA = literals.filter((literal) => inA.test(literal) && !inB.test(literal));
      assert.equal(subjectsOverlap(a, b), both.length > 0, `${a} overlaps ${b}`);
      assert.equal(subjectIsSubset(a, b), onlyA.length === 0, `${a} in ${b}`);
    }),
    { numRuns: 500 },
  );
});
