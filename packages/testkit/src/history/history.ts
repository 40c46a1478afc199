import { createHash } from "node:crypto";

/** A message as every event names it. */
export interface MessageIdentity {
  readonly stream: string;
  readonly subject: string;
  /** Unique per message of a run; a message that is sent again keeps it. */
  readonly messageId: string;
  /** {@link checksumOf} the payload, or whatever else the run takes for equality. */
  readonly checksum: string;
}

/** Something a client of the broker saw or did. The order of the events is the order of real time. */
export type HistoryEvent =
  /** A message is about to be sent; `publisher` is one connection, whose messages stay in order. */
  | (MessageIdentity & { readonly type: "submitted"; readonly publisher: string })
  /** The broker has answered: it is durable, at this sequence. */
  | {
      readonly type: "acked";
      readonly stream: string;
      readonly messageId: string;
      readonly sequence: number;
    }
  /** The broker has answered that it does not take the message. */
  | { readonly type: "refused"; readonly stream: string; readonly messageId: string }
  /** No answer will come: the message may be there or not. */
  | { readonly type: "unknown"; readonly stream: string; readonly messageId: string }
  /** A consumer was given a message. */
  | (MessageIdentity & {
      readonly type: "delivered";
      readonly consumer: string;
      readonly sequence: number;
    })
  /** An ack was sent; whether it arrived is open. */
  | {
      readonly type: "ack-sent";
      readonly stream: string;
      readonly consumer: string;
      readonly sequence: number;
    }
  /** The broker has answered the ack: it is durable. */
  | {
      readonly type: "ack-confirmed";
      readonly stream: string;
      readonly consumer: string;
      readonly sequence: number;
    }
  /** A removal of the sequences from `firstSequence` to `lastSequence` was asked for (delete, purge, a limit). */
  | {
      readonly type: "removing";
      readonly stream: string;
      readonly firstSequence: number;
      readonly lastSequence: number;
    }
  /** The broker has answered that they are removed. */
  | {
      readonly type: "removed";
      readonly stream: string;
      readonly firstSequence: number;
      readonly lastSequence: number;
    }
  /** The broker was started again, after a crash or a clean stop. */
  | { readonly type: "restarted" }
  /** A message found when the stream is read from its first to its last sequence. */
  | (MessageIdentity & { readonly type: "stored"; readonly sequence: number })
  /** That read is complete: every message that is there is among the `stored` before it. */
  | {
      readonly type: "stream-read";
      readonly stream: string;
      readonly firstSequence: number;
      readonly lastSequence: number;
    }
  /** A consumer has been given everything there is for it, and nothing is outstanding. */
  | { readonly type: "consumer-drained"; readonly stream: string; readonly consumer: string };

/** What happened in a run, as its clients saw it: the input of {@link checkHistory}. */
export class History {
  readonly #events: HistoryEvent[];

  constructor(events: readonly HistoryEvent[] = []) {
    this.#events = [...events];
  }

  get events(): readonly HistoryEvent[] {
    return this.#events;
  }

  record(event: HistoryEvent): void {
    this.#events.push(event);
  }
}

/** One event as a line of JSON, for a process that records for another. */
export function encodeHistoryEvent(event: HistoryEvent): string {
  return `${JSON.stringify(event)}\n`;
}

/** Reads lines of {@link encodeHistoryEvent}. A last line without its end is left out: its writer was cut off. */
export function decodeHistory(text: string): HistoryEvent[] {
  return text
    .split("\n")
    .slice(0, -1)
    .map((line) => JSON.parse(line) as HistoryEvent);
}

/** 64 bits of SHA-256 in hexadecimal. */
export function checksumOf(payload: Uint8Array): string {
  return createHash("sha256").update(payload).digest("hex").slice(0, 16);
}
