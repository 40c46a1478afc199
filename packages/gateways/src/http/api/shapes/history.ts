import type { GroupHistoryPoint, History, StationHistoryPoint } from "oxbow/control";
import { z } from "zod";
import { count, time } from "./common.ts";
import { named } from "./named.ts";

const rate = z.number().min(0);
const gauge = count.nullable();

const stationPoint = z.object({
  at: time.describe("When the step begins."),
  inPerSecond: rate.describe("Messages that were stored."),
  inPerSecondMax: rate,
  inBytesPerSecond: rate.nullable().describe("`null` where the server does not count them."),
  outPerSecond: rate.describe("Messages that were delivered to groups."),
  outPerSecondMax: rate,
  outBytesPerSecond: rate.nullable(),
  messages: gauge,
  bytes: gauge,
  lag: gauge.describe("Messages that groups had not acknowledged, at the end of the step."),
  lagMax: gauge,
  lagMs: gauge.describe("How long the oldest of these had waited by then."),
  deadLetters: gauge,
});

const groupPoint = z.object({
  at: time.describe("When the step begins."),
  deliveredPerSecond: rate,
  deliveredPerSecondMax: rate,
  deliveredBytesPerSecond: rate.nullable(),
  acknowledgedPerSecond: rate,
  acknowledgedPerSecondMax: rate,
  lag: gauge,
  lagMax: gauge,
  lagMs: gauge,
  inFlight: gauge,
  inFlightMax: gauge,
  redelivered: gauge,
});

function historyOf<Point>(id: string, point: z.ZodType<Point>): z.ZodType<History<Point>> {
  const shape = z.object({ from: time, to: time, stepMs: count, points: z.array(point) });
  return named(id, shape as unknown as z.ZodType<History<Point>>);
}

export const stationHistory: z.ZodType<History<StationHistoryPoint>> = historyOf(
  "StationHistory",
  stationPoint,
);

export const overviewHistory: z.ZodType<History<StationHistoryPoint>> = historyOf(
  "OverviewHistory",
  stationPoint,
);

export const groupHistory: z.ZodType<History<GroupHistoryPoint>> = historyOf(
  "GroupHistory",
  groupPoint,
);
