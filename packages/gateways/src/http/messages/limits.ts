/** What a request about messages may ask for. */
interface MessageLimits {
  /** Bytes of the body of one message; what the server takes may be less. */
  readonly messageBytesMax: number;
  /** Bytes and messages of a batch. */
  readonly batchBytesMax: number;
  readonly batchMessagesMax: number;
  /** Messages of a page, or of a fetch. */
  readonly pageMessagesMax: number;
  /** Bytes of the payloads of a page, of each partition. */
  readonly pageBytesMax: number;
  /** Messages that are looked at for a page, where it is looked for a key. */
  readonly scannedMax: number;
  /** Texts that are encoded by one request, and bytes of them. */
  readonly encodedMessagesMax: number;
  readonly encodedBytesMax: number;
  /** Bytes that wait for who looks on over a WebSocket, beyond which messages are left out. */
  readonly liveBytesMax: number;
  /** Bytes of a frame that comes from there. */
  readonly liveFrameBytesMax: number;
  /** How long a fetch may wait. */
  readonly waitMsMax: number;
  /** How often a stream without messages says that it is still there. */
  readonly heartbeatMs: number;
}

export const messageLimits: MessageLimits = {
  messageBytesMax: 64 * 1024 * 1024,
  batchBytesMax: 64 * 1024 * 1024,
  batchMessagesMax: 10_000,
  pageMessagesMax: 500,
  pageBytesMax: 4 * 1024 * 1024,
  scannedMax: 50_000,
  encodedMessagesMax: 1_000,
  encodedBytesMax: 8 * 1024 * 1024,
  liveBytesMax: 1024 * 1024,
  liveFrameBytesMax: 4 * 1024,
  waitMsMax: 30_000,
  heartbeatMs: 15_000,
};
