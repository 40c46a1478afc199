import assert from "node:assert/strict";
import { suite, test } from "node:test";
import { compileDecoder, compileEncoder, type SchemaDefinition } from "@oxbow/gate";
import fc from "fast-check";

const record: SchemaDefinition = {
  format: "avro",
  text: JSON.stringify({
    type: "record",
    name: "Order",
    fields: [
      { name: "id", type: "int" },
      { name: "note", type: ["null", "string"] },
      { name: "tags", type: { type: "array", items: "string" } },
    ],
  }),
};
const proto: SchemaDefinition = {
  format: "protobuf",
  text: `syntax = "proto3";
enum Tag { NEW = 0; OLD = 1; }
message Item { string name = 1; }
message Order { int64 order_id = 1; repeated Tag tags = 2; repeated Item items = 3; map<string, double> prices = 4; }`,
  messageName: "Order",
};

suite("messages are written by their schema", () => {
  test("what is read of Avro is written again, to the byte", () => {
    const [encode, decode] = [compileEncoder(record), compileDecoder(record)];
    const plain = { noNullPrototype: true };
    const fields = {
      id: fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 }),
      note: fc.option(fc.record({ string: fc.string() }, plain)),
      tags: fc.array(fc.string()),
    };
    const value = fc.record(fields, plain);
    fc.assert(
      fc.property(value, (each) => {
        const bytes = encode(JSON.stringify(each));
        assert.deepEqual(JSON.parse(decode(bytes)), each);
        assert.deepEqual(encode(decode(bytes)), bytes);
      }),
    );
  });

  test("what is read of Protobuf is written again, and nothing is left out in silence", () => {
    const [encode, decode] = [compileEncoder(proto), compileDecoder(proto)];
    const text =
      '{"order_id":"9007199254740993","tags":["OLD","NEW"],"items":[{"name":"a"}],"prices":{"x":1.5}}';
    assert.equal(decode(encode(text)), text);
    const wrong: readonly [string, RegExp][] = [
      ['{"order_id":"1","colour":"red"}', /^\/colour: the schema has no such field/],
      ['{"items":[{"name":"a","size":1}]}', /^\/items\/0\/size/],
      ['{"tags":["NONE"]}', /tags/],
      ["[]", /JSON object/],
      ["{", /JSON/],
    ];
    for (const [given, message] of wrong) {
      assert.throws(() => encode(given), { code: "MESSAGE_INVALID", message });
    }
  });

  test("whatever the text, it is written, or refused as a message that does not fit", () => {
    for (const encode of [compileEncoder(record), compileEncoder(proto)]) {
      fc.assert(
        fc.property(fc.oneof(fc.string(), fc.json()), (text) => {
          try {
            encode(text);
          } catch (error) {
            assert.equal((error as { readonly code?: string }).code, "MESSAGE_INVALID", text);
          }
        }),
      );
    }
  });
});
