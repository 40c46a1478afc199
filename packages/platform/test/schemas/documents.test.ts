import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { readSchemaDocument, readStationDocument } from "../../src/schemas/documents.ts";

const station = {
  version: 1,
  schema: { name: "a", version: "active", mode: "warn", encoding: null },
};
const schema = {
  version: 1,
  format: "json",
  compatibility: "full",
  active: 1,
  nextNumber: 2,
  createdAt: "2026-01-31T12:00:00.000Z",
  versions: [
    {
      number: 1,
      text: "a".repeat(64),
      bytes: 2,
      messageName: null,
      references: [{ name: "x", schema: "y", version: 1 }],
      createdAt: "2026-01-31T12:00:00.000Z",
    },
  ],
};

/** Something where `property` of the document, or of a part of it, is another. */
function changed(document: object, path: readonly string[], value: unknown): string {
  const copy = structuredClone(document);
  const last = path.at(-1) ?? "";
  const part = path.slice(0, -1).reduce((each, name) => each[name] as never, copy as Parts);
  part[last] = value;
  return JSON.stringify(copy);
}

type Parts = Record<string, unknown>;

describe("a document of the bucket", () => {
  test("is read as it was written", () => {
    assert.deepEqual(readStationDocument("station.s", JSON.stringify(station)), station);
    assert.deepEqual(readSchemaDocument("schema.s", JSON.stringify(schema)), schema);
  });

  test("of a later version is refused, whatever else it has", () => {
    const text = JSON.stringify({ version: 2, anything: true });
    const wanted = { code: "SCHEMA_UNREADABLE", message: /of version 2, and this program reads 1/ };
    assert.throws(() => readStationDocument("station.s", text), wanted);
    assert.throws(() => readSchemaDocument("schema.s", text), wanted);
  });

  test("with a property that is unknown, missing or another is refused, naming it", () => {
    const cases: [string[], unknown][] = [
      [["more"], 1],
      [["version"], 0],
      [["format"], "xml"],
      [["active"], "1"],
      [["versions", "0", "text"], "../x"],
      [["versions", "0", "number"], 0],
      [["versions", "0", "references", "0", "version"], "active"],
    ];
    for (const [path, value] of cases) {
      const text = changed(schema, path, value);
      assert.throws(() => readSchemaDocument("schema.s", text), {
        code: "SCHEMA_UNREADABLE",
        message: new RegExp(path.at(-1) ?? ""),
      });
    }
    const text = changed(station, ["schema", "mode"], "ignore");
    assert.throws(() => readStationDocument("station.s", text), /schema\.mode/);
  });

  test("of any text is read or refused, nothing else", () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.json()), (text) => {
        for (const read of [readSchemaDocument, readStationDocument]) {
          try {
            read("key", text);
          } catch (error) {
            assert.equal((error as { code?: string }).code, "SCHEMA_UNREADABLE");
          }
        }
      }),
    );
  });
});
