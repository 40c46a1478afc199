import type { Group } from "../../groups/group.ts";
import type { GroupChanges, GroupRequest } from "../../groups/group-settings.ts";
import type { Deleted, Nothing, Page, PageRequest } from "../types/common.ts";
import type {
  GroupFilter,
  GroupLag,
  PauseRequest,
  RewindRequest,
  Rewound,
} from "../types/group.ts";
import { change, type Entries, none, type Operation, ofGroup, read } from "./operation.ts";

/** What is asked about groups. */
export interface GroupOperations {
  "group.create": Operation<["station", "group"], GroupRequest, Group>;
  "group.list": Operation<[], PageRequest & GroupFilter, Page<Group>>;
  "group.get": Operation<["station", "group"], Nothing, Group>;
  "group.edit": Operation<["station", "group"], GroupChanges, Group>;
  "group.pause": Operation<["station", "group"], PauseRequest, Group>;
  "group.resume": Operation<["station", "group"], Nothing, Group>;
  "group.lag": Operation<["station", "group"], Nothing, GroupLag>;
  "group.rewind": Operation<["station", "group"], RewindRequest, Rewound>;
  "group.delete": Operation<["station", "group"], Nothing, Deleted>;
}

export const groupOperations: Entries<GroupOperations> = {
  "group.create": {
    ...change,
    subject: "GROUP.CREATE",
    names: ofGroup,
    summary: "makes a consumer group, or makes it whole",
    request: "GroupRequest",
    response: "Group",
  },
  "group.list": {
    ...read,
    subject: "GROUP.LIST",
    names: [],
    summary: "lists groups by station and name, durable consumers of plain clients among them",
    request: "PageRequest & GroupFilter",
    response: "Page<Group>",
  },
  "group.get": {
    ...read,
    subject: "GROUP.GET",
    names: ofGroup,
    summary: "describes a group",
    request: none,
    response: "Group",
  },
  "group.edit": {
    ...change,
    subject: "GROUP.EDIT",
    names: ofGroup,
    summary: "changes settings of a group while its members are connected",
    request: "GroupChanges",
    response: "Group",
  },
  "group.pause": {
    ...change,
    subject: "GROUP.PAUSE",
    names: ofGroup,
    summary: "stops deliveries until a time",
    request: "PauseRequest",
    response: "Group",
  },
  "group.resume": {
    ...change,
    subject: "GROUP.RESUME",
    names: ofGroup,
    summary: "ends a pause",
    request: none,
    response: "Group",
  },
  "group.lag": {
    ...read,
    subject: "GROUP.LAG",
    names: ofGroup,
    summary: "tells how far a group is behind, in messages and in time",
    request: none,
    response: "GroupLag",
  },
  "group.rewind": {
    ...change,
    subject: "GROUP.REWIND",
    names: ofGroup,
    summary: "lets a group go on at another place, or counts what that would mean",
    request: "RewindRequest",
    response: "Rewound",
  },
  "group.delete": {
    ...change,
    subject: "GROUP.DELETE",
    names: ofGroup,
    summary: "deletes a group",
    request: none,
    response: "Deleted",
  },
};
