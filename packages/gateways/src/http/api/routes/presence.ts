import { z } from "zod";
import type { Routes } from "../route.ts";
import { pageFields, pageOf, text } from "../shapes/common.ts";
import { consumer, producer } from "../shapes/presence.ts";

const station = text("Only those of this station.");

export const presenceRoutes: Routes<"producer"> & Routes<"consumer"> = {
  "producer.list": {
    method: "GET",
    path: "/producers",
    query: z.strictObject({ ...pageFields, station }),
    answer: pageOf("Producer", producer),
  },
  "consumer.list": {
    method: "GET",
    path: "/consumers",
    query: z.strictObject({
      ...pageFields,
      station,
      group: text("Only those of groups of this name."),
    }),
    answer: pageOf("Consumer", consumer),
  },
};
