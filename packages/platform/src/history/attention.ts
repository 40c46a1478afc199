import type { Attention, StationMetrics } from "oxbow/control";

const behindMs = 60_000;
const fullPercent = 90;
const itemsMax = 50;

/** What of stations and groups in numbers somebody should look at, the worst first. */
export function attentionTo(stations: readonly StationMetrics[]): Attention[] {
  const found = stations.flatMap((station) => [
    ...fullness(station),
    ...station.groups.flatMap((group) => stuckOrBehind(station.station, group)),
  ]);
  return found.sort((a, b) => weightOf(b) - weightOf(a)).slice(0, itemsMax);
}

function weightOf({ kind, ageMs }: Attention): number {
  return (kind === "groupBehind" ? 0 : Number.MAX_SAFE_INTEGER / 2) + (ageMs ?? 0);
}

function fullness({ station, partitions }: StationMetrics): Attention[] {
  const shares = partitions.flatMap(({ messages, bytes, messagesMax, bytesMax }) => [
    messagesMax === null ? 0 : messages / messagesMax,
    bytesMax === null ? 0 : bytes / bytesMax,
  ]);
  const percent = Math.floor(Math.max(0, ...shares) * 100);
  if (percent < fullPercent) return [];
  return [
    { kind: "stationFull", station, group: null, count: percent, ageMs: null, isGrowing: null },
  ];
}

function stuckOrBehind(
  station: string,
  { group, partitions }: StationMetrics["groups"][number],
): Attention[] {
  const ages = partitions.map(({ lagMs }) => lagMs).filter((age) => age !== null);
  const ageMs = ages.length === 0 ? null : Math.max(...ages);
  const stuck = partitions.filter(
    ({ inFlight, inFlightMax }) => inFlightMax > 0 && inFlight >= inFlightMax,
  );
  const one = { station, group, ageMs, isGrowing: null };
  if (stuck.length > 0) {
    const count = stuck.reduce((sum, { inFlight }) => sum + inFlight, 0);
    return [{ ...one, kind: "groupStuck", count }];
  }
  if (ageMs === null || ageMs < behindMs) return [];
  const count = partitions.reduce((sum, each) => sum + each.waiting + each.inFlight, 0);
  return [{ ...one, kind: "groupBehind", count }];
}
