/** Which message of a station. */
export interface JourneyRequest {
  /** From 1. */
  readonly partition: number;
  readonly sequence: number;
}

/** Whether something is written down somewhere, or follows from what is. */
export type Certainty = "exact" | "inferred";

/** Where a message is, or was. */
export interface JourneyPlace {
  readonly station: string;
  /** From 1. */
  readonly partition: number;
  readonly sequence: number;
}

/** Who produced a message, as its stamp says: a client that may publish to the station can write what it likes there. */
export interface JourneyProducer {
  /** By which it came in: `sdk`, `cli`, `http`, `memphis`, `ingest` or `resend`. */
  readonly door: string;
  /** What the producer calls itself; `null` if it does not say. */
  readonly name: string | null;
  /** Number of its connection in the server, when it produced the message. */
  readonly connection: number | null;
  readonly user: string | null;
  /** Where it is, if it is there still, or was a moment ago. */
  readonly address: string | null;
  readonly library: string | null;
  /** Of the producer in the list of producers, if it is there. */
  readonly producer: string | null;
}

/** The message that the journey is of, without its payload. */
export interface JourneyMessage {
  readonly time: string;
  readonly subject: string;
  readonly key: string | null;
  readonly messageId: string | null;
  /** Bytes of its payload. */
  readonly size: number;
}

/** What became of a message in a group. */
export type JourneyState =
  /** The group has not got to it. */
  | "waiting"
  /** It was delivered, and nobody has said yet what became of it. */
  | "in flight"
  /** It was delivered, and it is in flight or acknowledged: which of them is not known. */
  | "delivered"
  | "acknowledged"
  /** It is a dead letter, or was terminated. */
  | "given up"
  /** The group does not take it: for its key, or because the group began behind it. */
  | "passed over";

export interface JourneyGroup {
  readonly group: string;
  readonly state: JourneyState;
  readonly certainty: Certainty;
  /** By what it is known. */
  readonly why: string;
  /** How often it was delivered to the group, as far as that is known. */
  readonly attempts: number | null;
  /** The dead letter that it is in this group. */
  readonly deadLetter: number | null;
}

/** What happened to a message, when that is known. */
export interface JourneyEvent {
  readonly kind:
    | "stored"
    | "delivered"
    | "failed"
    | "acknowledged"
    | "given up"
    | "resent"
    | "derived";
  readonly at: string;
  readonly certainty: Certainty;
  /** `null` of what is about no group. */
  readonly group: string | null;
  /** Which delivery to the group it was, from 1. */
  readonly attempt: number | null;
  /** What is said about it, such as why a group gave it up. */
  readonly text: string | null;
  /** The message that came of it. */
  readonly to: JourneyPlace | null;
}

/** A message that another one came from, or that came from it. */
export interface JourneyRelative extends JourneyPlace {
  /** How it came from the other one: by a resend, or as its producer says. */
  readonly how: "resent" | "derived";
  /** `null` if it is not there any more. */
  readonly time: string | null;
}

/** The way of one message. */
export interface Journey extends JourneyPlace {
  /** `null` if it is not in its station any more. */
  readonly message: JourneyMessage | null;
  /** What is said of where it is now. */
  readonly whereabouts: string;
  /** `null` for a message without a stamp, such as one of a plain client. */
  readonly producer: JourneyProducer | null;
  /** 32 hexadecimal digits; `null` if the message is not there any more. */
  readonly traceId: string | null;
  /** Whether the message names its trace; else it begins with the message, and can be reckoned by anybody. */
  readonly isTraceNamed: boolean;
  /** What it came from, the nearest first. */
  readonly parents: readonly JourneyRelative[];
  /** What came from it. */
  readonly children: readonly JourneyRelative[];
  readonly groups: readonly JourneyGroup[];
  /** In the order of time. */
  readonly events: readonly JourneyEvent[];
  /** What could not be looked at, and why: without any of these nothing is missing that is known. */
  readonly gaps: readonly string[];
}
