/** One stream of the workload and what is done with it. */
export interface StreamPlan {
  readonly name: string;
  /** First token of its subjects. */
  readonly root: string;
  /** Durable pull consumers with explicit acks, each of which takes the whole stream. */
  readonly consumers: readonly string[];
  /** Largest payload in bytes. */
  readonly payloadSizeMax: number;
  /** Messages above which the stream is purged, so that it can be read whole after every kill; absent: never purged. */
  readonly keptCountMax?: number;
}

/** The streams of a run: two busy ones that are purged, and a quiet one that keeps everything from the first message on. */
export const streamPlans: readonly StreamPlan[] = [
  {
    name: "ORDERS",
    root: "orders",
    consumers: ["billing", "shipping"],
    payloadSizeMax: 64 * 1024,
    keptCountMax: 1_500,
  },
  {
    name: "EVENTS",
    root: "events",
    consumers: ["analytics"],
    payloadSizeMax: 64 * 1024,
    keptCountMax: 1_500,
  },
  { name: "AUDIT", root: "audit", consumers: [], payloadSizeMax: 256 },
];

/** One publishing connection. */
export interface PublisherPlan {
  readonly name: string;
  /** Messages that may wait for their acks at a time. One is a publisher that waits for each. */
  readonly windowSize: number;
  /** Share of the messages that go to the quiet stream. */
  readonly quietShare: number;
}

export const publisherPlans: readonly PublisherPlan[] = [
  { name: "bulk", windowSize: 48, quietShare: 0.01 },
  { name: "steady", windowSize: 8, quietShare: 0.02 },
  { name: "careful", windowSize: 1, quietShare: 0.2 },
];

/**
 * Sequences at the end of a stream that are never removed. A message that is sent again is among them, so that whether its
 * id is still known does not depend on what a removal does to the duplicate window.
 */
export const RESEND_MARGIN = 400;

/**
 * Time after which an unacknowledged message is given out again. Longer than any ack takes to arrive: a redelivery that
 * crosses its own ack on the way would look like one after it.
 */
export const ACK_WAIT_MS = 1_500;

/** Longer than any run: a message that is sent again is always a duplicate. */
export const DUPLICATE_WINDOW_MS: number = 24 * 60 * 60 * 1_000;

/** Time an API request or a publish may take. Far above what any needs; only a server that hangs reaches it. */
export const PATIENCE_MS = 20_000;
