import type { SchemaFormat } from "oxbow/control";

export interface Template {
  readonly name: string;
  readonly format: SchemaFormat;
  readonly text: string;
  /** A message that fits it. */
  readonly sample: string;
}

const json = (value: unknown): string => `${JSON.stringify(value, undefined, 2)}\n`;

/** Texts to begin with, each with a message that fits. */
export const templates: readonly Template[] = [
  {
    name: "An event",
    format: "json",
    text: json({
      $schema: "https://json-schema.org/draft/2020-12/schema",
      title: "Event",
      type: "object",
      properties: {
        id: { type: "string", format: "uuid" },
        type: { enum: ["created", "changed", "deleted"] },
        at: { type: "string", format: "date-time" },
        data: { type: "object" },
      },
      required: ["id", "type", "at"],
    }),
    sample: json({
      id: "0198c4b2-5d1e-7c3a-9f00-4a1b2c3d4e5f",
      type: "created",
      at: "2026-11-20T12:00:00Z",
      data: {},
    }),
  },
  {
    name: "An order",
    format: "json",
    text: json({
      $schema: "https://json-schema.org/draft/2020-12/schema",
      title: "Order",
      type: "object",
      properties: {
        id: { type: "integer", minimum: 1 },
        customer: { type: "string", minLength: 1 },
        lines: {
          type: "array",
          minItems: 1,
          items: {
            type: "object",
            properties: {
              article: { type: "string" },
              count: { type: "integer", minimum: 1 },
              price: { type: "number", minimum: 0 },
            },
            required: ["article", "count"],
          },
        },
      },
      required: ["id", "lines"],
      additionalProperties: false,
    }),
    sample: json({ id: 1, customer: "Ann", lines: [{ article: "tea", count: 2, price: 4.5 }] }),
  },
  {
    name: "A record",
    format: "avro",
    text: json({
      type: "record",
      name: "Order",
      namespace: "shop",
      fields: [
        { name: "id", type: "long" },
        { name: "customer", type: ["null", "string"], default: null },
        { name: "at", type: { type: "long", logicalType: "timestamp-millis" } },
      ],
    }),
    sample: json({ id: 1, customer: { string: "Ann" }, at: 1763640000000 }),
  },
  {
    name: "A message",
    format: "protobuf",
    text: `syntax = "proto3";

package shop;

message Order {
  int64 id = 1;
  string customer = 2;
  repeated Line lines = 3;
}

message Line {
  string article = 1;
  uint32 count = 2;
}
`,
    sample: "",
  },
  {
    name: "Queries of a shop",
    format: "graphql",
    text: `type Query {
  order(id: ID!): Order
}

type Order {
  id: ID!
  customer: String
  lines: [Line!]!
}

type Line {
  article: String!
  count: Int!
}
`,
    sample: '{ order(id: "1") { customer lines { article } } }\n',
  },
];
