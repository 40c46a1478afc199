import type { ServerConfig } from "./server-config.ts";

/** A value somebody wrote for an option, not yet checked. */
export interface SourceValue {
  readonly raw: unknown;
  /** Where it was written, as messages name it: `--port`, `OXBOW_PORT`, `oxbow.conf:3:1 port`. */
  readonly origin: string;
}

/** What one source (the flags, the environment, a file) says. */
export type ConfigSource = Map<keyof ServerConfig, SourceValue>;

/** One thing that is wrong with a configuration. */
export interface ConfigProblem {
  /** Where it was written, or which options it is about. */
  readonly origin: string;
  readonly message: string;
}
