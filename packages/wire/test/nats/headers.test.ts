import assert from "node:assert/strict";
import { test } from "node:test";
import { AssertionError } from "@oxbow/base";
import {
  appendHeaders,
  decodeHeaders,
  encodeHeaders,
  type HeaderEntry,
  removeHeader,
  withHeader,
} from "@oxbow/wire/nats";
import fc from "fast-check";

const decode = (block: Buffer) => decodeHeaders(block, 0, block.length);

/** Calls an editing function with `block` among other bytes, and checks that it left them and the block alone. */
function edit(
  block: string,
  change: (buffer: Buffer, start: number, end: number) => Buffer,
): string {
  const text = `before\r\n${block}after`;
  const buffer = Buffer.from(text);
  const result = change(buffer, 8, 8 + block.length).toString();
  assert.equal(buffer.toString(), text);
  return result;
}

test("a block is encoded with and without a status", () => {
  assert.equal(encodeHeaders(undefined, []).toString(), "NATS/1.0\r\n\r\n");
  const entries: HeaderEntry[] = [["Nats-Subject", "nobody"]];
  assert.equal(
    encodeHeaders({ code: 503, text: "" }, entries).toString(),
    "NATS/1.0 503\r\nNats-Subject: nobody\r\n\r\n",
  );
  assert.equal(
    encodeHeaders({ code: 404, text: "No Messages" }, []).toString(),
    "NATS/1.0 404 No Messages\r\n\r\n",
  );
});

test("line breaks cannot smuggle a header in, and a bad name is our bug", () => {
  const block = encodeHeaders({ code: 400, text: "a\r\nB: c" }, [["A", "1\r\n\r\nC: 2\n"]]);
  assert.equal(block.toString(), "NATS/1.0 400 a B: c\r\nA: 1 C: 2 \r\n\r\n");
  for (const name of ["", "a:b", "a\r\nb", "a\nb"]) {
    assert.throws(() => encodeHeaders(undefined, [[name, "v"]]), AssertionError);
  }
});

test("decoding takes what it can get", () => {
  assert.deepEqual(decode(Buffer.from("NATS/1.0 100 Idle Heartbeat\r\nA:1\r\nA:  ü \r\n\r\n")), {
    status: { code: 100, text: "Idle Heartbeat" },
    entries: [
      ["A", "1"],
      ["A", "ü "],
    ],
  });
  const status = { code: 503, text: "" };
  assert.deepEqual(decode(Buffer.from("NATS/1.0 503\r\n\r\n")), { status, entries: [] });
  assert.deepEqual(decode(Buffer.from("NATS/1.0 503 \r\n\r\n")), { status, entries: [] });
  for (const block of ["", "NATS/1.0", "NATS/1.0\r\n", "x\r\nno colon\r\n", "NATS/1.0 5\r\n"]) {
    assert.deepEqual(decode(Buffer.from(block)), { status: undefined, entries: [] });
  }
});

test("what was encoded is decoded", () => {
  const name = fc.string({ minLength: 1 }).filter((text) => !/[\r\n:]/.test(text));
  const value = fc
    .string({ unit: "binary" })
    .filter((text) => !/[\r\n]|^ /.test(text) && text.isWellFormed());
  const status = fc.option(
    fc.record(
      { code: fc.integer({ min: 100, max: 999 }), text: fc.constantFrom("", "No Messages") },
      { noNullPrototype: true },
    ),
    { nil: undefined },
  );
  fc.assert(
    fc.property(status, fc.array(fc.tuple(name, value)), (expected, entries) => {
      assert.deepEqual(decode(encodeHeaders(expected, entries)), { status: expected, entries });
    }),
  );
});

test("headers are appended to a block or to none", () => {
  const entries: HeaderEntry[] = [
    ["B", "2"],
    ["C", "3"],
  ];
  const append = (block: string) => edit(block, (b, s, e) => appendHeaders(b, s, e, entries));
  assert.equal(append("NATS/1.0\r\nA: 1\r\n\r\n"), "NATS/1.0\r\nA: 1\r\nB: 2\r\nC: 3\r\n\r\n");
  assert.equal(append("NATS/1.0 503\r\n\r\n"), "NATS/1.0 503\r\nB: 2\r\nC: 3\r\n\r\n");
  assert.equal(append(""), "NATS/1.0\r\nB: 2\r\nC: 3\r\n\r\n");
});

test("withHeader replaces the first of its name, or appends", () => {
  const change = (block: string) => edit(block, (b, s, e) => withHeader(b, s, e, "Key", "new"));
  assert.equal(change(""), "NATS/1.0\r\nKey: new\r\n\r\n");
  assert.equal(change("NATS/1.0\r\nA: 1\r\n\r\n"), "NATS/1.0\r\nA: 1\r\nKey: new\r\n\r\n");
  assert.equal(
    change("NATS/1.0\r\nKey: a\r\nB: 2\r\nKey: b\r\n\r\n"),
    "NATS/1.0\r\nKey: new\r\nB: 2\r\nKey: b\r\n\r\n",
  );
  assert.equal(change("NATS/1.0\r\nKey:\r\n\r\n"), "NATS/1.0\r\nKey:new\r\n\r\n");
});

test("removeHeader removes all of its name, and the block if nothing is left", () => {
  const change = (block: string) => edit(block, (b, s, e) => removeHeader(b, s, e, "Key"));
  assert.equal(
    change("NATS/1.0\r\nKey: a\r\nKey: b\r\nA: 1\r\nKey: c\r\nB: 2\r\n\r\n"),
    "NATS/1.0\r\nA: 1\r\nB: 2\r\n\r\n",
  );
  assert.equal(change("NATS/1.0\r\nA: 1\r\n\r\n"), "NATS/1.0\r\nA: 1\r\n\r\n");
  assert.equal(change("NATS/1.0 503\r\nKey: a\r\n\r\n"), "NATS/1.0 503\r\n\r\n");
  assert.equal(change("NATS/1.0\r\nKey: a\r\n\r\n"), "");
  assert.equal(change("NATS/1.0\r\nA: 1\r\nKey: cut"), "NATS/1.0\r\nA: 1\r\n");
  assert.equal(change(""), "");
});

test("any edits of a block agree with edits of a list", () => {
  const name = fc.constantFrom("A", "B", "Nats-Msg-Id", "Nats-Msg");
  const value = fc.constantFrom("", "1", "a: b", "NATS/1.0");
  const entries = fc.array(fc.tuple(name, value), { minLength: 1, maxLength: 6 });
  fc.assert(
    fc.property(entries, name, value, (before, key, replacement) => {
      const block = encodeHeaders(undefined, before);
      const removed = before.filter((entry) => entry[0] !== key);
      assert.deepEqual(decode(removeHeader(block, 0, block.length, key)).entries, removed);

      const changed: HeaderEntry[] = [...before];
      const index = before.findIndex((entry) => entry[0] === key);
      changed.splice(index < 0 ? before.length : index, 1, [key, replacement]);
      assert.deepEqual(
        decode(withHeader(block, 0, block.length, key, replacement)).entries,
        changed,
      );
    }),
  );
});
