/** A consumer, as far as the past is about it. */
export interface ConsumerSample {
  /** The name of the group that it is of, or its own. */
  readonly group: string;
  /** Deliveries since it was made, those that were tried again included. */
  readonly delivered: number;
  /** Deliveries up to which all are acknowledged. */
  readonly acknowledged: number;
  /** Messages that were never delivered, and those that are being worked on. */
  readonly waiting: number;
  readonly inFlight: number;
  readonly redelivered: number;
  /** Messages that may be worked on at a time; 0 for any number. */
  readonly inFlightMax: number;
  /** Of deliveries since the server started; `null` where nobody counts. */
  readonly deliveredBytes: number | null;
  /** When the oldest message was stored that is not acknowledged, 0 for none; `null` where it is not known. */
  readonly oldestAtMs: number | null;
}

/** A stream of a station at a moment. */
export interface StreamSample {
  readonly stream: string;
  readonly station: string;
  /** From 1. */
  readonly partition: number;
  /** When it was made: another one of the same name begins anew. */
  readonly created: string;
  readonly lastSequence: number;
  readonly messages: number;
  readonly bytes: number;
  /** Of messages that were stored since the server started; `null` where nobody counts. */
  readonly storedBytes: number | null;
  /** Beyond which new messages are refused; `null` where they are not. */
  readonly messagesMax: number | null;
  readonly bytesMax: number | null;
  /** Of its groups: durable consumers. */
  readonly consumers: readonly ConsumerSample[];
}

/** What has changed since it was looked before. */
export interface HistoryNews {
  readonly changed: readonly StreamSample[];
  /** Streams that are gone. */
  readonly gone: readonly string[];
  /** Dead letters there are. */
  readonly deadLetters: number;
}

/** Where the numbers come from that the past is made of. */
export interface HistorySource {
  /** `undefined` where it is not time to look again: a server may have too many streams to be asked about that often. */
  look(): Promise<HistoryNews | undefined>;
}
