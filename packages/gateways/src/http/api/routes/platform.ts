import { z } from "zod";
import type { Routes } from "../route.ts";
import { caller, number, pageFields, pageOf, platformInfo } from "../shapes/common.ts";
import { attentionList, stationMetrics } from "../shapes/metrics.ts";
import { platformTotals } from "../shapes/totals.ts";

export const platformRoutes: Routes<"platform"> = {
  "platform.info": { method: "GET", path: "/platform", answer: platformInfo },
  "platform.caller": { method: "GET", path: "/caller", answer: caller },
  "platform.attention": { method: "GET", path: "/attention", answer: attentionList },
  "platform.metrics": {
    method: "GET",
    path: "/metrics",
    query: z.strictObject(pageFields),
    answer: pageOf("StationMetrics", stationMetrics),
  },
  "platform.totals": {
    method: "GET",
    path: "/totals",
    query: z.strictObject({
      ageMsMax: number("How old what is told may be, in ms; 0 by default."),
    }),
    answer: platformTotals,
  },
};
