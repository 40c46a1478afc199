import type { Attention, StationMetrics } from "oxbow/control";
import { attentionTo } from "../history/attention.ts";
import { historyLimits } from "../history/limits.ts";
import type { Call, Handlers } from "./handler.ts";
import { pageOf } from "./pages.ts";

type Name = "platform.metrics" | "platform.attention";

/** How long ago it is compared with, to see whether something grows. */
const growthMs = 600_000;
/** Groups for which that is looked at. */
const growthsMax = 10;

export const metricsHandlers: Handlers<Name> = {
  "platform.metrics": async (call) =>
    pageOf(await seen(call), ({ station }) => station, call.request, call.answerBytesMax),

  "platform.attention": async (call) => {
    const items = attentionTo(await seen(call));
    const first = items.slice(0, growthsMax).map((item) => withGrowth(call, item));
    return { items: [...(await Promise.all(first)), ...items.slice(growthsMax)] };
  },
};

/** The stations that who asks may see. */
async function seen({ rooms, who }: Call<Name>): Promise<StationMetrics[]> {
  const isVisible = await rooms.visibleTo(who, "see");
  const all = await (await rooms.metrics()).read();
  return all.filter(({ station }) => isVisible(station));
}

async function withGrowth({ rooms }: Call<Name>, item: Attention): Promise<Attention> {
  const { station, group, count } = item;
  if (group === null) return item;
  try {
    const history = await rooms.history();
    const stepMs = 6 * historyLimits.stepMs;
    const range = { from: history.ago(growthMs), stepMs };
    const { points } = await history.group(station, group, range, { lag: count });
    const before = points[0]?.lag ?? null;
    const now = points.at(-1)?.lag ?? null;
    return { ...item, isGrowing: before === null || now === null ? null : now > before };
  } catch {
    // Whether it grows is not known; that it is behind is.
    return item;
  }
}
