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

  for await (const message of orders.consume({ group: "g" })) {
    const at: Date = message.value.at;
    const note: string = message.value.note;
    // @ts-expect-error Consuming gives what the schema makes of it, which is no text any more.
    const text: string = message.value.at;
    message.nak({ delayMs: at.getTime() + note.length + text.length });
  }
  orders.consume({ group: "g", concurrency: 2 }, (message) => message.value.at.getTime());
  // @ts-expect-error One who takes messages from an iterator takes them one at a time.
  orders.consume({ group: "g", concurrency: 2 });
  // @ts-expect-error There is no consuming without a group.
  orders.consume({});
  for await (const { value } of orders.replay()) value.at.getTime();
  // @ts-expect-error Without a group there is nothing to acknowledge.
  for await (const message of orders.replay()) message.ack();
  for await (const { value } of ox.consume(["a.*"], { group: "g", schema: order })) {
    // @ts-expect-error There is no such field.
    value.nothing;
  }

  const letters = orders.deadLetters({ group: "g" });
  for await (const { value } of letters) {
    value.at.getTime();
    // @ts-expect-error There is no such field.
    value.nothing;
  }
  await letters.resend({ to: "station", edit: { value: { id: 1, at: "2026-01-01" } } });
  // @ts-expect-error What is edited is of the station's type, too.
  await letters.resend({ edit: { value: { id: "1", at: "2026-01-01" } } });
  // @ts-expect-error There is no such reason.
  orders.deadLetters({ reason: "bored" });

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
