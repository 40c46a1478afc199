export type { ArchivedConsumerState, ArchivedPending } from "./consumer-state.ts";
export type { ArchiveErrorCode } from "./errors.ts";
export type { ArchivedMessage } from "./message-block.ts";
export { encodeSnappy } from "./s2-encoder.ts";
export {
  type ArchivedConsumer,
  type StreamArchiveHandler,
  StreamArchiveReader,
} from "./stream-archive-reader.ts";
export { StreamArchiveWriter } from "./stream-archive-writer.ts";
