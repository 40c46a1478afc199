import type { LogLine, Setting, SystemConnections, SystemState } from "../contract/index.ts";

export interface ConnectionQuestion {
  readonly offset: number;
  readonly limit: number;
}

/** What of the process itself can be seen and done, by whoever administers the server. */
export interface SystemPort {
  state(): Promise<SystemState>;
  /** Those that take up most first: by what they have received and sent. */
  connections(question: ConnectionQuestion): Promise<SystemConnections>;
  /** Ends one, but none of the server itself. Returns whether there was any. */
  closeConnection(id: number): Promise<boolean>;
  /** The last lines of the log, oldest first. */
  logLines(): readonly LogLine[];
  /** Tells of each line that is written from now on, until that is called which it returns. */
  followLog(tell: (line: LogLine) => void): () => void;
  settings(): readonly Setting[];
  /** The level of the log from now on, until the next start. */
  setLogLevel(level: string): void;
}
