import { type AttachmentOperations, attachmentOperations } from "./operations/attachment.ts";
import { type AuditOperations, auditOperations } from "./operations/audit.ts";
import { type DeadLetterOperations, deadLetterOperations } from "./operations/dead-letter.ts";
import { type GroupOperations, groupOperations } from "./operations/group.ts";
import { type HistoryOperations, historyOperations } from "./operations/history.ts";
import { type IngestOperations, ingestOperations } from "./operations/ingest.ts";
import { type JourneyOperations, journeyOperations } from "./operations/journey.ts";
import { type LineageOperations, lineageOperations } from "./operations/lineage.ts";
import { type NotificationOperations, notificationOperations } from "./operations/notification.ts";
import type { Entries, NameKind, OperationEntry } from "./operations/operation.ts";
import { type PlatformOperations, platformOperations } from "./operations/platform.ts";
import { type PresenceOperations, presenceOperations } from "./operations/presence.ts";
import { type SchemaOperations, schemaOperations } from "./operations/schema.ts";
import { type StationOperations, stationOperations } from "./operations/station.ts";
import { type TenantOperations, tenantOperations } from "./operations/tenant.ts";
import { type UserOperations, userOperations } from "./operations/user.ts";

export type { NameKind, OperationEntry };

/** Version of the contract. */
export const apiVersion = 1;

/** The types of every operation. */
export interface Operations
  extends PlatformOperations,
    StationOperations,
    GroupOperations,
    HistoryOperations,
    PresenceOperations,
    JourneyOperations,
    LineageOperations,
    SchemaOperations,
    AttachmentOperations,
    DeadLetterOperations,
    UserOperations,
    TenantOperations,
    NotificationOperations,
    IngestOperations,
    AuditOperations {}

export type OperationName = keyof Operations;
export type RequestOf<Name extends OperationName> = Operations[Name]["request"];
export type ResponseOf<Name extends OperationName> = Operations[Name]["response"];
/** The names in the subject of an operation, by what they name. */
export type NamesOf<Name extends OperationName> = {
  readonly [Kind in Operations[Name]["names"][number]]: string;
};

/** Every operation of the platform. Client, service and documents come from it. */
export const operations: Entries<Operations> = {
  ...platformOperations,
  ...stationOperations,
  ...groupOperations,
  ...historyOperations,
  ...presenceOperations,
  ...journeyOperations,
  ...lineageOperations,
  ...schemaOperations,
  ...attachmentOperations,
  ...deadLetterOperations,
  ...userOperations,
  ...tenantOperations,
  ...notificationOperations,
  ...ingestOperations,
  ...auditOperations,
};

/** The names of all operations, in the order of the table. */
export const operationNames: readonly OperationName[] = Object.keys(operations) as OperationName[];
