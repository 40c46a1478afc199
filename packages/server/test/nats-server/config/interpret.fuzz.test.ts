import assert from "node:assert/strict";
import { test } from "node:test";
import type { ConfMap, ConfPosition, ConfValue } from "@oxbow/wire/nats-conf";
import fc from "fast-check";
import { Findings } from "../../../src/nats-server/config/findings.ts";
import { interpretConfig } from "../../../src/nats-server/config/interpret.ts";
import { configKeys } from "../../../src/nats-server/config/keys.ts";

const position: ConfPosition = { file: "a.conf", line: 1, column: 1 };

/** Words that mean something somewhere, and others. */
const word = fc.oneof(
  fc.constantFrom("enabled", "2s", "10G", "127.0.0.1:-1", ":1", "a.>", "auto", "MEMORY", "", "1.3"),
  fc.constantFrom("URL(http://h/)", "full", "50%", "STANDARD", "eyJ.eyJ.c", "headers", "stream"),
  fc.string({ maxLength: 12 }),
);

function mapOf(keys: readonly string[], value: fc.Arbitrary<ConfValue>): fc.Arbitrary<ConfMap> {
  const key = fc.oneof(fc.constantFrom(...keys), fc.string({ maxLength: 6 }));
  return fc
    .array(fc.tuple(key, value, fc.boolean()), { maxLength: 6 })
    .map(
      (entries) =>
        new Map(
          entries.map(([name, each, isReferenced]) => [
            name,
            { key: name, keyPosition: position, value: each, isReferenced },
          ]),
        ),
    );
}

const allKeys = [...new Set(Object.values(configKeys).flat()), "dest", "weight", "type", "dir"];

const { value } = fc.letrec<{ value: ConfValue }>((tie) => ({
  value: fc.oneof(
    { depthSize: "small", withCrossShrink: true },
    word.map((text): ConfValue => ({ kind: "string", value: text, position })),
    fc
      .oneof(fc.integer(), fc.constantFrom(-1, 0, 1, 2 ** 40))
      .map((number): ConfValue => ({ kind: "integer", value: number, position })),
    fc.double().map((number): ConfValue => ({ kind: "float", value: number, position })),
    fc.boolean().map((truth): ConfValue => ({ kind: "boolean", value: truth, position })),
    fc
      .date({ noInvalidDate: true })
      .map((date): ConfValue => ({ kind: "date", value: date, position })),
    fc
      .array(tie("value"), { maxLength: 4 })
      .map((items): ConfValue => ({ kind: "array", items, position })),
    mapOf(allKeys, tie("value")).map((entries): ConfValue => ({ kind: "map", entries, position })),
  ),
}));

test("whatever a file holds, there is a configuration or an error with its place", () => {
  fc.assert(
    fc.property(mapOf(configKeys["top"] ?? [], value), (entries) => {
      const findings = new Findings();
      interpretConfig(entries, [], findings, {
        readText: () => "text that is no certificate",
        canBeDirectory: () => true,
      });
      for (const text of findings.errors) assert.equal(typeof text, "string");
    }),
    { numRuns: 2_000 },
  );
});
