import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { compileSchema } from "@oxbow/gate";
import fc from "fast-check";
import { assertVerdicts, verdict } from "../support/checks.ts";

const text = "type Query { me: User } type User { id: ID! name(max: Int): String }";

describe("a message against a GraphQL schema", () => {
  const schema = compileSchema({ format: "graphql", text });

  test("is a document that is valid against it", () => {
    assertVerdicts(schema, [
      ["{ me { id name(max: 3) } }", ""],
      ["query Q($max: Int) { me { name(max: $max) } }", ""],
      [
        "{ me }",
        'the message: Field "me" of type "User" must have a selection of subfields. Did you mean "me { ... }"? (line 1, column 3) (validation)',
      ],
      ["{ me { ", "the message: Expected Name, found <EOF>. (line 1, column 8) (syntax)"],
      [Buffer.from([0x7b, 0xff]), "the message: is not UTF-8 (encoding)"],
    ]);
    assert.match(verdict(schema, "{ me { idd } }"), /Cannot query field "idd".*\(validation\)$/);
    assert.match(verdict(schema, "type A { x: Int }"), /is not executable/);
  });

  test("has a bounded number of tokens", () => {
    assert.match(verdict(schema, `{${" me { id }".repeat(1000)}}`), /more than 1000 tokens/);
  });

  test("is checked without throwing, whatever it is", () => {
    const words = ["{", "}", "me", "id", "(", ")", "max:", "3", "query", "...", "on", "$a", '"'];
    const messages = fc.oneof(
      fc.uint8Array({ maxLength: 40 }),
      fc.array(fc.constantFrom(...words)).map((all) => Buffer.from(all.join(" "))),
    );
    fc.assert(fc.property(messages, (message) => typeof verdict(schema, message) === "string"));
  });
});

describe("a GraphQL schema", () => {
  test("takes types from what it refers to", () => {
    const references = [{ name: "user.graphql", text: "type User { id: ID! }" }];
    const schema = compileSchema({
      format: "graphql",
      text: "type Query { me: User }",
      references,
    });
    assert.equal(verdict(schema, "{ me { id } }"), "");
  });

  test("is refused with what is wrong in it", () => {
    const refused = (source: string, pattern: RegExp): void => {
      assert.throws(() => compileSchema({ format: "graphql", text: source }), pattern);
    };
    refused("type Query {", /Expected Name/);
    refused("type Query { me: Foo }", /Unknown type "Foo"/);
    refused("type A { x: Int }", /Query root type must be provided/);
    refused(`type Query { ${"x: Int ".repeat(10_000)} }`, /more than 20000 tokens/);
  });
});
