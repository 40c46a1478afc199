import { groupChangesShape, groupRequestShape, placeSchema } from "oxbow/internal";
import { z } from "zod";
import type { Routes } from "../route.ts";
import { deleted, nameFields, pageFields, pageOf, text } from "../shapes/common.ts";
import { group, groupLag, rewound } from "../shapes/group.ts";

const one = "/stations/{station}/groups/{group}";

export const groupRoutes: Routes<"group"> = {
  "group.create": {
    method: "PUT",
    path: one,
    body: groupRequestShape,
    isBodyOptional: true,
    answer: group,
  },
  "group.list": {
    method: "GET",
    path: "/groups",
    query: z.strictObject({
      ...pageFields,
      ...nameFields,
      station: text("Only those of this station."),
    }),
    answer: pageOf("Group", group),
  },
  "group.get": { method: "GET", path: one, answer: group },
  "group.edit": { method: "PATCH", path: one, body: groupChangesShape, answer: group },
  "group.pause": {
    method: "POST",
    path: `${one}/pause`,
    body: z.strictObject({ until: z.iso.datetime({ offset: true }) }),
    answer: group,
  },
  "group.resume": { method: "POST", path: `${one}/resume`, answer: group },
  "group.lag": { method: "GET", path: `${one}/lag`, answer: groupLag },
  "group.rewind": {
    method: "POST",
    path: `${one}/rewind`,
    body: z.strictObject({
      to: placeSchema,
      partition: z.int().min(1).optional().describe("Which partition; all by default."),
      isDryRun: z.boolean().optional().describe("Only count."),
    }),
    answer: rewound,
  },
  "group.delete": { method: "DELETE", path: one, answer: deleted },
};
