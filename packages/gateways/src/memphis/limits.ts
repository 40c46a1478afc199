/** What the gateway holds at most, and how long it waits. */
export interface GatewayLimits {
  /** Connections of clients, those that have not given their credentials yet included. */
  readonly connectionsMax: number;
  /** Milliseconds in which a client must have given credentials that the engine takes. */
  readonly authTimeoutMs: number;
  /** Bytes of the arguments of a line of the protocol. */
  readonly controlLineMax: number;
  /** Bytes that wait in one direction of a connection before nothing more is read from the other side. */
  readonly waitingBytesMax: number;
  /** Subscriptions of one connection. */
  readonly subscriptionsMax: number;
  /** Control requests of one connection that wait for their turn before nothing more is read from it. */
  readonly requestsMax: number;
  /** Bytes of one connection that wait for the number of partitions of a station. */
  readonly heldBytesMax: number;
  /** How long the number of partitions of a station is remembered. */
  readonly partitionsMemoryMs: number;
  /** How long a message that is given up waits for the reason, which follows at once if there is one. */
  readonly reasonMs: number;
}

export const gatewayLimits: GatewayLimits = {
  connectionsMax: 65_536,
  authTimeoutMs: 2_000,
  controlLineMax: 4_096,
  waitingBytesMax: 1024 * 1024,
  subscriptionsMax: 100_000,
  requestsMax: 256,
  heldBytesMax: 1024 * 1024,
  partitionsMemoryMs: 5_000,
  reasonMs: 1_000,
};
