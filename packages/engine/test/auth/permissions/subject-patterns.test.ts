import assert from "node:assert/strict";
import { suite, test } from "node:test";
import fc from "fast-check";
import { SubjectPatterns } from "../../../src/auth/permissions/subject-patterns.ts";

function covers(patterns: readonly string[], subject: string): boolean {
  const buffer = Buffer.from(`x${subject}x`);
  return new SubjectPatterns(patterns).covers(buffer, 1, buffer.length - 1);
}

const rows: readonly (readonly [string, string[], string[]])[] = [
  ["orders", ["orders"], ["order", "orders.a", "Orders", "", "orders$1"]],
  ["orders$*.>", ["orders$1.a", "orders$22.a.b"], ["orders.a", "orders$1", "orders$1..a", "o$1.a"]],
  ["prod#*.>", ["prod#a.x", "prod#.x", "prod#a.*", "prod#a.>"], ["prod.x", "prod#a", "prod#a."]],
  ["*", ["a", "a$1"], ["*", ">", "$JS", "_INBOX", "a.b"]],
  ["*.>", ["a.b", "a.>", "a.*.c"], ["$JS.API", "_INBOX.x", ">", "*.>", "*.a", ".a", "a."]],
  ["$JS.API.*.x*", ["$JS.API.a.x", "$JS.API.a.xyz"], ["$JS.API.$a.x", "$JS.API.a", "$JS.API.*.x"]],
  [
    "_INBOX.*.>",
    ["_INBOX.a.*", "_INBOX.a.b"],
    ["_INBOX.>", "_INBOX.*.a", "_INBOX.*.*", "_INBOX.a"],
  ],
  ["a*b*c", ["abc", "axbxc", "abbcbc"], ["ab", "abcd", "acb"]],
  [">", ["a", "a.b", "$JS", ">"], ["", "a..b"]],
];

suite("a pattern with wildcards inside of tokens", () => {
  for (const [pattern, good, bad] of rows) {
    test(pattern, () => {
      for (const subject of good) assert.equal(covers([pattern], subject), true, subject);
      for (const subject of bad) assert.equal(covers([pattern], subject), false, subject);
    });
  }

  test("does not mistake the subject that was found last for another", () => {
    const patterns = new SubjectPatterns(["a.*", "b"]);
    const ask = (text: string): boolean => patterns.covers(Buffer.from(text), 0, text.length);
    assert.deepEqual(["a.x", "a.x", "a.y", "c.x", "b", "a.x"].map(ask), [
      true,
      true,
      true,
      false,
      true,
      true,
    ]);
  });
});

test("patterns say what regular expressions of them say, of any subject", () => {
  const token = fc.string({ unit: fc.constantFrom("a", "b", "$", "_", "*"), maxLength: 4 });
  const subject = fc.array(token, { minLength: 1, maxLength: 3 }).map((tokens) => tokens.join("."));
  fc.assert(
    fc.property(subject, fc.boolean(), subject, (pattern, isDeep, wanted) => {
      const text = isDeep ? `${pattern}.>` : pattern;
      assert.equal(covers([text], wanted), oracle(text).test(wanted), `${text} and ${wanted}`);
    }),
    { numRuns: 5_000 },
  );
});

function oracle(pattern: string): RegExp {
  const tokens = pattern.split(".").map((token) => {
    if (token === ">") return "[^.]+(\\.[^.]+)*";
    const text = token.replaceAll("$", "\\$").replaceAll("*", "[^.]*");
    if (!token.includes("*")) return token === "" ? "(?!)" : text;
    return `(?!\\*(\\.|$))${token.startsWith("*") ? "(?![$_])" : ""}(?=[^.])${text}`;
  });
  return new RegExp(`^${tokens.join("\\.")}$`);
}
