import assert from "node:assert/strict";
import { suite, test } from "node:test";
import fc from "fast-check";
import { Expression } from "../../../src/http/messages/search/expression.ts";
import { ExpressionMistake } from "../../../src/http/messages/search/expression-mistake.ts";

function factsOf(text: string) {
  return {
    ...{ key: "eu.1", headers: { Colour: ["red"] }, text, timeMs: Date.UTC(2026, 0, 1) },
    ...{ sequence: 5, partition: 2, sizeBytes: text.length },
  };
}

suite("expressions that messages are tried on", () => {
  test("say yes, no, or why not, whatever the message", () => {
    const expression = new Expression("value.amount > 5 || value.list.exists(x, x.name == 'Ada')");
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.json()), (text) => {
        assert.ok(["boolean", "string"].includes(typeof expression.judge(factsOf(text))));
      }),
    );
    assert.equal(expression.judge(factsOf('{"amount": 6}')), true);
    assert.equal(expression.judge(factsOf('{"amount": 5, "list": []}')), false);
    assert.match(String(expression.judge(factsOf("{}"))), /amount/);
  });

  test("any text is an expression, or a mistake at a place within it", () => {
    const words = [
      "value",
      ".",
      "a",
      "&&",
      "(",
      ")",
      "[",
      "]",
      "1",
      "==",
      "'",
      "key",
      "matches",
      "x",
      ",",
      "!",
    ];
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.array(fc.constantFrom(...words)).map((all) => all.join(" ")),
        ),
        (text) => {
          try {
            new Expression(text).judge(factsOf('{"a": 1}'));
          } catch (error) {
            assert.ok(error instanceof ExpressionMistake, `${text}: ${error}`);
            assert.ok(error.offset >= 0 && error.offset <= text.length, `${text}: ${error.offset}`);
          }
        },
      ),
    );
  });

  test("fields of messages whose names the library uses itself are fields all the same", () => {
    const text = '{"constructor": {"name": "x"}, "$typeName": "y", "__proto__": 1, "n": 2}';
    assert.equal(new Expression("value.constructor.name == 'x'").judge(factsOf(text)), true);
    assert.equal(new Expression("value['$typeName'] == 'y'").judge(factsOf(text)), true);
    assert.equal(
      new Expression("value.n % 2 == 0 && value.n * 2 - 1 == 3").judge(factsOf(text)),
      true,
    );
  });

  test("what could take too long is not tried", () => {
    const list = JSON.stringify({ list: Array.from({ length: 10_000 }, () => "a".repeat(8)) });
    const refused = "the message is too large for this expression";
    assert.equal(new Expression("value.list.exists(x, x == 'b')").judge(factsOf(list)), false);
    assert.equal(
      new Expression("value.list.exists(x, x.matches('b'))").judge(factsOf(list)),
      refused,
    );
    const huge = JSON.stringify({ text: "a".repeat(300_000) });
    assert.equal(new Expression("value.text == 'b'").judge(factsOf(huge)), refused);
    assert.equal(new Expression("size > 300000 && key == 'eu.1'").judge(factsOf(huge)), true);
    const pattern = new Expression("value.text.matches('^(a+)+$')");
    assert.equal(pattern.judge(factsOf(`{"text": "${"a".repeat(40)}b"}`)), false);
  });
});
