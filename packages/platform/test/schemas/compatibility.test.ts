import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { CompatibilityMode } from "@oxbow/gate";
import {
  breaksWith,
  comparedVersions,
  describeBreak,
  refuseBreaks,
} from "../../src/schemas/compatibility.ts";
import type { SchemaDocument } from "../../src/schemas/documents.ts";
import { registryLimits } from "../../src/schemas/limits.ts";

function documentOf(
  compatibility: CompatibilityMode,
  numbers: readonly number[],
  active: number | null,
): SchemaDocument {
  const versions = numbers.map((number) => ({
    number,
    text: "0".repeat(64),
    bytes: 0,
    messageName: null,
    references: [],
    createdAt: "",
  }));
  const nextNumber = 1 + Math.max(0, ...numbers);
  return { version: 1, format: "json", compatibility, active, nextNumber, createdAt: "", versions };
}

describe("the versions that a new one is compared with", () => {
  const cases: [CompatibilityMode, number[], number | null, number[]][] = [
    ["backward", [], null, []],
    ["backward", [1, 2, 3], 3, [3]],
    ["forward", [1, 2, 3], 1, [1, 3]],
    ["full", [2, 5], 2, [2, 5]],
    ["full-transitive", [1, 2, 5], 2, [1, 2, 5]],
    ["none", [1, 2], 1, []],
  ];
  for (const [mode, numbers, active, wanted] of cases) {
    test(`${mode} of ${numbers.join(", ")} with ${active} active`, () => {
      assert.deepEqual(comparedVersions(documentOf(mode, numbers, active)), wanted);
    });
  }
});

test("a break says who can't read what", async () => {
  const json = (text: string): { format: "json"; text: string } => ({ format: "json", text });
  const found = await breaksWith("full-transitive", json('{"type":"string"}'), [4, 7], (number) =>
    Promise.resolve(json(number === 4 ? '{"type":"integer"}' : '{"type":"string"}')),
  );
  assert.deepEqual(found.map(describeBreak), [
    "the new version can't read what was written with version 4: can be integer, and is read as string",
    "version 4 can't read what will be written with the new one: can be string, and is read as integer",
  ]);
});

test("an error tells some of many breaks, and how many more there are", () => {
  const count = registryLimits.breaksTold + 3;
  const breaks = Array.from({ length: count }, (_, index) => ({
    version: 1,
    direction: "forward" as const,
    path: `/${index}`,
    rule: "type",
    message: "is another",
  }));
  assert.doesNotThrow(() => refuseBreaks("a", "forward", []));
  assert.throws(() => refuseBreaks("a", "forward", breaks), /\/9 is another; and 3 more\. Change/);
});
