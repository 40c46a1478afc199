import { z } from "zod";
import type { Routes } from "../route.ts";
import { journey } from "../shapes/journey.ts";

const number = z.coerce.number<string>().int().min(1);

export const journeyRoutes: Routes<"message"> = {
  "message.journey": {
    method: "GET",
    path: "/stations/{station}/partitions/{partition}/messages/{sequence}/journey",
    params: z.object({ partition: number, sequence: number }),
    answer: journey,
  },
};
