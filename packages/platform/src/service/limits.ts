/** What the service takes on at a time. */
export interface ServiceLimits {
  /** Bytes of the body of a request. */
  readonly requestBytesMax: number;
  /** Requests that are carried out at a time. */
  readonly underWayMax: number;
  /** Requests that wait for their turn. */
  readonly waitingMax: number;
  /** How long a request may wait, and then how long it may take, before it is answered that it takes too long. */
  readonly timeoutMs: number;
  /** Items of a page. */
  readonly pageItemsMax: number;
  /** Messages that one request removes. */
  readonly messagesRemovedMax: number;
  /** How long requests that are under way may go on when the service is closed. */
  readonly closeGraceMs: number;
}

export const serviceLimits: ServiceLimits = {
  requestBytesMax: 1024 * 1024,
  underWayMax: 64,
  waitingMax: 1_024,
  timeoutMs: 30_000,
  pageItemsMax: 1_000,
  messagesRemovedMax: 1_000,
  closeGraceMs: 5_000,
};
