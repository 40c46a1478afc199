export type {
  AccessKey,
  AccessKeyRequest,
  AccessKeyWithSecret,
  Attachment,
  AttachmentMode,
  AttachmentRequest,
  AuditAnswer,
  AuditEntry,
  AuditQuestion,
  GroupLag,
  PartitionLag,
  PurgeRequest,
  Requester,
  Rewound,
  RewoundPartition,
  Role,
  Schema,
  SchemaReference as ReferenceRequest,
  SchemaRequest,
  SchemaVersion,
  Tenant,
  TenantChanges,
  TenantQuotas,
  TenantRequest,
  User,
  UserChanges,
  UserRequest,
  UserWithPassword,
  VersionRequest,
} from "oxbow/control";
export type {
  Group,
  GroupChanges,
  GroupPartition,
  GroupRequest,
  GroupSettings,
  GroupStart,
  Partition,
  Place,
  Station,
  StationChanges,
  StationRequest,
  StationSettings,
} from "oxbow/internal";
export {
  consumerName,
  groupName,
  type PlatformErrorCode,
  platformError,
  type Right,
  roles,
  stationName,
  stationToken,
  streamName,
} from "oxbow/internal";
export {
  Audit,
  type AuditedChange,
  type AuditLimits,
  auditLimits,
} from "./audit/audit.ts";
export { auditStream } from "./audit/audit-stream.ts";
export type { DeadLetter, DeadLetterMessage } from "./dead-letters/dead-letter.ts";
export {
  DeadLetterWorker,
  type DeadLetterWorkerOptions,
} from "./dead-letters/dead-letter-worker.ts";
export {
  type DeadLetterListRequest,
  type DeadLetterPage,
  type DeadLetterRetention,
  DeadLetters,
  type DeadLettersOptions,
  type DropOptions,
} from "./dead-letters/dead-letters.ts";
export type { DeadLetterFilter } from "./dead-letters/letter-filter.ts";
export type { ResendEdit, ResendRequest, ResendTarget } from "./dead-letters/resend-request.ts";
export type { Resend, ResendCounts } from "./dead-letters/resends.ts";
export type { DeadLetterStep, OnStep } from "./dead-letters/steps.ts";
export type { StationGatesOptions } from "./gates/gate-board.ts";
export { StationGates } from "./gates/station-gates.ts";
export { Groups, type RewindOptions } from "./groups/groups.ts";
export { type IngestDocument, ingestBucketStream } from "./ingest/documents.ts";
export { Ingests, type IngestsOptions } from "./ingest/ingests.ts";
export { type IngestLimits, ingestLimits } from "./ingest/limits.ts";
export {
  ingestChangesShape,
  ingestRequestShape,
  ingestRotationShape,
} from "./ingest/requests.ts";
export { type IngestToken, isUrlOf, readIngestToken, secretsOf } from "./ingest/token.ts";
export { notificationsBucketStream } from "./notifications/documents.ts";
export { type NotificationLimits, notificationLimits } from "./notifications/limits.ts";
export { Notifications } from "./notifications/notifications.ts";
export {
  channelChangesShape,
  channelRequestShape,
  ruleChangesShape,
  ruleRequestShape,
} from "./notifications/requests.ts";
export {
  GoneFollower,
  type GoneFollowerOptions,
  type PresenceGone,
} from "./presence/gone-follower.ts";
export type {
  ClientObserver,
  ObservedClient,
  ObservedConsumes,
  ObservedPublishes,
} from "./presence/observed-clients.ts";
export { Presence, type PresenceOptions } from "./presence/presence.ts";
export { type PresenceLimits, presenceLimits } from "./presence/presence-limits.ts";
export type { PresenceRecord } from "./presence/presence-record.ts";
export { PresenceRecords, type StoredPresence } from "./presence/presence-records.ts";
export { presenceStream } from "./presence/presence-stream.ts";
export { describeBreak, type SchemaBreak } from "./schemas/compatibility.ts";
export { type RegistryLimits, registryLimits } from "./schemas/limits.ts";
export type { BrokenPolicy, ReadyPolicy, SchemaPolicy } from "./schemas/policy-board.ts";
export {
  attachmentRequestShape,
  generateRequestShape,
  schemaRequestShape,
  tryRequestShape,
  versionRequestShape,
} from "./schemas/requests.ts";
export type { SchemaDiff } from "./schemas/schema-diff.ts";
export { schemaName } from "./schemas/schema-name.ts";
export { Schemas, type SchemasOptions } from "./schemas/schemas.ts";
export type { PolicyNews, StationPolicy } from "./schemas/watch-policies.ts";
export type { AccountPlace, OwnPassword } from "./service/account-room.ts";
export type { PlatformChange } from "./service/endpoint.ts";
export { PlatformService, type PlatformServiceOptions } from "./service/platform-service.ts";
export { hasBucket } from "./service/rooms.ts";
export { deleteStation } from "./service/whole-station.ts";
export { DefaultsOfStations } from "./stations/station-defaults.ts";
export { Stations } from "./stations/stations.ts";
export { Tenants, type TenantsOptions, tenantRequestShape } from "./tenants/tenants.ts";
export { type Access, isAllowed } from "./users/access.ts";
export {
  type AccountUser,
  accountOfTenant,
  Directory,
  type TenantAccount,
  tenantOfAccount,
} from "./users/directory.ts";
export type { DirectoryOptions } from "./users/directory-store.ts";
export { defaultTenant, directoryStream } from "./users/documents.ts";
export { type DirectoryLimits, directoryLimits } from "./users/limits.ts";
export { permissionsOf, type UserPermissions } from "./users/permissions.ts";
export { accessKeyRequestShape, userChangesShape, userRequestShape } from "./users/requests.ts";
export { hashPassword } from "./users/secrets.ts";
export { isStationOf, isStationPattern } from "./users/station-pattern.ts";
export { loginOf, userOfLogin } from "./users/user.ts";
export { type UserGuard, Users, type UsersOptions } from "./users/users.ts";
export { type DirectoryNews, watchDirectory } from "./users/watch-directory.ts";
