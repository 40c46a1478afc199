import assert from "node:assert/strict";
import { describe, test } from "node:test";
import {
  type CompatibilityMode,
  checkCompatibility,
  compileSchema,
  type SchemaDefinition,
  type SchemaFormat,
} from "@oxbow/gate";
import fc from "fast-check";

function define(format: SchemaFormat, schema: unknown): SchemaDefinition {
  return { format, text: typeof schema === "string" ? schema : JSON.stringify(schema) };
}

/** What breaks when `is` follows `was`, a line each. */
function breaks(
  format: SchemaFormat,
  mode: CompatibilityMode,
  was: unknown,
  is: unknown,
): string[] {
  return checkCompatibility(mode, define(format, is), [define(format, was)]).map(
    ({ path, message }) => `${path}: ${message}`,
  );
}

/** Each case: the version before, the one after, what breaks backward, what breaks forward. */
type Case = readonly [
  name: string,
  was: unknown,
  is: unknown,
  backward: readonly string[],
  forward: readonly string[],
];

function assertCases(format: SchemaFormat, cases: readonly Case[]): void {
  for (const [name, was, is, backward, forward] of cases) {
    test(name, () => {
      assert.deepEqual(breaks(format, "backward", was, is), backward, "backward");
      assert.deepEqual(breaks(format, "forward", was, is), forward, "forward");
      assert.deepEqual(breaks(format, "full", was, is), [...backward, ...forward], "full");
      assert.deepEqual(breaks(format, "none", was, is), []);
    });
  }
}

const record = (...fields: unknown[]): unknown => ({ type: "record", name: "A", fields });
const field = (name: string, type: unknown, more: object = {}): unknown => ({
  name,
  type,
  ...more,
});
const enumOf = (symbols: string[], more: object = {}): unknown => ({
  type: "enum",
  name: "E",
  symbols,
  ...more,
});

describe("a new version of an Avro schema", () => {
  const noDefault = "is not written, and has no default: give it one";
  assertCases("avro", [
    ["adds a field with a default", record(), record(field("a", "int", { default: 1 })), [], []],
    ["adds a field without one", record(), record(field("a", "int")), [`/a: ${noDefault}`], []],
    [
      "removes a field without a default",
      record(field("a", "int")),
      record(),
      [],
      [`/a: ${noDefault}`],
    ],
    [
      "renames a field, and says so",
      record(field("a", "int")),
      record(field("b", "int", { aliases: ["a"] })),
      [],
      [`/a: ${noDefault}`],
    ],
    ["promotes a number", "int", "double", [], [": is written as double and read as int"]],
    ["turns text to bytes", "string", "bytes", [], []],
    [
      "changes a type inside",
      record(field("a", { type: "array", items: "int" })),
      record(field("a", { type: "array", items: "string" })),
      ["/a/*: is written as int and read as string"],
      ["/a/*: is written as string and read as int"],
    ],
    [
      "makes a value optional",
      "int",
      ["null", "int"],
      [],
      [": is written as null and read as int"],
    ],
    [
      "adds a symbol",
      enumOf(["X"]),
      enumOf(["X", "Y"]),
      [],
      [": can be written as Y, which the reader does not know: give the enum a default"],
    ],
    [
      "adds a symbol where there is a default",
      enumOf(["X"], { default: "X" }),
      enumOf(["X", "Y"], { default: "X" }),
      [],
      [],
    ],
    [
      "resizes fixed bytes",
      { type: "fixed", name: "F", size: 4 },
      { type: "fixed", name: "F", size: 8 },
      [": is written as fixed F of 4 bytes and read as fixed F of 8 bytes"],
      [": is written as fixed F of 8 bytes and read as fixed F of 4 bytes"],
    ],
    [
      "of a type that is part of itself",
      record(field("next", ["null", "A"]), field("v", "int")),
      record(field("next", ["null", "A"]), field("v", "long")),
      [],
      ["/v: is written as long and read as int"],
    ],
  ]);
});

const proto = (body: string): string => `syntax = "proto2"; message A { ${body} }`;

describe("a new version of a Protobuf schema", () => {
  assertCases("protobuf", [
    [
      "adds and removes optional fields",
      proto("optional int32 a = 1;"),
      proto("optional int32 b = 2;"),
      [],
      [],
    ],
    ["renames a field", proto("optional int32 a = 1;"), proto("optional int32 b = 1;"), [], []],
    [
      "adds a required field",
      proto(""),
      proto("required int32 a = 1;"),
      ["/a: is required by the reader, and may not be written"],
      [],
    ],
    ["widens a number", proto("optional int32 a = 1;"), proto("optional int64 a = 1;"), [], []],
    [
      "changes how a number is written",
      proto("optional int32 a = 1;"),
      proto("optional sint32 a = 1;"),
      ["/a: field 1 is written as int32 and read as sint32"],
      ["/a: field 1 is written as sint32 and read as int32"],
    ],
    [
      "turns text to bytes",
      proto("optional string a = 1;"),
      proto("optional bytes a = 1;"),
      [],
      ["/a: field 1 is written as bytes and read as string"],
    ],
    [
      "repeats a field",
      proto("optional int32 a = 1;"),
      proto("repeated int32 a = 1;"),
      ["/a: field 1 is written as one value and read as repeated"],
      ["/a: field 1 is written as repeated and read as one value"],
    ],
    [
      "changes a type inside",
      proto("repeated B b = 1; message B { optional int32 x = 1; }"),
      proto("repeated B b = 1; message B { optional string x = 1; }"),
      ["/b/*/x: field 1 is written as int32 and read as string"],
      ["/b/*/x: field 1 is written as string and read as int32"],
    ],
    [
      "moves fields to a oneof",
      proto("optional int32 a = 1; optional int32 b = 2;"),
      proto("oneof o { int32 a = 1; int32 b = 2; }"),
      [": a, b can be written together, and oneof o reads one"],
      [],
    ],
  ]);
});

describe("a new version of a GraphQL schema", () => {
  assertCases("graphql", [
    [
      "adds a field",
      "type Query { a: Int }",
      "type Query { a: Int b: Int }",
      [],
      [": Field Query.b was removed."],
    ],
  ]);
});

const object = (properties: object, more: object = {}): object => ({
  type: "object",
  properties,
  ...more,
});
const closed = { additionalProperties: false };
const int = { type: "integer" };

function check(schema: object, value: unknown): boolean {
  const bytes = Buffer.from(JSON.stringify(value));
  return compileSchema(define("json", schema)).check(bytes, 0, bytes.length) === undefined;
}

/** Whether a message has no properties but those that the schema names: others are taken not to be written. */
function isNamed(schema: object, value: unknown): boolean {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return true;
  const names = "properties" in schema ? Object.keys(schema.properties as object) : [];
  return Object.keys(value).every((key) => names.includes(key));
}

describe("a new version of a JSON Schema", () => {
  const unnamed = "can be written, and the reader takes no properties that it does not name";
  const required = "is required by the reader, and may not be written: make it optional";
  assertCases("json", [
    ["adds an optional property to an open object", object({}), object({ a: int }), [], []],
    [
      "adds an optional property to a closed object",
      object({}, closed),
      object({ a: int }, closed),
      [],
      [`/a: ${unnamed}`],
    ],
    [
      "adds a required property",
      object({ a: int }),
      object({ a: int }, { required: ["a"] }),
      [`/a: ${required}`],
      [],
    ],
    [
      "removes a property from a closed object",
      object({ a: int }, closed),
      object({}, closed),
      [`/a: ${unnamed}`],
      [],
    ],
    [
      "closes an object",
      object({}),
      object({}, closed),
      [": can have other properties, which the reader no longer takes"],
      [],
    ],
    ["widens a number", int, { type: "number" }, [], [": can be number, and is read as integer"]],
    [
      "changes a type inside",
      object({ a: { type: "array", items: int } }),
      object({ a: { type: "array", items: { type: "string" } } }),
      ["/a/*: can be integer, and is read as string"],
      ["/a/*: can be string, and is read as integer"],
    ],
    [
      "adds a value",
      { enum: ["a"] },
      { enum: ["a", "b"] },
      [],
      [': can be "b", which the reader refuses'],
    ],
    [
      "bounds a number",
      int,
      { ...int, minimum: 5 },
      [": can be less than the reader's minimum 5"],
      [],
    ],
    [
      "loosens a bound",
      { ...int, maximum: 5 },
      { ...int, maximum: 9 },
      [],
      [": can be more than the reader's maximum 5"],
    ],
    [
      "adds an alternative",
      { anyOf: [int] },
      { anyOf: [int, { type: "null" }] },
      [],
      [': can fit {"type":"null"}, and the reader has no such alternative'],
    ],
    [
      "refers to what it said itself",
      object({ a: int }),
      { ...(object({ a: { $ref: "#/$defs/n" } }) as object), $defs: { n: int } },
      [],
      [],
    ],
    [
      "changes a condition",
      { not: int },
      { not: { type: "string" } },
      [": has another not, and what that means for old messages can't be told"],
      [": has another not, and what that means for old messages can't be told"],
    ],
  ]);

  test("that is part of itself is compared to an end", () => {
    const tree = (leaf: unknown): unknown => ({
      anyOf: [leaf, { type: "array", items: { $ref: "#" } }],
    });
    assert.deepEqual(breaks("json", "full", tree(int), tree(int)), []);
    const changed = breaks("json", "backward", tree(int), tree({ type: "string" }));
    assert.equal(
      changed[0],
      ': can fit {"type":"integer"}, and the reader has no such alternative',
    );
  });

  test("that fits no message that fitted before is found out, whatever they are", () => {
    const parts: object[] = [
      int,
      { type: "string", maxLength: 3 },
      { type: ["integer", "null"] },
      { enum: [1, "a"] },
      { minimum: 1 },
      { type: "array", items: int },
      object({ a: int }, { required: ["a"] }),
      object({ a: { type: "string" } }, closed),
      { anyOf: [int, { type: "string" }] },
    ];
    const part = fc.constantFrom(...parts);
    const message = fc.constantFrom(
      0,
      1,
      -1,
      "a",
      "aaaa",
      null,
      [],
      [1],
      ["a"],
      { a: 1 },
      { a: "a" },
      {},
      { b: 1 },
    );
    fc.assert(
      fc.property(part, part, message, (was, is, value) => {
        if (breaks("json", "backward", was, is).length > 0) return;
        if (check(was, value) && isNamed(was, value)) assert.ok(check(is, value));
      }),
      { numRuns: 500 },
    );
  });
});

describe("the mode", () => {
  const versions = ["int", "long"].map((type) => define("avro", JSON.stringify(type)));
  const candidate = define("avro", '"string"');

  test("says which versions count, and in which direction", () => {
    const seen = (mode: CompatibilityMode): string[] =>
      checkCompatibility(mode, candidate, versions).map(
        ({ earlier, direction }) => `${earlier} ${direction}`,
      );
    assert.deepEqual(seen("backward"), ["1 backward"]);
    assert.deepEqual(seen("forward"), ["1 forward"]);
    assert.deepEqual(seen("full-transitive"), [
      "0 backward",
      "0 forward",
      "1 backward",
      "1 forward",
    ]);
    assert.deepEqual(checkCompatibility("full", candidate, []), []);
  });

  test("does not make one format of another", () => {
    const [found] = checkCompatibility("backward", define("json", "{}"), versions);
    assert.equal(found?.message, "is written as avro and read as json");
  });
});
