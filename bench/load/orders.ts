/** The schema that orders fit. */
export const orderSchema = {
  $schema: "https://json-schema.org/draft/2020-12/schema",
  type: "object",
  properties: {
    id: { type: "integer", minimum: 1 },
    customer: { type: "string", minLength: 1, maxLength: 64 },
    email: { type: "string", pattern: "^[^@]+@[^@]+$" },
    currency: { enum: ["EUR", "USD", "GBP"] },
    amount: { type: "number", minimum: 0 },
    isPaid: { type: "boolean" },
    items: {
      type: "array",
      items: {
        type: "object",
        properties: { sku: { type: "string" }, count: { type: "integer" } },
        required: ["sku", "count"],
      },
    },
  },
  required: ["id", "customer", "amount"],
} as const;

/**
 * Fills `target`, which holds noise, with the order number `index` in JSON, whose note is of that noise.
 *
 * @throws Error if there is no room for an order
 */
export function writeOrder(target: Buffer, index: number): void {
  const order = {
    id: index + 1,
    customer: "Ada Lovelace",
    email: "ada@example.com",
    currency: "EUR",
    amount: 100 + index / 4,
    isPaid: index % 2 === 0,
    items: [
      { sku: "A-100", count: (index % 7) + 1 },
      { sku: "B-200", count: 1 },
    ],
    note: "",
  };
  const noteSize = target.length - JSON.stringify(order).length;
  if (noteSize < 0) throw new Error(`an order has more than ${target.length} bytes`);
  order.note = target.toString("hex").slice(0, noteSize);
  target.write(JSON.stringify(order));
}
