import type { Problem } from "./problem.ts";

/** Of a message of a batch. */
export interface BatchAcknowledgement {
  /** From 1. */
  readonly partition: number;
  readonly sequence: number;
  /** Whether the station had a message of this id already. */
  readonly isDuplicate: boolean;
  /** As it was given. */
  readonly messageId: string | null;
}

/** What a batch has come to. */
export interface BatchReport {
  readonly stored: number;
  readonly failed: number;
  /** Of each message, in their order: its acknowledgement, or its problem. */
  readonly results: readonly (BatchAcknowledgement | { readonly problem: Problem })[];
}

/** What JSON has become as messages of a station. */
export interface EncodedMessages {
  /** In the order of the texts. */
  readonly messages: readonly {
    /** Base64; `null` for what does not fit. */
    readonly payload: string | null;
    readonly problem: string | null;
  }[];
  /** `null` where messages are text as they are. */
  readonly schema: string | null;
  readonly version: number | null;
}
