import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { registryLimits } from "../../src/schemas/limits.ts";
import { unifiedDiff } from "../../src/schemas/schema-diff.ts";

const names = ["old", "new"] as const;

describe("a unified diff", () => {
  test("has the lines that differ, with those around them", () => {
    assert.equal(
      unifiedDiff("1\n2\n3\n4\n5\n6\n", "1\n2\n3\n4\n5\n7\n", names),
      "--- old\n+++ new\n@@ -3,4 +3,4 @@\n 3\n 4\n 5\n-6\n+7\n",
    );
  });

  test("of the same text is empty", () => {
    assert.equal(unifiedDiff("1", "1", names), "");
  });

  test("of texts that differ in too many lines replaces all of them", () => {
    const lines = (mark: string): string[] =>
      Array.from({ length: registryLimits.editsMax }, (_, index) => `${mark}${index}`);
    const diff = unifiedDiff(`${lines("a").join("\n")}\n`, lines("b").join("\n"), names);
    const wanted = [
      "--- old",
      "+++ new",
      `@@ -1,${registryLimits.editsMax} +1,${registryLimits.editsMax} @@`,
      ...lines("-a"),
      ...lines("+b"),
      "",
    ];
    assert.deepEqual(diff.split("\n"), wanted);
  });
});
