import type { Consumer, Producer } from "oxbow/control";
import { z } from "zod";
import { count, time } from "./common.ts";
import { named } from "./named.ts";

const shape = z.object({
  id: z.string(),
  name: z.string(),
  station: z.string(),
  isAnnounced: z.boolean().describe("Whether it says itself that it is there."),
  isConnected: z.boolean().describe("One that has lost its connection is shown until it lapses."),
  library: z.string().nullable(),
  version: z.string().nullable(),
  address: z.string().nullable(),
  user: z.string().nullable(),
  connection: count.nullable().describe("Number of its connection in the server."),
  firstSeenAt: time,
  connectedAt: time.nullable(),
  lastSeenAt: time,
  lastMessageAt: time.nullable(),
  messages: count.nullable(),
  bytes: count.nullable(),
  messagesPerSecond: z.number().nullable(),
  bytesPerSecond: z.number().nullable(),
});

export const producer: z.ZodType<Producer> = named("Producer", shape);

export const consumer: z.ZodType<Consumer> = named(
  "Consumer",
  shape.extend({
    group: z.string(),
    pulls: count.nullable().describe("Requests of it for messages that wait."),
  }),
);
