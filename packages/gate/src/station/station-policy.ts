import type { CompiledSchema } from "../schema/schema.ts";

/**
 * What becomes of a message that does not fit: it is refused, it is let in and told of, or it becomes a dead letter instead
 * and counts as published.
 */
export type GateMode = "enforce" | "warn" | "divert";

/** A schema that a station's messages must fit. */
export interface SchemaDemand {
  readonly name: string;
  readonly version: number;
  readonly mode: GateMode;
  readonly compiled: CompiledSchema;
}

/** What a station demands of its messages: data, of which a gate is made. */
export interface StationPolicy {
  /** Its name, as people are told. */
  readonly station: string;
  /** The token that stands for it in subjects, of dead letters among them. */
  readonly token: string;
  /** 1 to 1,000. With more than one, the gate chooses. */
  readonly partitions: number;
  /** What it is published to, for a stream of a plain client; by default what a station of so many partitions is. */
  readonly subjects?: readonly string[] | undefined;
  /**
   * Other subjects of its streams. What the server itself publishes to those that begin with `$` was let in before, and
   * is not judged again.
   */
  readonly moreSubjects?: readonly string[] | undefined;
  /** Whether what is refused becomes a dead letter; by default it does. Where not, nothing is diverted either. */
  readonly keepsRefused?: boolean | undefined;
  /** Whether the content of messages makes them the same, so that they get its id. */
  readonly identifiesContent?: boolean | undefined;
  readonly schema?: SchemaDemand | undefined;
  /** Bytes of the largest message with its headers; by default any. */
  readonly messageBytesMax?: number | undefined;
}
