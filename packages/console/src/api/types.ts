import type { History, OverviewHistoryPoint, StationHistoryPoint } from "oxbow/control";

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

/** A message as the API has it. */
export interface MessageBody {
  readonly station: string;
  readonly partition: number;
  readonly sequence: number;
  readonly time: string;
  readonly key: string | null;
  readonly messageId: string | null;
  readonly headers: Readonly<Record<string, readonly string[]>>;
  readonly payload: string;
  readonly encoding: "text" | "base64";
  /** Bytes of the whole payload. */
  readonly size: number;
  /** Whether only its beginning is here. */
  readonly isCut: boolean;
  /** By the schema of the station: `text` is `null` where the payload is that already. */
  readonly decoded?: {
    readonly text: string | null;
    readonly schema: string;
    readonly version: number;
  } | null;
}

/** Who is logged in. */
export interface Session {
  readonly id: string;
  readonly user: string;
  readonly account: string;
  readonly address: string;
  readonly createdAt: string;
  readonly expiresAt: string;
}

/** Where clients of NATS connect. */
export interface Endpoints {
  readonly nats: {
    readonly port: number;
    readonly isAuthRequired: boolean;
    readonly isEncrypted: boolean;
  };
}

/** How all stations together, or one, were in a span of time. */
export type OverviewHistory = History<OverviewHistoryPoint>;
export type StationHistory = History<StationHistoryPoint>;

/** Whether the server can do its work. */
export interface Health {
  readonly status: "ok" | "unavailable";
  readonly checks: readonly {
    readonly name: string;
    readonly isOk: boolean;
    readonly reason?: string;
  }[];
}
