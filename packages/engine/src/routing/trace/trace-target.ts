/** Whom a traced message goes to. */
export interface TraceTarget {
  readonly id: number;
  /** Name of the client; empty if it has none. */
  readonly name: string;
  readonly accountName: string;
}
