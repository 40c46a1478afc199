export { isLoopback } from "./cross-checks.ts";
export type { ConfigErrorCode } from "./errors.ts";
export { type ServerOption, serverOptions } from "./options.ts";
export {
  type ConfigSources,
  originsOf,
  redactConfig,
  resolveConfig,
  tracingOf,
} from "./resolve.ts";
export type { LogLevel, ServerConfig, UserCredentials } from "./server-config.ts";
export { describeSyncMode, formatSyncMode, parseSyncMode, type SyncMode } from "./sync-mode.ts";
export { serverOptionKeys } from "./text-sources.ts";
export type { TracingSettings } from "./tracing-settings.ts";
