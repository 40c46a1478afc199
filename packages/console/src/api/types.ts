export type {
  BatchReport,
  DecodedMessages,
  EncodedMessages,
  Endpoints,
  Health,
  MessageBody,
  MessagePage,
  MessageSample,
  SearchEnd,
  SearchProgress,
  SessionInfo,
  SessionList,
} from "@oxbow/gateways/http/contract";

import type { History, StationHistoryPoint } from "oxbow/control";

export type {
  AttachmentMode,
  AttachmentState,
  Attention,
  AttentionList,
  AuditAnswer,
  AuditEntry,
  BrowsedStations,
  Caller,
  Consumer,
  DeadLetter,
  DeadLetterCauses,
  DeadLetterContent,
  DeadLetterPage,
  DeadLetterRetention,
  Dropped,
  FoundDeadLetter,
  GroupLag,
  Ingest,
  IngestWithSecret,
  Page,
  PlatformTotals,
  Producer,
  Purged,
  Resend,
  ResendCounts,
  Rewound,
  Schema,
  StationDefaults,
  StationOfDeadLetters,
  StationOrder,
  StationSummary,
} from "oxbow/control";
export type { Group, GroupSettings, Place, Station, StationSettings } from "oxbow/internal";

/** How all stations together, or one, were in a span of time. */
export type OverviewHistory = History<StationHistoryPoint>;
export type StationHistory = History<StationHistoryPoint>;
