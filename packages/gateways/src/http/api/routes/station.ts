import { stationRequestShape } from "oxbow/internal";
import { z } from "zod";
import type { Routes } from "../route.ts";
import { deleted, flag, number, pageFields, pageOf, text, texts } from "../shapes/common.ts";
import {
  browsedStations,
  defaultsChanges,
  exported,
  purged,
  removed,
  station,
  stationDefaults,
} from "../shapes/station.ts";

const sequence = z.coerce.number<string>().int().min(1);
const one = "/stations/{station}";

export const stationRoutes: Routes<"station"> = {
  "station.create": {
    method: "PUT",
    path: one,
    body: stationRequestShape,
    isBodyOptional: true,
    answer: station,
  },
  "station.list": {
    method: "GET",
    path: "/stations",
    query: z.strictObject({ ...pageFields, tag: text("Only those with this tag.") }),
    answer: pageOf("Station", station),
  },
  "station.browse": {
    method: "GET",
    path: "/station-summaries",
    query: z.strictObject({
      search: text("A part of their names, descriptions or tags."),
      tags: texts("They have all of these tags."),
      names: texts("One of these."),
      sort: z.enum(["name", "messages", "bytes", "groups", "createdAt", "rate"]).optional(),
      isDescending: flag("The last first."),
      skip: number("How many are left out at the beginning."),
      limit: pageFields.limit,
      ageMsMax: number("How old the order may be, in ms, up to 60,000; 0 by default."),
    }),
    answer: browsedStations,
  },
  "station.get": { method: "GET", path: one, answer: station },
  "station.edit": { method: "PATCH", path: one, body: stationRequestShape, answer: station },
  "station.purge": {
    method: "POST",
    path: `${one}/purge`,
    body: z.strictObject({
      partition: z.int().min(1).optional().describe("Which partition; all by default."),
      key: z
        .string()
        .optional()
        .describe("Only messages of this key, and of keys below with `.>`."),
      isDryRun: z.boolean().optional().describe("Only count."),
    }),
    isBodyOptional: true,
    answer: purged,
  },
  "station.removeMessage": {
    method: "DELETE",
    path: `${one}/partitions/{partition}/messages/{sequence}`,
    params: z.object({ partition: sequence, sequence }),
    answer: deleted,
  },
  "station.removeMessages": {
    method: "POST",
    path: `${one}/remove`,
    body: z.strictObject({
      messages: z.array(z.strictObject({ partition: z.int().min(1), sequence: z.int().min(1) })),
    }),
    answer: removed,
  },
  "station.export": {
    method: "POST",
    path: `${one}/exports`,
    body: z.strictObject({ format: z.enum(["ndjson", "csv"]), limit: z.int().min(1) }),
    answer: exported,
  },
  "station.defaults": { method: "GET", path: "/station-defaults", answer: stationDefaults },
  "station.setDefaults": {
    method: "PATCH",
    path: "/station-defaults",
    body: defaultsChanges,
    answer: stationDefaults,
  },
  "station.ensure": { method: "POST", path: `${one}/ensure`, answer: station },
  "station.delete": { method: "DELETE", path: one, answer: deleted },
};
