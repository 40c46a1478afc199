export type { OwnerCredentials } from "./accounts/owner-credentials.ts";
export * from "./config/index.ts";
export { explainStartFailure, type StartErrorCode } from "./errors.ts";
export { createLogger, type LogSink } from "./logger.ts";
export { engineOptions, type RunningServer, type ServerStats, startServer } from "./start.ts";
