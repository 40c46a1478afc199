import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { compileSchema, type SchemaReference } from "@oxbow/gate";
import fc from "fast-check";
import protobuf from "protobufjs";
import { assertVerdicts, verdict } from "../support/checks.ts";

const text = `
syntax = "proto3";
package shop;
import "google/protobuf/timestamp.proto";
import "address.proto";
message Order {
  int32 id = 1;
  repeated Item items = 2;
  map<string, double> prices = 3;
  State state = 4;
  google.protobuf.Timestamp at = 5;
  common.Address address = 6;
  oneof proof { string name = 7; bytes signature = 8; }
  repeated sint64 counts = 9;
  Order parent = 10;
  fixed32 checksum = 11;
  repeated fixed64 offsets = 12 [packed = false];
  message Item { string sku = 1; float weight = 2; }
}
enum State { NEW = 0; PAID = 1; }
`;
const address: SchemaReference = {
  name: "address.proto",
  text: 'syntax = "proto3"; package common; message Address { string zip = 1; }',
};

function library(): protobuf.Type {
  const root = new protobuf.Root();
  protobuf.parse(text, root, { keepCase: true });
  protobuf.parse(address.text, root, { keepCase: true });
  root.addJSON(protobuf.common.get("google/protobuf/timestamp.proto")?.nested ?? {});
  return root.lookupType("shop.Order");
}

const type = library();
const bytes = Buffer.from(
  type
    .encode(
      type.fromObject({
        id: 5,
        items: [{ sku: "a" }, { sku: "b", weight: 2 }],
        prices: { x: 1.5 },
        state: 1,
        at: { seconds: 5 },
        address: { zip: "1" },
        signature: Buffer.from("q"),
        counts: [1, -2, 3],
        parent: { id: -4 },
        checksum: 7,
        offsets: [1, 2],
      }),
    )
    .finish(),
);

describe("a message against a Protobuf schema", () => {
  const schema = compileSchema({ format: "protobuf", text, references: [address] });

  test("fits as the library writes it, and empty", () => {
    assert.equal(verdict(schema, bytes), "");
    assert.equal(verdict(schema, ""), "");
  });

  test("is told where it breaks which rule", () => {
    const item = [0x12, 0x03, 0x0a, 0x01];
    assertVerdicts(schema, [
      ['{"id":1}', "the message: has field 15, which shop.Order does not know (unknown)"],
      [Buffer.from([0x0a, 1, 0x41]), "/id: is length-delimited, and a int32 is varint (type)"],
      [Buffer.from([...item, 0x41, ...item, 0xff]), "/items/1/sku: is not UTF-8 (string)"],
      [Buffer.from([0x52, 0x7f]), "/parent: ends before its contents do (encoding)"],
      [Buffer.from([0x08]), "/id: ends in the middle of a number (encoding)"],
      [Buffer.from([0x5d, 1, 2]), "/checksum: ends in the middle of a value (encoding)"],
      [Buffer.alloc(12, 0x88), "the message: has a number of more than 10 bytes (encoding)"],
      [Buffer.from([0x00]), "the message: has field number 0, which there can't be (encoding)"],
    ]);
  });

  test("may pack what is repeated, or not", () => {
    assertVerdicts(schema, [
      [Buffer.from([0x48, 1, 0x48, 2]), ""],
      [Buffer.from([0x4a, 2, 1, 2]), ""],
      [Buffer.from([0x4a, 2, 1, 0x80]), "/counts/0: ends in the middle of a number (encoding)"],
    ]);
  });

  test("can be nested only so deep", () => {
    let nested = Buffer.alloc(0);
    for (let depth = 0; depth < 120; depth++) {
      const size =
        nested.length < 128 ? [nested.length] : [(nested.length & 0x7f) | 0x80, nested.length >> 7];
      nested = Buffer.concat([Buffer.from([0x52, ...size]), nested]);
    }
    assert.match(verdict(schema, nested), /: is nested more than 100 deep \(depth\)$/);
  });

  test("agrees with the library on any bytes", () => {
    const mutated = fc
      .tuple(fc.nat(bytes.length - 1), fc.nat(255))
      .map(([at, byte]) => Buffer.from(bytes).fill(byte, at, at + 1));
    fc.assert(
      fc.property(fc.oneof(fc.uint8Array({ maxLength: 60 }), mutated), (message) => {
        if (verdict(schema, message) === "") type.decode(message);
      }),
    );
  });
});

describe("a message of proto2", () => {
  const schema = compileSchema({
    format: "protobuf",
    text: `syntax = "proto2";
      message A {
        required int32 x = 1;
        optional group G = 2 { optional int32 y = 1; }
        extensions 100 to 200;
      }`,
  });

  test("must have what is required, may have groups and extensions", () => {
    assertVerdicts(schema, [
      [Buffer.from([0x08, 1, 0x13, 0x08, 1, 0x14, 0xa0, 6, 1]), ""],
      [Buffer.from([0x13, 0x08, 1, 0x14]), "/x: is required (required)"],
      ["", "/x: is required (required)"],
      [Buffer.from([0x08, 1, 0x13, 0x08, 1]), "/g: ends before group 2 does (encoding)"],
      [Buffer.from([0x08, 1, 0x1c]), "the message: has field 3, which A does not know (unknown)"],
    ]);
  });
});

describe("a Protobuf schema", () => {
  const refused = (source: string, pattern: RegExp, messageName?: string): void => {
    const definition = { format: "protobuf", text: source } as const;
    assert.throws(
      () => compileSchema(messageName === undefined ? definition : { ...definition, messageName }),
      pattern,
    );
  };

  test("means its first message, or the one that is named", () => {
    const source = 'syntax="proto3"; message A { int32 a = 1; } message B { string b = 1; }';
    const one = Buffer.from([8, 1]);
    assert.equal(verdict(compileSchema({ format: "protobuf", text: source }), one), "");
    const named = compileSchema({ format: "protobuf", text: source, messageName: "B" });
    assert.match(verdict(named, one), /^\/b: is varint/);
  });

  test("is refused with what is wrong in it", () => {
    refused("message", /the schema: illegal type name/);
    refused('syntax="proto3"; message A { B b = 1; }', /no such Type or Enum 'B'/);
    refused(
      'syntax="proto3"; import "x.proto"; message A {}',
      /imports x\.proto, which is not among/,
    );
    refused('syntax="proto3"; enum E { A = 0; }', /has no message at all/);
    refused('syntax="proto3"; message A {}', /has no message B/, "B");
  });

  test("is compiled or refused, whatever it is", () => {
    const words = [
      "message",
      "A",
      "{",
      "}",
      "int32",
      "=",
      "1",
      ";",
      "oneof",
      "map<",
      "import",
      '"x"',
    ];
    const sources = fc.array(fc.constantFrom(...words)).map((all) => all.join(" "));
    fc.assert(
      fc.property(sources, (source) => {
        try {
          verdict(compileSchema({ format: "protobuf", text: source }), bytes);
        } catch (error) {
          assert.match((error as { code: string }).code, /^SCHEMA_/);
        }
      }),
    );
  });
});
