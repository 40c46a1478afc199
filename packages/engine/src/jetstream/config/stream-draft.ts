import type { JetStreamLimits } from "./limits.ts";
import type { StreamConfig } from "./stream-config.ts";

/** A configuration on its way from what was asked for to what will be: defaults are filled in as checks go by. */
export type StreamDraft = { -readonly [Name in keyof StreamConfig]: StreamConfig[Name] };

/** What a configuration is checked against. */
export interface StreamContext {
  readonly isPedantic: boolean;
  readonly limits: JetStreamLimits;
  /** Finds the configuration of another stream of the account. */
  readonly find: (name: string) => StreamConfig | undefined;
}
