import assert from "node:assert/strict";
import { suite, test } from "node:test";
import fc from "fast-check";
import { compileSchema, generateSchema } from "../../src/index.ts";

const made = (samples: readonly unknown[], format: "json" | "avro" = "json"): unknown =>
  JSON.parse(
    generateSchema(
      format,
      samples.map((each) => JSON.stringify(each)),
      "order",
    ),
  );

/**
 * Goal: what is generated from samples is a schema that they fit, and says what they have in common. Method: samples whose
 * schema is written here by hand, and any JSON.
 */
suite("a schema is generated from samples", () => {
  test("it has what is in all of them, and demands no more", () => {
    const schema = made([
      { id: 1, at: "2026-11-20T12:00:00Z", note: null, lines: [{ price: 1.5 }] },
      { id: 2, at: "2026-11-21T12:00:00Z", note: "x", lines: [] },
    ]);
    assert.deepEqual(schema, {
      $schema: "https://json-schema.org/draft/2020-12/schema",
      type: "object",
      properties: {
        id: { type: "integer" },
        at: { type: "string", format: "date-time" },
        note: { type: ["string", "null"] },
        lines: {
          type: "array",
          items: { type: "object", properties: { price: { type: "number" } }, required: ["price"] },
        },
      },
      required: ["id", "at", "note", "lines"],
    });
  });

  test("in Avro, what is not in every record may be null", () => {
    assert.deepEqual(
      made(
        [
          { id: 1, to: { city: "Ulm" } },
          { id: 2, price: 1.5 },
        ],
        "avro",
      ),
      {
        type: "record",
        name: "Order",
        fields: [
          { name: "id", type: "long" },
          {
            name: "to",
            type: [
              "null",
              { type: "record", name: "OrderTo", fields: [{ name: "city", type: "string" }] },
            ],
            default: null,
          },
          { name: "price", type: ["null", "double"], default: null },
        ],
      },
    );
  });

  test("what can't be said is refused with what to do", () => {
    assert.throws(() => made([{ lines: [] }], "avro"), /\/lines: it is empty in all samples/);
    assert.throws(() => made([{ "a-b": 1 }], "avro"), /is no name in Avro/);
    assert.throws(() => generateSchema("json", ["{"], "order"), /sample 1 is not JSON/);
    const deep = `${"[".repeat(200)}${"]".repeat(200)}`;
    assert.throws(() => generateSchema("json", [deep], "order"), { code: "SCHEMA_TOO_LARGE" });
  });

  test("whatever the samples, they fit it", () => {
    const samples = fc.array(fc.jsonValue({ maxDepth: 4 }), { minLength: 1, maxLength: 5 });
    fc.assert(
      fc.property(samples, (values) => {
        const texts = values.map((value) => JSON.stringify(value));
        const schema = compileSchema({ format: "json", text: generateSchema("json", texts, "x") });
        for (const text of texts) {
          const bytes = Buffer.from(text);
          assert.equal(schema.check(bytes, 0, bytes.length), undefined, text);
        }
      }),
    );
  });
});
