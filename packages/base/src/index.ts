export { AssertionError, assert, unreachable } from "./assert.ts";
export type { Clock, Timer } from "./clock.ts";
export type { Disk, DiskCallback, DiskFile, DiskLock, DiskReadCallback } from "./disk.ts";
export { type ErrorKind, type ErrorTraits, errorFactory, OxbowError } from "./errors.ts";
export type { Host } from "./host.ts";
export { type LogFields, type Logger, silentLogger } from "./logger.ts";
export type { Listener, Net, Socket, SocketHandler } from "./net.ts";
export type { Random } from "./random.ts";
export type { TlsCertificate, TlsContext, TlsContextOptions, TlsSession } from "./tls.ts";
