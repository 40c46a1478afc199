export { OxbowError } from "@oxbow/base";
export type { PlatformErrorCode } from "./control/platform-errors.ts";
export type { Group, GroupPartition } from "./groups/group.ts";
export type { GroupChanges, GroupRequest, GroupSettings } from "./groups/group-settings.ts";
export type { GroupStart, Place } from "./groups/place.ts";
export type { Partition, Station } from "./stations/station.ts";
export { stationName } from "./stations/station-name.ts";
export type {
  StationChanges,
  StationRequest,
  StationSettings,
} from "./stations/station-settings.ts";
