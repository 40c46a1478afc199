/** The NATS client protocol: parsers for both directions, frames, headers. No I/O. */
export type { HeaderValue } from "@oxbow/base";
export { bytesEqual } from "./ascii.ts";
export type { ClientHandler } from "./client-handler.ts";
export { ClientParser } from "./client-parser.ts";
export { copyBytes } from "./copy.ts";
export { parseDecimal } from "./decimal.ts";
export {
  errFrame,
  infoFrame,
  messageHeadSizeMax,
  OK_FRAME,
  PING_FRAME,
  PONG_FRAME,
  writeMessageHead,
} from "./frames.ts";
export { findHeader, HeaderScanner, nextLine } from "./header-scanner.ts";
export {
  appendHeaders,
  decodeHeaders,
  encodeHeaders,
  type HeaderEntry,
  type HeaderStatus,
  type Headers,
  removeHeader,
  withHeader,
} from "./headers.ts";
export type { ParserLimits } from "./incremental-parser.ts";
export { PROTOCOL_ERROR_TEXTS, type ProtocolErrorKind } from "./protocol-error.ts";
export { type ServerHandler, ServerParser } from "./server-parser.ts";
