/** What a rule tells of. */
export type RuleKind =
  /** A message became a dead letter. */
  | "deadLetter"
  /** A message did not fit the schema of its station, and was refused, diverted, or let in with a warning. */
  | "schemaRefused"
  /** A group is further behind than it may be. */
  | "groupLag"
  /** A producer is not connected any more. */
  | "producerGone"
  /** A member of a group is not connected any more. */
  | "consumerGone"
  /** The disk, a quota of the tenant, or a station that refuses what is new when it is full, is almost full. */
  | "storageFilling"
  /** Nothing was stored in a station for a while. */
  | "stationIdle"
  /** The server stores nothing any more, or does not answer. */
  | "engineUnhealthy";

/** An incoming webhook of Slack, or of what takes the same. */
export interface SlackTarget {
  readonly kind: "slack";
  /** Secret: whoever has it can write there. When it is read, all but its server is left out. */
  readonly url: string;
}

/** A web server that is told by signed requests, as of the specification Standard Webhooks. */
export interface WebhookTarget {
  readonly kind: "webhook";
  /** When it is read, all but its server is left out. */
  readonly url: string;
}

export interface EmailTarget {
  readonly kind: "email";
  /** The server that takes mail, of SMTP. */
  readonly host: string;
  readonly port: number;
  /** Encrypted from the start, after STARTTLS, which is demanded, or not at all. */
  readonly security: "tls" | "starttls" | "none";
  /** `null` where the server asks for none. */
  readonly user: string | null;
  readonly from: string;
  readonly to: readonly string[];
}

/** A station of the same account: each notification is a message there, with JSON. */
export interface StationTarget {
  readonly kind: "station";
  readonly station: string;
}

export type ChannelTarget = SlackTarget | WebhookTarget | EmailTarget | StationTarget;
export type ChannelKind = ChannelTarget["kind"];

/** Where notifications go. Secrets of it are told to nobody. */
export interface Channel {
  readonly name: string;
  readonly description: string;
  readonly to: ChannelTarget;
  /** Notifications in a minute; more of them wait. */
  readonly perMinuteMax: number;
  /** While it is paused, what is due for it is left out. */
  readonly isPaused: boolean;
  readonly createdAt: string;
}

/** A channel, with the secret that its webhooks are signed with where that was made just now. */
export interface ChannelWithSecret {
  readonly channel: Channel;
  /** Told once; `null` if somebody gave it one, or it has none. */
  readonly secret: string | null;
}

export interface ChannelRequest {
  readonly to:
    | SlackTarget
    /** Signed with `secret`: `whsec_` and 24 to 64 bytes of base64; a random one is made by default. */
    | (WebhookTarget & { readonly secret?: string })
    | (Pick<EmailTarget, "kind" | "host" | "from" | "to"> & {
        /** 465 for `tls`, else 587. */
        readonly port?: number;
        /** `starttls` by default. */
        readonly security?: EmailTarget["security"];
        readonly user?: string | null;
        readonly password?: string | null;
      })
    | StationTarget;
  readonly description?: string;
  /** 1 to 600; 30 by default. */
  readonly perMinuteMax?: number;
  readonly isPaused?: boolean;
}

/** What is changed of a channel: of `to`, which must be of the same kind, what is given. */
export interface ChannelChanges extends Omit<ChannelRequest, "to"> {
  readonly to?: { readonly kind: ChannelKind } & Readonly<Record<string, unknown>>;
}

/** When and where a notification is sent. */
export interface Rule {
  readonly name: string;
  readonly description: string;
  readonly when: RuleKind;
  /** Names of channels. */
  readonly channels: readonly string[];
  /** Patterns of the stations that it is about. */
  readonly stations: readonly string[];
  /** Patterns of the groups that it is about. */
  readonly groups: readonly string[];
  /** Of `groupLag`: at least one of the two is set. */
  readonly lagMessagesMax: number | null;
  readonly lagMsMax: number | null;
  /** Of `stationIdle`. */
  readonly idleMs: number | null;
  /** Of `storageFilling`: how full is too full. */
  readonly fullPercent: number | null;
  /** At most one notification of the same thing in this time; those left out are counted in the next one. */
  readonly quietMs: number;
  readonly isPaused: boolean;
  readonly createdAt: string;
}

export interface RuleRequest {
  readonly when: RuleKind;
  readonly channels: readonly string[];
  /** Patterns such as `prod.*`; all by default. */
  readonly stations?: readonly string[];
  readonly groups?: readonly string[];
  readonly lagMessagesMax?: number | null;
  readonly lagMsMax?: number | null;
  readonly idleMs?: number;
  /** 1 to 100; 85 by default. */
  readonly fullPercent?: number;
  /** 0 to 7 days; 5 minutes by default. */
  readonly quietMs?: number;
  readonly description?: string;
  readonly isPaused?: boolean;
}

/** What is changed of a rule. What it is about stays. */
export type RuleChanges = Partial<Omit<RuleRequest, "when">>;

/** What is told, the same on every channel. Payloads of messages are not in it. */
export interface Notice {
  /** The same when it is sent again, so that who gets it can leave out what it has. */
  readonly id: string;
  /** When it was found. */
  readonly at: string;
  /** `null` for a test. */
  readonly rule: string | null;
  readonly when: RuleKind | "test";
  /** Something happened; or something is so from now on; or is so no more. */
  readonly state: "event" | "raised" | "recovered";
  readonly station: string | null;
  readonly group: string | null;
  /** How many events it stands for. */
  readonly count: number;
  /** In one line. */
  readonly title: string;
  readonly text: string;
}

/** What became of a notice on a channel. */
export interface NotificationRecord {
  readonly channel: string;
  /** `waiting` to be sent, or to be sent again. */
  readonly outcome: "waiting" | "sent" | "failed";
  /** How often it was tried, since the sender was started. */
  readonly attempts: number;
  /** When it was sent, or tried last; `null` if it was not yet. */
  readonly triedAt: string | null;
  /** What went wrong last. */
  readonly error: string | null;
  readonly notice: Notice;
}

/** Which notifications are asked for; the latest first. */
export interface HistoryQuestion {
  readonly channel?: string;
  readonly rule?: string;
  readonly outcome?: NotificationRecord["outcome"];
  /** 1 to 1,000; 100 by default. */
  readonly limit?: number;
}

export interface NotificationHistory {
  readonly records: readonly NotificationRecord[];
}

/** That a test notification has arrived, and what the other side said. */
export interface NotificationSent {
  readonly answer: string;
  readonly notice: Notice;
}
