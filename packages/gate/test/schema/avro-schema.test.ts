import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { compileSchema, type PayloadEncoding, type SchemaReference } from "@oxbow/gate";
import avro from "avsc";
import fc from "fast-check";
import { assertVerdicts, jsonVerdict, verdict } from "../support/checks.ts";

const order = {
  type: "record",
  name: "shop.Order",
  fields: [
    { name: "id", type: "int" },
    { name: "note", type: ["null", "string"], default: null },
    { name: "state", type: { type: "enum", name: "State", symbols: ["NEW", "PAID"] } },
    { name: "tags", type: { type: "array", items: "string" } },
    { name: "prices", type: { type: "map", values: "double" } },
    { name: "parent", type: ["null", "Order"], default: null },
    { name: "hash", type: { type: "fixed", name: "Hash", size: 4 } },
    { name: "big", type: "long" },
    { name: "isOpen", type: "boolean" },
    { name: "raw", type: "bytes" },
    { name: "weight", type: "float" },
  ],
} as const;
const child = {
  id: 5,
  note: { string: "x" },
  state: "PAID",
  tags: ["a", "b"],
  prices: { "a/b": 1.5 },
  parent: null,
  hash: Buffer.from("abcd"),
  big: -5_000_000_000,
  isOpen: true,
  raw: Buffer.from([0, 255]),
  weight: 0.5,
};
const value = { ...child, parent: { "shop.Order": child } };
const reference = avro.Type.forSchema(order as never, { wrapUnions: true });
const json = JSON.parse(reference.toString(value)) as Record<string, unknown>;

function compile(
  schema: unknown,
  encoding: PayloadEncoding,
  references: readonly SchemaReference[] = [],
): ReturnType<typeof compileSchema> {
  return compileSchema({ format: "avro", text: JSON.stringify(schema), references }, encoding);
}

describe("a message against an Avro schema, in binary", () => {
  const schema = compile(order, "binary");
  const bytes = reference.toBuffer(value);

  test("fits as the library writes it", () => {
    assert.equal(verdict(schema, bytes), "");
  });

  test("must end where the value does", () => {
    assert.equal(
      verdict(schema, Buffer.concat([bytes, Buffer.from([0])])),
      "the message: has 1 bytes after the value (encoding)",
    );
    for (let size = 0; size < bytes.length; size++) {
      assert.notEqual(verdict(schema, bytes.subarray(0, size)), "", `${size} bytes`);
    }
  });

  test("is told where it breaks which rule", () => {
    assertVerdicts(compile({ type: "array", items: "string" }, "binary"), [
      [Buffer.from([4, 2, 0x61, 2, 0xff, 0]), "/1: is not UTF-8 (string)"],
      [Buffer.from([2, 1, 0]), "/0: has a negative size of string (encoding)"],
      [Buffer.from([3, 8, 2, 0x61, 2, 0x62, 0]), ""],
    ]);
    assertVerdicts(compile({ type: "map", values: "boolean" }, "binary"), [
      [Buffer.from([2, 2, 0x61, 2, 0]), "/a: is byte 2, and a boolean is 0 or 1 (boolean)"],
    ]);
    assertVerdicts(compile(["null", "int"], "binary"), [
      [Buffer.from([4]), "the message: is branch 2 of a union of 2 (union)"],
      [Buffer.from([1]), "the message: is branch -1 of a union of 2 (union)"],
      [Buffer.from([2, 0x80, 0x80, 0x80, 0x80, 0x10]), "the message: does not fit 32 bits (int)"],
    ]);
    assertVerdicts(compile({ type: "enum", name: "E", symbols: ["A"] }, "binary"), [
      [Buffer.from([2]), "the message: is symbol 1 of the 1 of E (enum)"],
    ]);
    const endless = Buffer.alloc(11, 0x80);
    assertVerdicts(compile("long", "binary"), [
      [endless, "the message: has a number of more than 10 bytes (encoding)"],
    ]);
  });

  test("cannot claim more items than there is time for", () => {
    const nulls = compile({ type: "array", items: "null" }, "binary");
    const claim = Buffer.from([0xfe, 0xff, 0xff, 0xff, 0xff, 0xff, 0x0f, 0]);
    assert.match(verdict(nulls, claim), /\(work\)$/);
  });

  test("agrees with the library on any bytes", () => {
    const mutated = fc
      .tuple(fc.nat(bytes.length - 1), fc.nat(255))
      .map(([at, byte]) => Buffer.from(bytes).fill(byte, at, at + 1));
    fc.assert(
      fc.property(fc.oneof(fc.uint8Array({ maxLength: 60 }), mutated), (message) => {
        if (verdict(schema, message) !== "") return;
        reference.fromBuffer(Buffer.from(message));
      }),
    );
  });
});

describe("a message against an Avro schema, in JSON", () => {
  const schema = compile(order, "json");
  const changed = (change: Readonly<Record<string, unknown>>): string =>
    jsonVerdict(schema, { ...json, ...change });

  test("fits as the library writes it", () => {
    assert.equal(jsonVerdict(schema, json), "");
  });

  test("may leave out what has a default, and nothing else", () => {
    assert.equal(changed({ note: undefined }), "");
    assert.equal(changed({ id: undefined }), "/id: is required (record)");
    assert.equal(changed({ other: 1 }), "/other: is not a field of shop.Order (record)");
  });

  test("is told where it breaks which rule", () => {
    const union =
      'must be an object that names its branch, such as {"string": …}, of null, string (union)';
    assert.equal(changed({ id: 2 ** 31 }), "/id: must be an integer of 32 bits (int)");
    assert.equal(changed({ big: 0.5 }), "/big: must be an integer of 64 bits (long)");
    assert.equal(changed({ note: "x" }), `/note: ${union}`);
    assert.equal(changed({ note: { string: 1 } }), "/note/string: must be a string (string)");
    assert.equal(changed({ state: "OLD" }), "/state: must be one of NEW, PAID (enum)");
    assert.equal(changed({ tags: ["a", 1] }), "/tags/1: must be a string (string)");
    assert.equal(changed({ prices: { "a/b": "1" } }), "/prices/a~1b: must be a number (double)");
    assert.equal(changed({ hash: "abc" }), "/hash: must have 4 bytes, not 3 (fixed)");
    assert.match(changed({ raw: "€" }), /^\/raw: must be a string of characters up to U\+00FF/);
    assert.equal(changed({ isOpen: 1 }), "/isOpen: must be true or false (boolean)");
  });
});

describe("an Avro schema", () => {
  test("finds what it refers to, in whatever order", () => {
    const references = [
      {
        name: "b.Outer",
        text: '{"type":"record","name":"b.Outer","fields":[{"name":"inner","type":"b.Inner"}]}',
      },
      { name: "b.Inner", text: '{"type":"enum","name":"b.Inner","symbols":["X"]}' },
    ];
    const schema = compile("b.Outer", "json", references);
    assert.equal(jsonVerdict(schema, { inner: "X" }), "");
  });

  test("is refused with what is wrong in it", () => {
    const refused = (text: string, pattern: RegExp): void => {
      assert.throws(() => compileSchema({ format: "avro", text }), pattern);
    };
    refused("{", /the schema is not JSON/);
    refused('{"type":"record","name":"x"}', /record/);
    refused('{"type":"record","name":"x y","fields":[]}', /invalid name: "x y"/);
    refused('{"type":"array","items":"b.Foo"}', /uses the type b\.Foo, which is neither in it/);
    refused(`${'{"type":"array","items":'.repeat(200)}"int"${"}".repeat(200)}`, /nested more than/);
    refused(
      '{"type":"record","name":"x","fields":[{"name":"a","type":"int","default":"z"}]}',
      /incompatible field default/,
    );
  });

  test("is compiled or refused, whatever it is", () => {
    const keys = ["type", "name", "fields", "items", "values", "symbols", "size", "default"];
    const words = ["record", "array", "map", "enum", "fixed", "int", "A"];
    const schemas = fc.object({
      key: fc.constantFrom(...keys),
      values: [fc.constantFrom(...words), fc.integer()],
    });
    fc.assert(
      fc.property(schemas, (schema) => {
        try {
          jsonVerdict(compile(schema, "json"), {});
        } catch (error) {
          assert.match((error as { code: string }).code, /^SCHEMA_/);
        }
      }),
    );
  });
});
