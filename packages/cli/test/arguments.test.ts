import assert from "node:assert/strict";
import { suite, test } from "node:test";
import {
  durationMs,
  filterSubject,
  filterSubjects,
  instant,
  keyValues,
  oneOf,
  publishSubject,
  resourceName,
  sizeBytes,
  wholeNumber,
} from "../src/arguments.ts";

function refusal(parse: (text: string) => unknown, text: string): string {
  try {
    parse(text);
  } catch (error) {
    assert.equal((error as { code?: string }).code, "commander.invalidArgument");
    return (error as Error).message;
  }
  return "";
}

suite("accepted", () => {
  const cases: readonly (readonly [
    name: string,
    parse: (text: string) => unknown,
    text: string,
    value: unknown,
  ])[] = [
    ["a number", wholeNumber(1), "17", 17],
    ["a size", sizeBytes, "2KiB", 2048],
    ["a duration", durationMs, "1m30s", 90_000],
    ["a word", oneOf(["old", "new"]), "new", "new"],
    ["a time", instant, "2026-11-20T12:00:00+01:00", "2026-11-20T11:00:00.000Z"],
    ["a subject", publishSubject, "orders.new", "orders.new"],
    ["a wildcard", filterSubject, "orders.*.>", "orders.*.>"],
    ["a list", filterSubjects, "a,b.>", ["a", "b.>"]],
    ["a name", resourceName, "ORDERS-1_é", "ORDERS-1_é"],
    ["a header", keyValues(":"), "Nats-Msg-Id: a:b", [["Nats-Msg-Id", "a:b"]]],
  ];
  for (const [name, parse, text, value] of cases) {
    test(name, () => assert.deepEqual(parse(text), value));
  }

  test("options that may be repeated keep what came before", () => {
    assert.deepEqual(filterSubjects("b", ["a"]), ["a", "b"]);
    assert.deepEqual(keyValues("=")("b=2", [["a", "1"]]), [
      ["a", "1"],
      ["b", "2"],
    ]);
  });
});

suite("refused with what to write instead", () => {
  const cases: readonly (readonly [
    parse: (text: string) => unknown,
    texts: readonly string[],
    message: RegExp,
  ])[] = [
    [wholeNumber(1), ["0", "-1", "1.5", "x", ""], /^Write a whole number from 1\.$/],
    [wholeNumber(1, 5), ["6"], /^Write a whole number from 1 to 5\.$/],
    [sizeBytes, ["x", "-1"], /^Write a size such as/],
    [durationMs, ["10", "x"], /^Write a duration such as/],
    [oneOf(["a", "b"]), ["c"], /^Write one of a, b\.$/],
    [instant, ["yesterday"], /^Write a time such as/],
    [publishSubject, ["a.*", ">", "a b", "a..b", "", "a."], /^Write tokens with dots/],
    [filterSubject, ["a b", "a..b", ">.a", ""], /^Write a subject such as/],
    [resourceName, ["a.b", "a b", "", "*", "a/b"], /^Write a name without/],
    [keyValues("="), ["a", "=b"], /^Write key=value\.$/],
  ];
  for (const [parse, texts, message] of cases) {
    for (const text of texts) {
      test(`${JSON.stringify(text)}: ${message.source}`, () =>
        assert.match(refusal(parse, text), message));
    }
  }
});
