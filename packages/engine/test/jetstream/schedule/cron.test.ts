import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import fc from "fast-check";
import { nextCron, parseCron } from "../../../src/jetstream/schedule/cron.ts";
import { wallTimeAt } from "../../../src/jetstream/schedule/wall-time.ts";
import { TimeZone } from "../../../src/time/time-zone.ts";

const file = new URL("./testdata/cron.txt", import.meta.url);

function zoneOf(name: string): TimeZone {
  const zone = name === "" ? TimeZone.utc : TimeZone.find(name);
  assert.ok(zone, name);
  return zone;
}

// Lines of pattern, zone, time and what nats-server's parser gave for them; many are around changes of the clock.
test("patterns come next when nats-server says they do, in every zone", () => {
  for (const line of readFileSync(file, "utf8").trimEnd().split("\n")) {
    const [pattern = "", zone = "", since = "", expected = ""] = line.split("|");
    const cron = parseCron(pattern.replaceAll("\\t", "\t"));
    const next = cron && nextCron(cron, zoneOf(zone), Number(since));
    assert.equal(next === undefined ? "" : String(next), expected, line);
  }
});

test("any text is a pattern or none, and is read at once", () => {
  const piece = fc.constantFrom(
    "*",
    "?",
    "1",
    "59",
    "/",
    "-",
    ",",
    " ",
    "mon",
    "jan",
    "\t",
    "x",
    "é",
  );
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 40 }), fc.nat(4e9), (pieces, since) => {
      const cron = parseCron(pieces.join(""));
      const next = cron && nextCron(cron, TimeZone.utc, since);
      assert.ok(next === undefined || next > since);
    }),
  );
});

test("what is found matches, and is the first to do so", () => {
  const field = (min: number, max: number): fc.Arbitrary<string> =>
    fc.oneof(fc.constant("*"), fc.integer({ min, max }).map(String));
  const pattern = fc.tuple(field(0, 59), field(0, 59), field(0, 23));
  fc.assert(
    fc.property(pattern, fc.nat(2e9), (fields, since) => {
      const cron = parseCron([...fields, "*", "*", "*"].join(" "));
      const next = cron && nextCron(cron, TimeZone.utc, since);
      assert.ok(next !== undefined && next - since <= 86_400);
      const { second, minute, hour } = wallTimeAt(next, TimeZone.utc);
      for (const [index, value] of [second, minute, hour].entries()) {
        if (fields[index] !== "*") assert.equal(String(value), fields[index]);
      }
      assert.ok(cron && nextCron(cron, TimeZone.utc, next - 1) === next);
    }),
  );
});
