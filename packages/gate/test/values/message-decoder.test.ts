import assert from "node:assert/strict";
import { suite, test } from "node:test";
import { compileDecoder, type SchemaDefinition } from "@oxbow/gate";
import avro from "avsc";
import fc from "fast-check";
import protobuf from "protobufjs";

const record: SchemaDefinition = {
  format: "avro",
  text: JSON.stringify({
    type: "record",
    name: "Order",
    fields: [
      { name: "id", type: "long" },
      { name: "note", type: ["null", "string"] },
      { name: "tags", type: { type: "array", items: "shop.Tag" } },
      { name: "hash", type: "bytes" },
    ],
  }),
  references: [
    { name: "shop.Tag", text: '{"type":"enum","name":"shop.Tag","symbols":["NEW","OLD"]}' },
  ],
};
const proto: SchemaDefinition = {
  format: "protobuf",
  text: `syntax = "proto3"; import "tag.proto";
message Order { int64 order_id = 1; repeated Tag tags = 2; bytes hash = 3; map<string, double> prices = 4; }`,
  references: [{ name: "tag.proto", text: 'syntax = "proto3"; enum Tag { NEW = 0; OLD = 1; }' }],
};

suite("messages are read by their schema", () => {
  test("Avro in its binary form, with what the schema refers to", () => {
    const tag = { type: "enum", name: "shop.Tag", symbols: ["NEW", "OLD"] } as const;
    const text = record.text.replace('"shop.Tag"', JSON.stringify(tag));
    const type = avro.Type.forSchema(JSON.parse(text), { wrapUnions: true });
    const value = { id: 7, note: { string: "now" }, tags: ["OLD"], hash: Buffer.from([0, 255]) };
    assert.deepEqual(JSON.parse(compileDecoder(record)(type.toBuffer(value))), {
      ...{ id: 7, note: { string: "now" }, tags: ["OLD"], hash: "\u0000\u00ff" },
    });
  });

  test("Protobuf, with names as the file has them and numbers that keep their digits", () => {
    const { root } = protobuf.parse(
      `${proto.text.replace('import "tag.proto";', "")}
enum Tag { NEW = 0; OLD = 1; }`,
      { keepCase: true },
    );
    const type = root.lookupType("Order");
    const value = { order_id: "9007199254740993", tags: [1, 0], hash: "/w==", prices: { a: 1.5 } };
    const bytes = Buffer.from(type.encode(type.fromObject(value)).finish());
    assert.deepEqual(JSON.parse(compileDecoder(proto)(bytes)), { ...value, tags: ["OLD", "NEW"] });
  });

  test("JSON and GraphQL stay as they are", () => {
    const json: SchemaDefinition = { format: "json", text: '{"type":"object"}' };
    assert.equal(compileDecoder(json)(Buffer.from('{ "a": 1 }')), '{ "a": 1 }');
    const written = compileDecoder(
      record,
      "json",
    )(Buffer.from('{"id":1,"note":null,"tags":[],"hash":""}'));
    assert.equal(JSON.parse(written).id, 1);
  });

  test("what does not fit is refused, and says what is wrong", () => {
    const message = /^the message|^\/|precision/;
    for (const definition of [record, proto]) {
      const decode = compileDecoder(definition);
      const property = fc.property(fc.uint8Array({ maxLength: 64 }), (bytes) => {
        try {
          JSON.parse(decode(Buffer.from(bytes)));
        } catch (error) {
          assert.equal((error as { code?: unknown }).code, "MESSAGE_INVALID");
          assert.match((error as Error).message, message);
        }
      });
      fc.assert(property);
    }
  });
});
