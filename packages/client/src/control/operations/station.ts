import type { Station } from "../../stations/station.ts";
import type { StationChanges, StationRequest } from "../../stations/station-settings.ts";
import type { Deleted, Nothing, Page, PageRequest } from "../types/common.ts";
import type {
  BrowsedStations,
  BrowseRequest,
  Exported,
  ExportRequest,
  MessageRequest,
  MessagesRequest,
  Purged,
  PurgeRequest,
  Removed,
  StationDefaults,
  StationDefaultsChanges,
  StationFilter,
} from "../types/station.ts";
import { change, type Entries, none, type Operation, ofStation, read } from "./operation.ts";

/** What is asked about stations. */
export interface StationOperations {
  "station.create": Operation<["station"], StationRequest, Station>;
  "station.list": Operation<[], PageRequest & StationFilter, Page<Station>>;
  "station.browse": Operation<[], BrowseRequest, BrowsedStations>;
  "station.get": Operation<["station"], Nothing, Station>;
  "station.edit": Operation<["station"], StationChanges, Station>;
  "station.purge": Operation<["station"], PurgeRequest, Purged>;
  "station.removeMessage": Operation<["station"], MessageRequest, Deleted>;
  "station.removeMessages": Operation<["station"], MessagesRequest, Removed>;
  "station.export": Operation<["station"], ExportRequest, Exported>;
  "station.delete": Operation<["station"], Nothing, Deleted>;
  "station.defaults": Operation<[], Nothing, StationDefaults>;
  "station.setDefaults": Operation<[], StationDefaultsChanges, StationDefaults>;
  "station.ensure": Operation<["station"], Nothing, Station>;
}

export const stationOperations: Entries<StationOperations> = {
  "station.create": {
    ...change,
    subject: "STATION.CREATE",
    names: ofStation,
    summary: "makes a station, or makes it whole",
    request: "StationRequest",
    response: "Station",
  },
  "station.list": {
    ...read,
    subject: "STATION.LIST",
    names: [],
    summary: "lists stations by name, streams of plain clients among them",
    request: "PageRequest & StationFilter",
    response: "Page<Station>",
  },
  "station.browse": {
    ...read,
    subject: "STATION.BROWSE",
    names: [],
    summary: "finds stations by text and tags in any order, for who looks at a part of very many",
    request: "BrowseRequest",
    response: "BrowsedStations",
  },
  "station.get": {
    ...read,
    subject: "STATION.GET",
    names: ofStation,
    summary: "describes a station",
    request: none,
    response: "Station",
  },
  "station.edit": {
    ...change,
    subject: "STATION.EDIT",
    names: ofStation,
    summary: "changes settings of a station while it is in use",
    request: "StationChanges",
    response: "Station",
  },
  "station.purge": {
    ...change,
    subject: "STATION.PURGE",
    names: ofStation,
    summary: "removes messages for ever",
    request: "PurgeRequest",
    response: "Purged",
  },
  "station.removeMessage": {
    ...change,
    subject: "STATION.REMOVE_MESSAGE",
    names: ofStation,
    summary: "removes one message for ever, and overwrites it on disk",
    request: "MessageRequest",
    response: "Deleted",
  },
  "station.removeMessages": {
    ...change,
    subject: "STATION.REMOVE_MESSAGES",
    names: ofStation,
    summary: "removes the messages that are named for ever, and overwrites them on disk",
    request: "MessagesRequest",
    response: "Removed",
  },
  "station.export": {
    ...change,
    subject: "STATION.EXPORT",
    names: ofStation,
    summary: "lets messages be taken away as a file, and records who does",
    request: "ExportRequest",
    response: "Exported",
  },
  "station.defaults": {
    ...read,
    subject: "STATION.DEFAULTS",
    names: [],
    summary: "tells what stations are like where nobody says so, and whether they make themselves",
    request: none,
    response: "StationDefaults",
  },
  "station.setDefaults": {
    ...change,
    subject: "STATION.SET_DEFAULTS",
    names: [],
    summary: "changes that, for stations that are made from then on",
    request: "StationDefaultsChanges",
    response: "StationDefaults",
  },
  "station.ensure": {
    ...change,
    subject: "STATION.ENSURE",
    names: ofStation,
    summary: "makes a station for who produces to it, where stations make themselves",
    request: none,
    response: "Station",
  },
  "station.delete": {
    ...change,
    subject: "STATION.DELETE",
    names: ofStation,
    summary: "deletes a station with its messages and groups, and detaches its schema",
    request: none,
    response: "Deleted",
  },
};
