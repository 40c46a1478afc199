import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { z } from "zod";
import { ValueType } from "../../src/values/value-type.ts";

test("JSON, text and bytes come back as they were", async () => {
  const roundTrip = async (type: ValueType, value: unknown): Promise<unknown> =>
    (await type.decode(await type.encode(value))).value;
  await fc.assert(
    fc.asyncProperty(
      fc.jsonValue(),
      fc.string({ unit: "grapheme" }),
      fc.uint8Array(),
      async (...all) => {
        const [json, text, bytes] = all;
        assert.equal(
          JSON.stringify(await roundTrip(new ValueType({}), json)),
          JSON.stringify(json),
        );
        assert.equal(await roundTrip(new ValueType({ codec: "text" }), text), text);
        assert.deepEqual(await roundTrip(new ValueType({ codec: "bytes" }), bytes), bytes);
      },
    ),
  );
});

test("any bytes are decoded, or have a problem", async () => {
  const type = new ValueType({ schema: z.object({ id: z.number() }) });
  await fc.assert(
    fc.asyncProperty(fc.uint8Array(), async (bytes) => {
      const { value, problem } = await type.decode(bytes);
      if (problem !== undefined) assert.equal(problem.code, "MESSAGE_INVALID");
      else assert.equal(typeof value, "object");
    }),
  );
});

test("a schema that takes its time is waited for, and what it transforms is what consumers get", async () => {
  const schema = z.object({
    id: z.number().refine(async (id) => Promise.resolve(id > 0), "not above 0"),
    at: z.iso.datetime().transform((text) => new Date(text)),
    note: z.string().default("none"),
  });
  const type = new ValueType({ schema });
  const bytes = await type.encode({ id: 1, at: "2026-01-01T00:00:00Z" });
  assert.equal(Buffer.from(bytes).toString(), '{"id":1,"at":"2026-01-01T00:00:00Z"}');
  const { value } = await type.decode(bytes);
  assert.deepEqual(value, { id: 1, at: new Date("2026-01-01T00:00:00Z"), note: "none" });
  await assert.rejects(
    async () => type.encode({ id: 0, at: "never" }),
    /\/at: Invalid ISO datetime; \/id: not above 0/,
  );
});
