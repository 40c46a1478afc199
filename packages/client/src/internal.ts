/**
 * For packages of Oxbow: how stations and groups are laid out in streams and consumers. What is here changes without
 * notice; applications import `oxbow`.
 */

export { clientOver, connectAt, type LinkParts, openLink } from "./connect.ts";
export { ReplayedMessage } from "./consume/station-message.ts";
export { isPattern, matchesPattern } from "./consume/station-patterns.ts";
export { denialText } from "./control/denials.ts";
export { rightOf } from "./control/operation-rights.ts";
export { type PlatformErrorCode, platformError } from "./control/platform-errors.ts";
export { type Right, rights, roleHas, roles } from "./control/rights.ts";
export { clientErrors } from "./errors.ts";
export { type Group, type GroupPartition, groupOf, type Member } from "./groups/group.ts";
export {
  beginningOf,
  begun,
  consumerOf,
  consumerSettings,
  filterSubjectsOf,
  groupBeingDeleted,
  groupOfConsumer,
  groupSettingsOf,
  originOf,
  planned,
  planOf,
  type RewindPlan,
} from "./groups/group-consumers.ts";
export { consumerName, consumerNames, groupName } from "./groups/group-name.ts";
export { GroupParts } from "./groups/group-parts.ts";
export {
  changeGroupSettings,
  type GroupChanges,
  type GroupRequest,
  type GroupSettings,
  groupChangesShape,
  groupRequestShape,
  groupSettingsShape,
  readGroupSettings,
  readPlace,
} from "./groups/group-settings.ts";
export { orderedPriorityGroup } from "./groups/ordered-by-key.ts";
export { type GroupStart, type Place, placeSchema, placeText } from "./groups/place.ts";
export { explained, isMissing } from "./groups/refusals.ts";
export { type Spot, StreamProbe } from "./groups/stream-probe.ts";
export { inParallel } from "./in-parallel.ts";
export {
  type Door,
  doors,
  isStampHeader,
  type MessagePlace,
  parentHeader,
  parentText,
  readParent,
  readStamp,
  type Stamp,
  stampHeader,
  stampText,
} from "./lineage/stamp.ts";
export {
  continuedTrace,
  type TracedMessage,
  traceHeader,
  traceIdIn,
  traceIdOf,
} from "./lineage/trace.ts";
export { checkedName } from "./names.ts";
export { Oxbow } from "./oxbow.ts";
export {
  type AnnouncedPlace,
  type Announcement,
  announcedPlace,
  announcementPattern,
  announcementSubject,
  announcementSubjects,
  askSubject,
} from "./presence/announcement.ts";
export type { BatchOutcome } from "./produce/batch-outcome.ts";
export { type Payloads, payloadsOf } from "./produce/payloads.ts";
export { isLaterSubject } from "./stations/later-key.ts";
export { isBucketStream, isOwnStream } from "./stations/own-streams.ts";
export { isResentSubject, resentSubject, resentSubjects } from "./stations/resent-subject.ts";
export { matchesStars } from "./stations/stars.ts";
export { deletionUnfinished, type Partition, type Station, stationOf } from "./stations/station.ts";
export { stationName, stationToken, streamName } from "./stations/station-name.ts";
export {
  changeSettings,
  type DeadLetterReason,
  readSettings,
  type StationChanges,
  type StationRequest,
  type StationSettings,
  stationRequestShape,
  stationSettingsShape,
} from "./stations/station-settings.ts";
export { beingDeleted, membershipOf, settingsOf, streamOf } from "./stations/station-streams.ts";
export { contextIn, withContext } from "./tracing/trace-context.ts";
export type { Span, SpanAttributes, SpanStart, TraceContext, Tracing } from "./tracing/tracing.ts";
export { problemsIn } from "./zod-problems.ts";
