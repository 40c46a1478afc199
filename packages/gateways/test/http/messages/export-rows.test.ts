import assert from "node:assert/strict";
import { suite, test } from "node:test";
import fc from "fast-check";
import type { MessageBody } from "../../../src/http/contract/index.ts";
import { cellOf, headOf, noteOf, rowOf } from "../../../src/http/messages/search/export-rows.ts";

const message = {
  ...{ station: "orders", partition: 1, sequence: 7, time: "2026-11-20T12:00:00.000Z" },
  ...{ key: "eu.1", messageId: null, headers: { "=a": ["1"] }, size: 9, isCut: false },
  payload: '=cmd|"x"!A1',
  encoding: "text" as const,
} satisfies MessageBody;

suite("rows of a download", () => {
  test("no cell of CSV is a formula for a spreadsheet, whatever the text", () => {
    fc.assert(
      fc.property(
        fc.string(),
        fc.constantFrom("", "=", "+", "-", "@", "\t", "\r", " ="),
        (text, start) => {
          const cell = cellOf(`${start}${text}`);
          const shown = cell.startsWith('"') ? cell.slice(1) : cell;
          assert.doesNotMatch(shown, /^\s*[=+\-@|%]|^[\t\r\n]/);
          assert.ok(cell.startsWith('"') || !/[",\r\n]/.test(cell));
        },
      ),
    );
  });

  test("a row has a cell for each column, and what is cut says so", () => {
    assert.match(headOf("csv"), /^station,partition,sequence,time,key,.*payload,decoded\r\n$/);
    assert.equal(
      rowOf("csv", message),
      `orders,1,7,2026-11-20T12:00:00.000Z,eu.1,,"{""=a"":[""1""]}",text,"'=cmd|""x""!A1",\r\n`,
    );
    assert.deepEqual(JSON.parse(rowOf("ndjson", message)), message);
    assert.equal(noteOf("csv", "=too large"), "'=too large\r\n");
    assert.deepEqual(JSON.parse(noteOf("ndjson", "too large")), { cut: "too large" });
  });
});
