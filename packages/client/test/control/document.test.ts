import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { operationNames, operations } from "oxbow/control";

test("docs/CONTROL.md has every operation as it is", () => {
  const path = new URL("../../../../docs/CONTROL.md", import.meta.url);
  const rows = readFileSync(path, "utf8")
    .split("\n")
    .filter((line) => line.startsWith("| `"));
  const wanted = operationNames.map((operation) => {
    const { subject, names, request, response, summary } = operations[operation];
    const full = [subject, ...names.map((name) => `<${name}>`)].join(".");
    return `| \`${operation}\` | \`${full}\` | \`${request}\` | \`${response}\` | ${summary} |`;
  });
  assert.deepEqual(rows, wanted);
});
