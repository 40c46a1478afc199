/** Which part of the past is asked for, and how closely. */
export interface HistoryRange {
  /** Text as of ISO 8601 with its zone; by default an hour before `to`. Points are kept for 24 hours. */
  readonly from?: string;
  /** By default now. */
  readonly to?: string;
  /** Milliseconds from one point to the next, from 10,000; by default as many as give at most 360 points. */
  readonly stepMs?: number;
}

/** What all answers about the past say. */
export interface History<Point> {
  readonly from: string;
  readonly to: string;
  readonly stepMs: number;
  /** One for each step, oldest first. */
  readonly points: readonly Point[];
}

/**
 * How a station was in one step. Rates are averages, and the greatest of ten seconds; the others are as they were at its
 * end, `null` where nobody knows.
 */
export interface StationHistoryPoint {
  /** When the step begins. */
  readonly at: string;
  /** Messages that were stored. */
  readonly inPerSecond: number;
  readonly inPerSecondMax: number;
  /** Their bytes; `null` where the server does not count them. */
  readonly inBytesPerSecond: number | null;
  /** Messages that were delivered to groups. */
  readonly outPerSecond: number;
  readonly outPerSecondMax: number;
  readonly outBytesPerSecond: number | null;
  readonly messages: number | null;
  readonly bytes: number | null;
  /** Messages that groups had not acknowledged, of all groups together; and the most there were in the step. */
  readonly lag: number | null;
  readonly lagMax: number | null;
  /** How long the oldest of these had waited, at the end of the step, to the second. */
  readonly lagMs: number | null;
  readonly deadLetters: number | null;
}

/** How a group was in one step, as of a station. */
export interface GroupHistoryPoint {
  readonly at: string;
  readonly deliveredPerSecond: number;
  readonly deliveredPerSecondMax: number;
  readonly deliveredBytesPerSecond: number | null;
  readonly acknowledgedPerSecond: number;
  readonly acknowledgedPerSecondMax: number;
  readonly lag: number | null;
  readonly lagMax: number | null;
  readonly lagMs: number | null;
  /** Messages that were being worked on. */
  readonly inFlight: number | null;
  readonly inFlightMax: number | null;
  readonly redelivered: number | null;
}
