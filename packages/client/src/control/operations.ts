import type { Group } from "../groups/group.ts";
import type { GroupChanges, GroupRequest } from "../groups/group-settings.ts";
import type { Station } from "../stations/station.ts";
import type { StationChanges, StationRequest } from "../stations/station-settings.ts";
import type { AuditAnswer, AuditQuestion } from "./types/audit.ts";
import type { Deleted, Nothing, Page, PageRequest, PlatformInfo } from "./types/common.ts";
import type {
  DeadLetterCount,
  DeadLetterId,
  DeadLetterPage,
  DeadLetterRetention,
  DeadLettersRequest,
  Dropped,
  DropRequest,
  FoundDeadLetter,
  Resend,
  ResendCounts,
  ResendElsewhere,
  ResendId,
  StationDeadLetters,
  StationResend,
} from "./types/dead-letter.ts";
import type { GroupFilter, GroupLag, PauseRequest, RewindRequest, Rewound } from "./types/group.ts";
import type {
  AddVersionRequest,
  Attachment,
  AttachmentFilter,
  AttachmentRequest,
  AttachmentState,
  CompatibilityRequest,
  DiffRequest,
  Schema,
  SchemaBreaks,
  SchemaDiff,
  SchemaRequest,
  SchemaText,
  SchemaVersion,
  TextRequest,
  VersionNumber,
  VersionRequest,
} from "./types/schema.ts";
import type { MessageRequest, Purged, PurgeRequest } from "./types/station.ts";
import type { Tenant, TenantChanges, TenantRequest } from "./types/tenant.ts";
import type {
  AccessKeyId,
  AccessKeyRequest,
  AccessKeyWithSecret,
  OfTenant,
  PasswordRequest,
  User,
  UserChanges,
  UserRequest,
  UserWithPassword,
} from "./types/user.ts";

/** Version of the contract. */
export const apiVersion = 1;

/** What a name in a subject is the name of. */
export type NameKind = "station" | "group" | "schema" | "user" | "tenant";

interface Operation<Names extends readonly NameKind[], Request, Response> {
  readonly names: Names;
  readonly request: Request;
  readonly response: Response;
}

/** The types of every operation: of the names in its subject, of what it is asked and of what it answers. */
export interface Operations {
  "platform.info": Operation<[], Nothing, PlatformInfo>;

  "station.create": Operation<["station"], StationRequest, Station>;
  "station.list": Operation<[], PageRequest, Page<Station>>;
  "station.get": Operation<["station"], Nothing, Station>;
  "station.edit": Operation<["station"], StationChanges, Station>;
  "station.purge": Operation<["station"], PurgeRequest, Purged>;
  "station.removeMessage": Operation<["station"], MessageRequest, Deleted>;
  "station.delete": Operation<["station"], Nothing, Deleted>;

  "group.create": Operation<["station", "group"], GroupRequest, Group>;
  "group.list": Operation<[], PageRequest & GroupFilter, Page<Group>>;
  "group.get": Operation<["station", "group"], Nothing, Group>;
  "group.edit": Operation<["station", "group"], GroupChanges, Group>;
  "group.pause": Operation<["station", "group"], PauseRequest, Group>;
  "group.resume": Operation<["station", "group"], Nothing, Group>;
  "group.lag": Operation<["station", "group"], Nothing, GroupLag>;
  "group.rewind": Operation<["station", "group"], RewindRequest, Rewound>;
  "group.delete": Operation<["station", "group"], Nothing, Deleted>;

  "schema.create": Operation<["schema"], SchemaRequest, Schema>;
  "schema.list": Operation<[], PageRequest, Page<Schema>>;
  "schema.get": Operation<["schema"], Nothing, Schema>;
  "schema.text": Operation<["schema"], TextRequest, SchemaText>;
  "schema.addVersion": Operation<["schema"], AddVersionRequest, SchemaVersion>;
  "schema.check": Operation<["schema"], VersionRequest, SchemaBreaks>;
  "schema.diff": Operation<["schema"], DiffRequest, SchemaDiff>;
  "schema.activate": Operation<["schema"], VersionNumber, Schema>;
  "schema.setCompatibility": Operation<["schema"], CompatibilityRequest, Schema>;
  "schema.deleteVersion": Operation<["schema"], VersionNumber, Deleted>;
  "schema.delete": Operation<["schema"], Nothing, Deleted>;

  "attachment.set": Operation<["station"], AttachmentRequest, Attachment>;
  "attachment.get": Operation<["station"], Nothing, AttachmentState>;
  "attachment.list": Operation<[], PageRequest & AttachmentFilter, Page<Attachment>>;
  "attachment.delete": Operation<["station"], Nothing, Deleted>;

  "deadLetter.list": Operation<["station"], DeadLettersRequest, DeadLetterPage>;
  "deadLetter.count": Operation<["station"], StationDeadLetters, DeadLetterCount>;
  "deadLetter.get": Operation<["station"], DeadLetterId, FoundDeadLetter>;
  "deadLetter.drop": Operation<["station"], DropRequest, Dropped>;
  "deadLetter.resend": Operation<["station"], StationResend, Resend>;
  "deadLetter.resendElsewhere": Operation<["station"], ResendElsewhere, Resend>;
  "deadLetter.foreseeResend": Operation<["station"], StationResend, ResendCounts>;
  "deadLetter.resends": Operation<["station"], PageRequest, Page<Resend>>;
  "deadLetter.getResend": Operation<["station"], ResendId, Resend>;
  "deadLetter.cancelResend": Operation<["station"], ResendId, Resend>;
  "deadLetter.retention": Operation<[], Nothing, DeadLetterRetention>;
  "deadLetter.setRetention": Operation<[], Partial<DeadLetterRetention>, DeadLetterRetention>;

  "user.create": Operation<["user"], UserRequest & OfTenant, UserWithPassword>;
  "user.list": Operation<[], PageRequest & OfTenant, Page<User>>;
  "user.get": Operation<["user"], OfTenant, User>;
  "user.edit": Operation<["user"], UserChanges & OfTenant, User>;
  "user.setPassword": Operation<["user"], PasswordRequest & OfTenant, UserWithPassword>;
  "user.addKey": Operation<["user"], AccessKeyRequest & OfTenant, AccessKeyWithSecret>;
  "user.removeKey": Operation<["user"], AccessKeyId & OfTenant, Deleted>;
  "user.delete": Operation<["user"], OfTenant, Deleted>;

  "tenant.create": Operation<["tenant"], TenantRequest, Tenant>;
  "tenant.list": Operation<[], PageRequest, Page<Tenant>>;
  "tenant.get": Operation<["tenant"], Nothing, Tenant>;
  "tenant.edit": Operation<["tenant"], TenantChanges, Tenant>;
  "tenant.delete": Operation<["tenant"], Nothing, Deleted>;

  "audit.query": Operation<[], AuditQuestion, AuditAnswer>;
}

export type OperationName = keyof Operations;
export type RequestOf<Name extends OperationName> = Operations[Name]["request"];
export type ResponseOf<Name extends OperationName> = Operations[Name]["response"];
/** The names in the subject of an operation, by what they name. */
export type NamesOf<Name extends OperationName> = {
  readonly [Kind in Operations[Name]["names"][number]]: string;
};

/** Where an operation is asked for, and what it does. */
export interface OperationEntry<Names extends readonly NameKind[] = readonly NameKind[]> {
  /** Behind `$OXBOW.API.`; the names follow. */
  readonly subject: string;
  readonly names: Names;
  /** One sentence without its full stop. */
  readonly summary: string;
  /** Names of the types, for people. */
  readonly request: string;
  readonly response: string;
  /** Whether it changes anything. */
  readonly isChange: boolean;
}

const read = { isChange: false } as const;
const change = { isChange: true } as const;
const none = "{}";
const ofStation: ["station"] = ["station"];
const ofGroup: ["station", "group"] = ["station", "group"];
const ofSchema: ["schema"] = ["schema"];
const ofUser: ["user"] = ["user"];
const ofTenant: ["tenant"] = ["tenant"];

/** Every operation of the platform. Client, service and documents come from it. */
export const operations: {
  readonly [Name in OperationName]: OperationEntry<Operations[Name]["names"]>;
} = {
  "platform.info": {
    ...read,
    subject: "PLATFORM.INFO",
    names: [],
    summary: "tells who answers, and which version of this contract",
    request: none,
    response: "PlatformInfo",
  },
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
    request: "PageRequest",
    response: "Page<Station>",
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
  "station.delete": {
    ...change,
    subject: "STATION.DELETE",
    names: ofStation,
    summary: "deletes a station with its messages and groups, and detaches its schema",
    request: none,
    response: "Deleted",
  },
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
  "schema.create": {
    ...change,
    subject: "SCHEMA.CREATE",
    names: ofSchema,
    summary: "makes a schema, with a first version if there is a text",
    request: "SchemaRequest",
    response: "Schema",
  },
  "schema.list": {
    ...read,
    subject: "SCHEMA.LIST",
    names: [],
    summary: "lists schemas by name",
    request: "PageRequest",
    response: "Page<Schema>",
  },
  "schema.get": {
    ...read,
    subject: "SCHEMA.GET",
    names: ofSchema,
    summary: "describes a schema and its versions",
    request: none,
    response: "Schema",
  },
  "schema.text": {
    ...read,
    subject: "SCHEMA.TEXT",
    names: ofSchema,
    summary: "gives the text of a version",
    request: "TextRequest",
    response: "SchemaText",
  },
  "schema.addVersion": {
    ...change,
    subject: "SCHEMA.ADD_VERSION",
    names: ofSchema,
    summary: "adds a version, unless it breaks what the schema promises",
    request: "AddVersionRequest",
    response: "SchemaVersion",
  },
  "schema.check": {
    ...read,
    subject: "SCHEMA.CHECK",
    names: ofSchema,
    summary: "tells what would break if a version were added",
    request: "VersionRequest",
    response: "SchemaBreaks",
  },
  "schema.diff": {
    ...read,
    subject: "SCHEMA.DIFF",
    names: ofSchema,
    summary: "tells how two versions differ, and who can't read what",
    request: "DiffRequest",
    response: "SchemaDiff",
  },
  "schema.activate": {
    ...change,
    subject: "SCHEMA.ACTIVATE",
    names: ofSchema,
    summary: "makes a version the active one, be it later or earlier",
    request: "VersionNumber",
    response: "Schema",
  },
  "schema.setCompatibility": {
    ...change,
    subject: "SCHEMA.SET_COMPATIBILITY",
    names: ofSchema,
    summary: "changes what new versions must allow",
    request: "CompatibilityRequest",
    response: "Schema",
  },
  "schema.deleteVersion": {
    ...change,
    subject: "SCHEMA.DELETE_VERSION",
    names: ofSchema,
    summary: "deletes a version that nobody uses",
    request: "VersionNumber",
    response: "Deleted",
  },
  "schema.delete": {
    ...change,
    subject: "SCHEMA.DELETE",
    names: ofSchema,
    summary: "deletes a schema that nobody uses",
    request: none,
    response: "Deleted",
  },
  "attachment.set": {
    ...change,
    subject: "ATTACHMENT.SET",
    names: ofStation,
    summary: "has a station use a schema, instead of the one it uses",
    request: "AttachmentRequest",
    response: "Attachment",
  },
  "attachment.get": {
    ...read,
    subject: "ATTACHMENT.GET",
    names: ofStation,
    summary: "tells which schema a station uses",
    request: none,
    response: "AttachmentState",
  },
  "attachment.list": {
    ...read,
    subject: "ATTACHMENT.LIST",
    names: [],
    summary: "lists the schemas that stations use, by station",
    request: "PageRequest & AttachmentFilter",
    response: "Page<Attachment>",
  },
  "attachment.delete": {
    ...change,
    subject: "ATTACHMENT.DELETE",
    names: ofStation,
    summary: "has a station use no schema",
    request: none,
    response: "Deleted",
  },
  "deadLetter.list": {
    ...read,
    subject: "DEADLETTER.LIST",
    names: ofStation,
    summary: "lists dead letters of a station, oldest first",
    request: "DeadLettersRequest",
    response: "DeadLetterPage",
  },
  "deadLetter.count": {
    ...read,
    subject: "DEADLETTER.COUNT",
    names: ofStation,
    summary: "counts dead letters of a station",
    request: "StationDeadLetters",
    response: "DeadLetterCount",
  },
  "deadLetter.get": {
    ...read,
    subject: "DEADLETTER.GET",
    names: ofStation,
    summary: "gives a dead letter with its message",
    request: "DeadLetterId",
    response: "FoundDeadLetter",
  },
  "deadLetter.drop": {
    ...change,
    subject: "DEADLETTER.DROP",
    names: ofStation,
    summary: "takes dead letters out for ever, or counts them",
    request: "DropRequest",
    response: "Dropped",
  },
  "deadLetter.resend": {
    ...change,
    subject: "DEADLETTER.RESEND",
    names: ofStation,
    summary: "has messages of dead letters stored again, for their group or their station",
    request: "StationResend",
    response: "Resend",
  },
  "deadLetter.resendElsewhere": {
    ...change,
    subject: "DEADLETTER.RESEND_ELSEWHERE",
    names: ofStation,
    summary: "has messages of dead letters stored in another station",
    request: "ResendElsewhere",
    response: "Resend",
  },
  "deadLetter.foreseeResend": {
    ...read,
    subject: "DEADLETTER.FORESEE_RESEND",
    names: ofStation,
    summary: "tells what a resend would come to",
    request: "StationResend",
    response: "ResendCounts",
  },
  "deadLetter.resends": {
    ...read,
    subject: "DEADLETTER.RESENDS",
    names: ofStation,
    summary: "lists resends of dead letters of a station",
    request: "PageRequest",
    response: "Page<Resend>",
  },
  "deadLetter.getResend": {
    ...read,
    subject: "DEADLETTER.GET_RESEND",
    names: ofStation,
    summary: "tells how far a resend is",
    request: "ResendId",
    response: "Resend",
  },
  "deadLetter.cancelResend": {
    ...change,
    subject: "DEADLETTER.CANCEL_RESEND",
    names: ofStation,
    summary: "ends a resend",
    request: "ResendId",
    response: "Resend",
  },
  "deadLetter.retention": {
    ...read,
    subject: "DEADLETTER.RETENTION",
    names: [],
    summary: "tells how long dead letters are kept, all stations together",
    request: none,
    response: "DeadLetterRetention",
  },
  "deadLetter.setRetention": {
    ...change,
    subject: "DEADLETTER.SET_RETENTION",
    names: [],
    summary: "changes how long dead letters are kept",
    request: "Partial<DeadLetterRetention>",
    response: "DeadLetterRetention",
  },
  "user.create": {
    ...change,
    subject: "USER.CREATE",
    names: ofUser,
    summary: "makes a user, with a random password unless it says otherwise",
    request: "UserRequest & OfTenant",
    response: "UserWithPassword",
  },
  "user.list": {
    ...read,
    subject: "USER.LIST",
    names: [],
    summary: "lists users by name",
    request: "PageRequest & OfTenant",
    response: "Page<User>",
  },
  "user.get": {
    ...read,
    subject: "USER.GET",
    names: ofUser,
    summary: "describes a user",
    request: "OfTenant",
    response: "User",
  },
  "user.edit": {
    ...change,
    subject: "USER.EDIT",
    names: ofUser,
    summary: "changes what a user may do, and whether it may come in",
    request: "UserChanges & OfTenant",
    response: "User",
  },
  "user.setPassword": {
    ...change,
    subject: "USER.SET_PASSWORD",
    names: ofUser,
    summary: "gives a user another password, and disconnects who has used the one before",
    request: "PasswordRequest & OfTenant",
    response: "UserWithPassword",
  },
  "user.addKey": {
    ...change,
    subject: "USER.ADD_KEY",
    names: ofUser,
    summary: "gives a user an access key",
    request: "AccessKeyRequest & OfTenant",
    response: "AccessKeyWithSecret",
  },
  "user.removeKey": {
    ...change,
    subject: "USER.REMOVE_KEY",
    names: ofUser,
    summary: "takes an access key back, and disconnects who has used it",
    request: "AccessKeyId & OfTenant",
    response: "Deleted",
  },
  "user.delete": {
    ...change,
    subject: "USER.DELETE",
    names: ofUser,
    summary: "takes a user out, and disconnects it",
    request: "OfTenant",
    response: "Deleted",
  },
  "tenant.create": {
    ...change,
    subject: "TENANT.CREATE",
    names: ofTenant,
    summary: "makes a tenant with its quotas",
    request: "TenantRequest",
    response: "Tenant",
  },
  "tenant.list": {
    ...read,
    subject: "TENANT.LIST",
    names: [],
    summary: "lists tenants by name",
    request: "PageRequest",
    response: "Page<Tenant>",
  },
  "tenant.get": {
    ...read,
    subject: "TENANT.GET",
    names: ofTenant,
    summary: "describes a tenant",
    request: none,
    response: "Tenant",
  },
  "tenant.edit": {
    ...change,
    subject: "TENANT.EDIT",
    names: ofTenant,
    summary: "changes quotas while a tenant is in use",
    request: "TenantChanges",
    response: "Tenant",
  },
  "tenant.delete": {
    ...change,
    subject: "TENANT.DELETE",
    names: ofTenant,
    summary: "deletes a tenant without users, with all that it has stored",
    request: none,
    response: "Deleted",
  },
  "audit.query": {
    ...read,
    subject: "AUDIT.QUERY",
    names: [],
    summary: "tells who has changed what, in the order in which it was begun",
    request: "AuditQuestion",
    response: "AuditAnswer",
  },
};

/** The names of all operations, in the order of the table. */
export const operationNames: readonly OperationName[] = Object.keys(operations) as OperationName[];
