import type {
  GroupHistoryPoint,
  History,
  HistoryRange,
  StationHistoryPoint,
} from "../types/history.ts";
import { type Entries, type Operation, ofGroup, ofStation, read } from "./operation.ts";

/** What is asked about the past. */
export interface HistoryOperations {
  "history.overview": Operation<[], HistoryRange, History<StationHistoryPoint>>;
  "history.station": Operation<["station"], HistoryRange, History<StationHistoryPoint>>;
  "history.group": Operation<["station", "group"], HistoryRange, History<GroupHistoryPoint>>;
}

export const historyOperations: Entries<HistoryOperations> = {
  "history.overview": {
    ...read,
    subject: "HISTORY.OVERVIEW",
    names: [],
    summary: "tells how all stations together were over the last day",
    request: "HistoryRange",
    response: "History<StationHistoryPoint>",
  },
  "history.station": {
    ...read,
    subject: "HISTORY.STATION",
    names: ofStation,
    summary: "tells how a station was over the last day",
    request: "HistoryRange",
    response: "History<StationHistoryPoint>",
  },
  "history.group": {
    ...read,
    subject: "HISTORY.GROUP",
    names: ofGroup,
    summary: "tells how a group was over the last day",
    request: "HistoryRange",
    response: "History<GroupHistoryPoint>",
  },
};
