export { AssertionError, assert, unreachable } from "./assert.ts";
export type { Clock, Timer } from "./clock.ts";
export { contentId } from "./content-id.ts";
export { crc32c, crc32cWord } from "./crc32c.ts";
export { decimalSize, writeDecimal } from "./decimal.ts";
export type { Disk, DiskCallback, DiskFile, DiskLock, DiskReadCallback } from "./disk.ts";
export { DueHeap } from "./due-heap.ts";
export {
  causeOf,
  type ErrorClass,
  type ErrorKind,
  type ErrorTraits,
  errorFactory,
  OxbowError,
} from "./errors.ts";
export { Histogram, type HistogramState } from "./histogram.ts";
export type { Host } from "./host.ts";
export { type LogFields, type Logger, silentLogger } from "./logger.ts";
export type { Farewell, Listener, Net, Socket, SocketHandler } from "./net.ts";
export { partitionOf } from "./partition-of.ts";
export type { PasswordHashes } from "./password-hashes.ts";
export type {
  DeadLetterNote,
  GateFinding,
  GateMessage,
  HeaderValue,
  PublishGate,
  SubjectRoom,
} from "./publish-gate.ts";
export type { Random } from "./random.ts";
export type { TlsCertificate, TlsContext, TlsContextOptions, TlsSession } from "./tls.ts";
export type {
  UpgradeAnswer,
  UpgradeJudge,
  UpgradeRequest,
  WebSocketContext,
  WebSocketContextOptions,
} from "./web-socket.ts";
