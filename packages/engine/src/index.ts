export { Engine, type EngineStats } from "./engine.ts";
export type { AuthOptions } from "./engine-options.ts";
export {
  defaultLimits,
  type EngineLimits,
  type EngineOptions,
  type JetStreamOptions,
  type SyncOptions,
} from "./engine-options.ts";
export type { EngineErrorCode } from "./errors.ts";
