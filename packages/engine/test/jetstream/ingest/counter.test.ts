import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import {
  counted,
  counterAtZero,
  encodeCounterBody,
  encodeCounterSources,
  parseCounterBody,
  parseCounterSources,
} from "../../../src/jetstream/ingest/counter.ts";

test("a counter's body is read back", () => {
  const property = fc.property(fc.bigInt(), (total) => {
    assert.equal(parseCounterBody(encodeCounterBody(total).toString()), total);
  });
  fc.assert(property);
});

test("a counter's sources are read back, in the order of their names", () => {
  // V8 14.6 takes an escaped key, such as \u0026, for a key of one backslash where it has just parsed such a one.
  const name = fc.string().filter((text) => text !== "\\");
  const counts = fc.dictionary(name, fc.bigInt().map(String), { maxKeys: 5 });
  const property = fc.property(fc.dictionary(name, counts, { maxKeys: 5 }), (object) => {
    const text = JSON.stringify(object);
    const sources = parseCounterSources(text);
    assert.ok(sources !== undefined);
    const again = encodeCounterSources(sources);
    assert.deepEqual(JSON.parse(again), JSON.parse(text));
    assert.doesNotMatch(again, /[\r\n]/);
  });
  fc.assert(property);
});

test("no text makes reading fail", () => {
  const property = fc.property(fc.oneof(fc.string(), fc.json()), (text) => {
    parseCounterBody(text);
    parseCounterSources(text);
  });
  fc.assert(property);
});

test("a body that is no counter's says nothing, one without a value is zero", () => {
  for (const body of ["", "x", "[]", "1", '{"val":1}', '{"val":{}}']) {
    assert.equal(parseCounterBody(body), undefined, body);
  }
  for (const body of ["{}", "null", '{"val":""}', '{"val":null}', '{"val":"x"}']) {
    assert.equal(parseCounterBody(body), 0n, body);
  }
});

test("what comes from another stream counts for what its value has grown", () => {
  const from = { stream: "O", subject: "o.a" };
  const first = counted(counterAtZero, 1n, { ...from, value: 10n });
  assert.equal(first.increment, 10n, "all that was there before counts, too");
  assert.equal(first.state.total, 10n);
  const own = counted(first.state, 5n);
  assert.equal(own.state.total, 15n);
  const again = counted(own.state, 1n, { ...from, value: 12n });
  assert.equal(again.increment, 2n);
  assert.equal(again.state.total, 17n);
  const other = counted(again.state, 1n, { stream: "O", subject: "o.b", value: -1n });
  assert.equal(other.state.total, 16n);
  assert.ok(other.state.sources !== undefined);
  const expected = '{"O":{"o.a":"12","o.b":"-1"}}';
  assert.equal(encodeCounterSources(other.state.sources), expected);
  assert.ok(own.state.sources !== undefined);
  assert.equal(encodeCounterSources(own.state.sources), '{"O":{"o.a":"10"}}', "as it was");
});
