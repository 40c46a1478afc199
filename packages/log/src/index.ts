export { allocateBlock, type Block, blockOf } from "./block.ts";
export { ByteReader, ByteWriter } from "./byte-writer.ts";
export { DurableState, type RecoveredState, type StateSource } from "./durable-state.ts";
export type { CipherName } from "./encryption/file-cipher.ts";
export type { EncryptionOptions } from "./encryption/store-keys.ts";
export { type LogErrorCode, logError } from "./errors.ts";
export type { JournalStats } from "./journal.ts";
export type { SyncPolicy } from "./journal-sync.ts";
export { LIMITS } from "./limits.ts";
export {
  Log,
  type LogLimits,
  type LogListener,
  type ReadResult,
  type StorageKind,
  UNLIMITED,
} from "./log.ts";
export { LogStore, type LogStoreListener, type LogStoreOptions } from "./log-store.ts";
export { RecordView, TTL_NEVER } from "./record.ts";
export type { Damage } from "./recovery.ts";
export { Segment } from "./segment.ts";
export type { SubjectTable } from "./subject-table.ts";
