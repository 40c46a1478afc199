import assert from "node:assert/strict";
import { test } from "node:test";
import { allCases, selectCases } from "../cases/catalog.ts";
import { parseOptions } from "../options.ts";

test("without arguments Oxbow meets both settings of nats-server for five rounds", () => {
  const options = parseOptions([]);
  assert.deepEqual(options.servers, ["oxbow", "nats", "nats-sync"]);
  assert.equal(options.rounds, 5);
  assert.equal(options.messages, 10_000_000);
});

test("explicit values win over those of --quick", () => {
  const options = parseOptions(["--quick", "--rounds", "2"]);
  assert.equal(options.rounds, 2);
  assert.equal(options.messages, 100_000);
});

for (const [args, message] of [
  [["--rounds", "0"], /--rounds takes a whole number above 0, not "0"/],
  [["--rounds", "1.5"], /--rounds takes a whole number above 0/],
  [["--seconds", "soon"], /--seconds takes a number above 0, not "soon"/],
  [["--servers", ","], /--servers needs at least one server/],
  [["--rouns", "3"], /Unknown option '--rouns'/],
] as const) {
  test(`${args.join(" ")} is refused`, () => {
    assert.throws(() => parseOptions(args), message);
  });
}

test("the beginning of a name selects all cases below it, not those that merely share letters", () => {
  const names = selectCases(allCases, ["core.1"]).map(({ name }) => name);
  assert.deepEqual(names, ["core.1.16", "core.1.128", "core.1.1024"]);
});

test("a case brings along the case it needs, in the usual order", () => {
  const names = selectCases(allCases, ["latency.half"]).map(({ name }) => name);
  assert.deepEqual(names, ["durable.async.128", "latency.half"]);
});

test("an unknown case is refused", () => {
  assert.throws(() => selectCases(allCases, ["durabel"]), /no case "durabel"/);
});

test("the names of the cases are different", () => {
  assert.equal(new Set(allCases.map(({ name }) => name)).size, allCases.length);
});
