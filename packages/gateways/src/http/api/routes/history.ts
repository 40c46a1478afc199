import { z } from "zod";
import type { Routes } from "../route.ts";
import { number } from "../shapes/common.ts";
import { groupHistory, overviewHistory, stationHistory } from "../shapes/history.ts";

const query = z.strictObject({
  from: z.iso.datetime({ offset: true }).optional().describe("An hour before `to` by default."),
  to: z.iso.datetime({ offset: true }).optional().describe("Now by default."),
  stepMs: number("Milliseconds between points: 10000, or a multiple; by default for 360 points."),
});

export const historyRoutes: Routes<"history"> = {
  "history.overview": { method: "GET", path: "/history", query, answer: overviewHistory },
  "history.station": {
    method: "GET",
    path: "/stations/{station}/history",
    query,
    answer: stationHistory,
  },
  "history.group": {
    method: "GET",
    path: "/stations/{station}/groups/{group}/history",
    query,
    answer: groupHistory,
  },
};
