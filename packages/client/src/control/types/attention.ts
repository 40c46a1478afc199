/** What somebody should look at. */
export type AttentionKind =
  /** A group whose oldest message waits for more than a minute. */
  | "groupBehind"
  /** A group that has as many messages in hand as it may, and gets none until it acknowledges one. */
  | "groupStuck"
  /** A station that has almost as much as it may have, and refuses messages then. */
  | "stationFull";

export interface Attention {
  readonly kind: AttentionKind;
  readonly station: string;
  /** `null` for what is of the whole station. */
  readonly group: string | null;
  /** Messages that are not acknowledged, or in hand; of a station, percent of what it may have. */
  readonly count: number;
  /** Age of the oldest message that is not acknowledged; `null` where it is not known. */
  readonly ageMs: number | null;
  /** Whether there are more than ten minutes ago; `null` where nobody knows. */
  readonly isGrowing: boolean | null;
}

/** What wants to be looked at, the worst first, at most 50. */
export interface AttentionList {
  readonly items: readonly Attention[];
}
