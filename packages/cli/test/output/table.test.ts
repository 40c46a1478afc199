import assert from "node:assert/strict";
import { test } from "node:test";
import { renderFields, renderTable } from "../../src/output/table.ts";

test("columns are as wide as their widest cell, numbers at the right", () => {
  const text = renderTable(
    [{ title: "name" }, { title: "n", isNumeric: true }],
    [
      ["a", "1,000"],
      ["longer", "2"],
    ],
  );
  assert.equal(text, "name        n\n─────────────\na       1,000\nlonger      2\n");
});

test("fields without a value are left out", () => {
  const fields = [
    ["a", "1"],
    ["none", undefined],
    ["long", "2"],
  ] as const;
  assert.equal(renderFields(fields), "  a     1\n  long  2\n");
});
