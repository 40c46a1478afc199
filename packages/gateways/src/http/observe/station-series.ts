import type { StationMetrics } from "oxbow/control";
import type { Exposition } from "./exposition.ts";
import { families } from "./families.ts";

/** Writes the series of a station, of its partitions and of its groups. */
export function writeStation(to: Exposition, tenant: string, metrics: StationMetrics): void {
  const { station } = metrics;
  to.add(families.stationDeadLetters, { tenant, station }, metrics.deadLetters);
  for (const { number, messages, bytes, storedMessages, storedBytes } of metrics.partitions) {
    const labels = { tenant, station, partition: String(number) };
    to.add(families.stationMessages, labels, messages);
    to.add(families.stationBytes, labels, bytes);
    to.add(families.stationInMessages, labels, storedMessages);
    to.add(families.stationInBytes, labels, storedBytes);
  }
  for (const { group, partitions } of metrics.groups) {
    for (const each of partitions) {
      const labels = { tenant, station, group, partition: String(each.number) };
      to.add(families.groupOutMessages, labels, each.delivered);
      to.add(families.groupOutBytes, labels, each.deliveredBytes);
      to.add(families.groupAcknowledged, labels, each.acknowledged);
      to.add(families.groupLagMessages, labels, each.waiting + each.inFlight);
      to.add(families.groupLagSeconds, labels, each.lagMs === null ? null : each.lagMs / 1_000);
      to.add(families.groupInFlight, labels, each.inFlight);
      to.add(families.groupInFlightMax, labels, each.inFlightMax);
      to.add(families.groupRedelivered, labels, each.redelivered);
    }
  }
}
