import { z } from "zod";
import type { Routes } from "../route.ts";
import { text } from "../shapes/common.ts";
import { lineageGraph } from "../shapes/lineage.ts";

export const lineageRoutes: Routes<"lineage"> = {
  "lineage.graph": {
    method: "GET",
    path: "/lineage",
    query: z.strictObject({ station: text("Only this one, and what is connected with it.") }),
    answer: lineageGraph,
  },
};
