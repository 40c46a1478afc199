import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { csvRows } from "../../src/platform/csv.ts";

async function* chunked(text: string, size: number): AsyncGenerator<string> {
  for (let at = 0; at < text.length; at += size) yield text.slice(at, at + size);
}

function rows(text: string, size = 1024): Promise<(readonly string[])[]> {
  return Array.fromAsync(csvRows(chunked(text, size)));
}

test("fields may be quoted, and hold commas, quotes and line ends then", async () => {
  const text = 'a,b\r\n"1, ""one""\r\nor so",2\n\n,\n"",x';
  assert.deepEqual(await rows(text), [
    ["a", "b"],
    ['1, "one"\r\nor so', "2"],
    ["", ""],
    ["", "x"],
  ]);
});

test("what is no CSV is refused, and says in which row", async () => {
  await assert.rejects(rows('a\n"b'), /row 2 of the CSV ends within quotes/);
  await assert.rejects(rows('a\n"b"c'), /row 2 of the CSV has something between a quote/);
});

test("whatever is written is read back, in pieces of any size", () => {
  const table = fc.array(fc.array(fc.string({ unit: "grapheme" }), { minLength: 2, maxLength: 4 }));
  const property = fc.asyncProperty(table, fc.integer({ min: 1, max: 7 }), async (given, size) => {
    const quoted = (field: string): string => `"${field.replaceAll('"', '""')}"`;
    const text = given.map((row) => row.map(quoted).join(",")).join("\n");
    assert.deepEqual(await rows(text, size), given);
  });
  return fc.assert(property, { numRuns: 200 });
});

test("any text is read or refused, and nothing else", () => {
  const property = fc.asyncProperty(fc.string(), fc.integer({ min: 1, max: 5 }), (text, size) =>
    rows(text, size).then(
      () => undefined,
      (error: Error) => assert.equal(error.name, "CommandFailure"),
    ),
  );
  return fc.assert(property);
});
