import assert from "node:assert/strict";
import { test } from "node:test";
import { TTL_NEVER } from "@oxbow/log";
import { parseLifetime } from "../../../src/jetstream/config/lifetime.ts";

const table: readonly (readonly [string, number | undefined])[] = [
  ["", 0],
  ["1", 1],
  ["60", 60],
  ["007", 7],
  ["1s", 1],
  ["1.9s", 1],
  ["1h30m", 5400],
  ["1000ms", 1],
  ["never", TTL_NEVER],
  ["NeVer", TTL_NEVER],
  ["4294967295", TTL_NEVER - 1],
  ["999999999999999999", TTL_NEVER - 1],
  ["2562047h", TTL_NEVER - 1],
  ["0", undefined],
  ["0s", undefined],
  ["999ms", undefined],
  ["-1", undefined],
  ["-5s", undefined],
  ["+5", undefined],
  ["5 ", undefined],
  ["1.5", undefined],
  ["x", undefined],
  ["nevermore", undefined],
  ["9".repeat(1000), undefined],
];

for (const [text, seconds] of table) {
  test(`the lifetime ${JSON.stringify(text.slice(0, 30))} is ${seconds} seconds`, () => {
    assert.equal(parseLifetime(text), seconds);
  });
}
