import type { JetStreamManager } from "@nats-io/jetstream";
import { platformError } from "../control/platform-errors.ts";
import { consumerName, groupName } from "../groups/group-name.ts";
import { GroupParts } from "../groups/group-parts.ts";
import { type GroupRequest, readGroupSettings } from "../groups/group-settings.ts";
import { inParallel } from "../in-parallel.ts";
import { stationOf } from "../stations/station.ts";

/**
 * Makes a group as the platform makes it, where there is none to ask.
 *
 * @throws OxbowError `GROUP_INVALID`, `GROUP_EXISTS`, `GROUP_UNAVAILABLE`, `STATION_NOT_FOUND`
 */
export async function makeGroup(
  manager: JetStreamManager,
  streams: readonly string[],
  group: string,
  request: GroupRequest,
): Promise<void> {
  const name = groupName(group);
  const settings = readGroupSettings(request);
  const station = stationOf(await inParallel(streams, (stream) => manager.streams.info(stream)));
  if (station === undefined) {
    throw platformError("STATION_NOT_FOUND", `group ${name}: its station is gone`);
  }
  const parts = new GroupParts(manager, station);
  await parts.ensure(name, settings, await parts.find(consumerName(name)));
}
