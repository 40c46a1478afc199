/** What ingest URLs take at a time, whoever sends. */
interface IngestRequestLimits {
  /** Requests under way: the body of each is held until it is stored. */
  readonly requestsMax: number;
  /** Bytes of a body; what the server takes as a message may be less. */
  readonly bodyBytesMax: number;
}

export const ingestRequestLimits: IngestRequestLimits = {
  requestsMax: 256,
  bodyBytesMax: 8 * 1024 * 1024,
};
