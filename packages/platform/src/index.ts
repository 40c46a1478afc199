export { type PlatformErrorCode, platformError } from "./errors.ts";
export type { Partition, Station } from "./stations/station.ts";
export { stationName, stationToken, streamName } from "./stations/station-name.ts";
export type {
  StationChanges,
  StationRequest,
  StationSettings,
} from "./stations/station-settings.ts";
export { type PurgeRequest, Stations } from "./stations/stations.ts";
