import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { type CompiledSchema, compileSchema, type SchemaReference } from "@oxbow/gate";
import fc from "fast-check";
import { assertVerdicts, jsonVerdict, verdict } from "../support/checks.ts";

function compile(schema: unknown, references: readonly SchemaReference[] = []): CompiledSchema {
  return compileSchema({ format: "json", text: JSON.stringify(schema), references });
}

const tooLong = "the message: would take too long to check against this schema (work)";

describe("a message against a JSON Schema", () => {
  test("is told where it breaks which rule", () => {
    const order = compile({
      type: "object",
      properties: {
        id: { type: "integer" },
        state: { enum: ["new", "paid"] },
        items: { type: "array", items: { type: "object", required: ["sku"] } },
      },
      required: ["id"],
      additionalProperties: false,
    });
    assertVerdicts(order, [
      ['{"id":1,"state":"new","items":[{"sku":"a"}]}', ""],
      ['{"id":"1"}', "/id: must be integer (type)"],
      ["{}", "/id: is required (required)"],
      ['{"id":1,"a/b":2}', "/a~1b: is not a property of the schema (additionalProperties)"],
      ['{"id":1,"state":"old"}', '/state: must be one of "new", "paid" (enum)'],
      ['{"id":1,"items":[{"sku":"a"},{}]}', "/items/1/sku: is required (required)"],
    ]);
  });

  test("is a JSON text in UTF-8", () => {
    const anything = compile(true);
    assert.match(verdict(anything, '{"id":'), /^the message: is not JSON: .* \(encoding\)$/);
    assert.match(verdict(anything, ""), /\(encoding\)$/);
    assert.equal(
      verdict(anything, Buffer.from([0x22, 0xff, 0x22])),
      "the message: is not UTF-8 (encoding)",
    );
    assert.equal(verdict(compile({ const: "a\ufffdb" }), '"a\ufffdb"'), "");
  });

  test("of several alternatives is told which was the nearest", () => {
    const schema = compile({
      anyOf: [{ type: "object", properties: { v: { type: "number" } } }, { type: "string" }],
    });
    assert.equal(
      jsonVerdict(schema, { v: "x" }),
      "the message: must match a schema in anyOf; the nearest fails at /v: must be number (anyOf)",
    );
  });

  test("is checked by the dialect that the schema names", () => {
    const draft4 = compile({
      $schema: "http://json-schema.org/draft-04/schema#",
      maximum: 5,
      exclusiveMaximum: true,
    });
    assert.equal(jsonVerdict(draft4, 5), "the message: must be < 5 (maximum)");
    for (const dialect of [
      "http://json-schema.org/draft-06/schema#",
      "http://json-schema.org/draft-07/schema#",
      "https://json-schema.org/draft/2019-09/schema",
      "https://json-schema.org/draft/2020-12/schema",
    ]) {
      const schema = compile({ $schema: dialect, exclusiveMaximum: 5 });
      assert.equal(jsonVerdict(schema, 5), "the message: must be < 5 (exclusiveMaximum)", dialect);
    }
  });

  test("is checked for formats", () => {
    const fits = (format: string, text: string): boolean =>
      jsonVerdict(compile({ format }), text) === "";
    const cases: readonly (readonly [string, string, string])[] = [
      ["date-time", "2026-11-21T10:00:00Z", "2026-13-21T10:00:00Z"],
      ["email", "a@example.org", "example.org"],
      ["hostname", "example.org", "-example.org"],
      ["ipv4", "127.0.0.1", "127.0.0.256"],
      ["ipv6", "::1", ":::1"],
      ["uri", "https://example.org/a", "https://example.org/a b"],
      ["uuid", "9b2d2f1c-6a4f-4e0a-8f3f-0f2e4a1b5c6d", "9b2d2f1c"],
      ["json-pointer", "/a/b", "a/b"],
      ["duration", "P1D", "1D"],
      ["byte", "aGk=", "a"],
    ];
    for (const [format, good, bad] of cases) {
      assert.ok(fits(format, good), `${format}: ${good}`);
      assert.ok(!fits(format, bad), `${format}: ${bad}`);
    }
  });

  test("has equal items where they are equal as JSON", () => {
    const schema = compile({ uniqueItems: true });
    assert.equal(jsonVerdict(schema, [1, "1", [1], { a: 1 }, { a: "1" }, null, "null"]), "");
    assert.match(
      jsonVerdict(schema, [
        { a: 1, b: [2] },
        { b: [2], a: 1 },
      ]),
      /\(uniqueItems\)$/,
    );
  });

  test("is checked against what the schema refers to", () => {
    const address: SchemaReference = { name: "address.json", text: '{"required":["zip"]}' };
    const schema = compile({ properties: { to: { $ref: "address.json" } } }, [address]);
    assert.equal(jsonVerdict(schema, { to: {} }), "/to/zip: is required (required)");
  });

  test("has no say in what objects inherit", () => {
    const schema = compile({ required: ["toString"], properties: { constructor: false } });
    assert.equal(jsonVerdict(schema, {}), "/toString: is required (required)");
    assert.equal(jsonVerdict(schema, { toString: 1 }), "");
  });
});

describe("a JSON Schema that nobody vouches for", () => {
  const refused = (schema: unknown, pattern: RegExp): void => {
    const text = typeof schema === "string" ? schema : JSON.stringify(schema);
    assert.throws(() => compileSchema({ format: "json", text }), pattern);
  };

  test("is refused with what is wrong in it", () => {
    refused("{", /the schema is not JSON/);
    refused("5", /neither an object nor true or false/);
    refused({ type: "strin" }, /the schema\/type must be equal to one of the allowed values/);
    refused({ $schema: "https://example.org/mine" }, /draft-04, draft-06, draft-07/);
    refused({ $ref: "other.json" }, /\$ref other\.json is neither in the schema nor among/);
    refused({ $async: true }, /can't be \$async/);
    refused('{"properties":{"__proto__":{}}}', /named __proto__/);
    refused({ pattern: "(?=a)b" }, /look-around and back-references are not offered/);
    refused({ pattern: "(a)\\1" }, /look-around and back-references are not offered/);
    refused({ pattern: "a".repeat(2000) }, /a pattern has 2000 characters/);
    refused(
      { enum: Array.from({ length: 30_000 }, (_, index) => index) },
      /more than 20000 values/,
    );
    refused({ title: "x".repeat(600_000) }, /bytes with its references, more than/);
    let nested: unknown = {};
    for (let depth = 0; depth < 200; depth++) nested = { not: nested };
    refused(nested, /nested more than 100 deep/);
  });

  test("does not run what it says", () => {
    const probe = "');globalThis.isRun=true;('";
    const schema = compile({
      $id: `https://example.org/${encodeURIComponent(probe)}`,
      title: probe,
      properties: { [probe]: { const: probe, pattern: "^'\\);x" }, "`${x}`": { format: probe } },
      required: [probe, "\\u2028"],
      [probe]: probe,
    });
    jsonVerdict(schema, { [probe]: 5 });
    assert.equal("isRun" in globalThis, false);
  });

  test("cannot keep a check busy with references that double", () => {
    const doubled = (index: number): unknown => {
      const $ref = `#/$defs/d${index + 1}`;
      return { allOf: [{ $ref }, { $ref }] };
    };
    const $defs: Record<string, unknown> = { d60: { type: "string" } };
    for (let index = 0; index < 60; index++) $defs[`d${index}`] = doubled(index);
    assert.equal(jsonVerdict(compile({ $defs, $ref: "#/$defs/d0" }), "x"), tooLong);
  });

  test("cannot keep a check busy with alternatives that all fail deep inside", () => {
    const branch = { properties: { c: { $ref: "#/$defs/n" }, z: false } };
    const schema = compile({ $defs: { n: { anyOf: [branch, branch] } }, $ref: "#/$defs/n" });
    const message = `${'{"c":'.repeat(60)}{"z":1}${"}".repeat(60)}`;
    assert.equal(verdict(schema, message), tooLong);
  });

  test("cannot keep a check busy with many values for many items", () => {
    const schema = compile({ items: { enum: Array.from({ length: 5000 }, (_, i) => `v${i}`) } });
    assert.equal(jsonVerdict(schema, Array(50_000).fill("v4999")), tooLong);
  });

  test("cannot keep a check busy with a pattern that tries everything twice", () => {
    const schema = compile({ pattern: "^(a+)+$" });
    assert.match(jsonVerdict(schema, `${"a".repeat(50_000)}b`), /\(pattern\)$/);
  });

  test("cannot keep a check busy with a pattern of many parts that are long", () => {
    const cases = [
      ["^[^@]+@[^@]+$", `${"a".repeat(25_000)}@${"a".repeat(25_000)}@`],
      ["^a*a*a*a*$", `${"a".repeat(50_000)}b`],
      ["^\\w*_\\w*_\\w*_\\w*-$", "_".repeat(50_000)],
      ["^a*-?a*-?a*-?a*$", `${"a".repeat(50_000)}b`],
      ["^a*b{0,1}a*b{0}a*ba*$", `${"a".repeat(50_000)}c`],
      ["^[a-z]{1,}[a-z]{1,}[0-9]{1,}$", "a".repeat(50_000)],
    ] as const;
    for (const [pattern, text] of cases) {
      assert.match(jsonVerdict(compile({ pattern }), text), /\(pattern\)$/, pattern);
    }
  });

  test("is found to fit a pattern whenever it does", () => {
    const item = fc.constantFrom("a", "b", "\\.", "[ab]", "[^a]", "\\w", "\\S", ".");
    const many = fc.constantFrom("", "", "?", "*", "+", "{2}", "{0,2}", "{1,}");
    const row = fc.array(fc.tuple(item, many), { maxLength: 5 });
    const text = fc.string({ unit: fc.constantFrom("a", "b", ".", "é"), maxLength: 8 });
    fc.assert(
      fc.property(row, fc.constantFrom("$", ""), fc.array(text), (parts, end, texts) => {
        const pattern = `^${parts.map((part) => part.join("")).join("")}${end}`;
        const schema = compile({ pattern });
        for (const each of texts) {
          assert.equal(jsonVerdict(schema, each) === "", new RegExp(pattern, "u").test(each));
        }
      }),
    );
  });

  test("that refers to itself without end, or a message without end, is too deep", () => {
    const deep = "the message: is nested too deep (depth)";
    assert.equal(jsonVerdict(compile({ $ref: "#" }), 1), deep);
    const lists = compile({ $ref: "#/$defs/l", $defs: { l: { items: { $ref: "#/$defs/l" } } } });
    assert.equal(verdict(lists, "[".repeat(50_000) + "]".repeat(50_000)), deep);
  });

  test("checks any bytes without throwing", () => {
    const schema = compile({
      type: "object",
      properties: { a: { $ref: "#" }, b: { type: "array", uniqueItems: true } },
      patternProperties: { "^x+": { format: "uri" } },
      unevaluatedProperties: { type: ["string", "null"] },
    });
    const messages = fc.oneof(
      fc.uint8Array({ maxLength: 64 }),
      fc.json().map((text) => Buffer.from(text)),
      fc
        .object({ key: fc.constantFrom("a", "b", "xx", "c") })
        .map((value) => Buffer.from(JSON.stringify(value))),
    );
    fc.assert(fc.property(messages, (message) => typeof verdict(schema, message) === "string"));
  });

  test("is compiled or refused, whatever it is", () => {
    const keywords = ["$ref", "allOf", "items", "properties", "$defs", "pattern", "type", "not"];
    const schemas = fc.object({ key: fc.constantFrom(...keywords), maxDepth: 4 });
    fc.assert(
      fc.property(schemas, (schema) => {
        try {
          jsonVerdict(compile(schema), { a: [1] });
        } catch (error) {
          assert.match((error as { code: string }).code, /^SCHEMA_/);
        }
      }),
    );
  });
});
