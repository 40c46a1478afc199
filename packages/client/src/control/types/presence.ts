/** What somebody does with a station. */
export type PresenceKind = "producer" | "consumer";

/** Which producers are listed. */
export interface ProducerFilter {
  /** Only those of this station. */
  readonly station?: string;
}

/** Which consumers are listed. */
export interface ConsumerFilter extends ProducerFilter {
  /** Only those of groups of this name. */
  readonly group?: string;
}

/** A producer that is there, or was a moment ago. */
export interface Producer {
  /** The same for as long as it is there, also when it connects again. */
  readonly id: string;
  /** What it calls itself, or what its connection does. */
  readonly name: string;
  readonly station: string;
  /** Whether it says itself that it is there; of others the server has seen what they do. */
  readonly isAnnounced: boolean;
  /** Whether it has a connection. One that has lost it is shown until it lapses. */
  readonly isConnected: boolean;
  /** The library it uses, and its version; `null` if that is not known. */
  readonly library: string | null;
  readonly version: string | null;
  /** Where it is, and as whom, as the server says; `null` where the server does not. */
  readonly address: string | null;
  readonly user: string | null;
  /** Number of its connection in the server. */
  readonly connection: number | null;
  readonly firstSeenAt: string;
  /** When it connected last; `null` if that is not known. */
  readonly connectedAt: string | null;
  /** When it was there last. */
  readonly lastSeenAt: string;
  /** When its last message was; `null` if there was none, or nobody knows. */
  readonly lastMessageAt: string | null;
  /** Messages since it connected, or as it counts them itself; `null` if nobody counts. */
  readonly messages: number | null;
  /** The same of the bytes of their payloads and headers. */
  readonly bytes: number | null;
  /** Of the last seconds; `null` until there are two counts. */
  readonly messagesPerSecond: number | null;
  readonly bytesPerSecond: number | null;
}

/** A member of a consumer group that is there, or was a moment ago. Its messages are those delivered to it. */
export interface Consumer extends Producer {
  readonly group: string;
  /** Requests of it for messages that wait; `null` if that is not known. */
  readonly pulls: number | null;
}
