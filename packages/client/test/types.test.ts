import assert from "node:assert/strict";
import { test } from "node:test";
import type { Oxbow, TypedStation } from "oxbow";
import { z } from "zod";

const order = z.object({
  id: z.number(),
  at: z.string().transform((text) => new Date(text)),
  note: z.string().default(""),
});

/** Never called: what is wrong in it is found by `npm run check`, and what is not wrong any more, too. */
export async function compileTimeOnly(ox: Oxbow): Promise<void> {
  const orders = ox.station("orders", { schema: order });
  await orders.produce({ id: 1, at: "2026-01-01" });
  await orders.produceMany([{ id: 1, at: "2026-01-01", note: "x" }]);
  // @ts-expect-error A number is no text.
  await orders.produce({ id: 1, at: 7 });
  // @ts-expect-error A field is missing.
  await orders.produce({ id: 1 });
  // @ts-expect-error There is no such field.
  await orders.produce({ id: 1, at: "2026-01-01", nothing: 0 });
  // @ts-expect-error There is no such option.
  await orders.produce({ id: 1, at: "2026-01-01" }, { kye: "a" });
  // @ts-expect-error A codec has the values that the schema takes.
  ox.station("orders", { schema: order, codec: "text" });

  const text = ox.station("log", { codec: "text" });
  await text.produce("line");
  // @ts-expect-error The codec is of text.
  await text.produce(7);
  const bytes: TypedStation<Uint8Array, Uint8Array> = ox.station("raw", { codec: "bytes" });
  // @ts-expect-error The codec is of bytes.
  await bytes.produce("text");
  const typed = ox.station<{ readonly id: number }>("orders");
  // @ts-expect-error Trusted, and held to it all the same.
  await typed.produce({ id: "1" });
  const any = ox.station("orders");
  await any.produce({ whatever: [1, "a", null] });
}

test("types are held by the compiler", () => {
  assert.equal(typeof compileTimeOnly, "function");
});
