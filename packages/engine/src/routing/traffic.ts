/** Messages of clients, and the bytes of their payloads, headers included. Only grows. */
export class Traffic {
  /** Published by clients. */
  inMessages = 0;
  inBytes = 0;
  /** Sent to clients. */
  outMessages = 0;
  outBytes = 0;
}

/** The same of an account. */
export class AccountTraffic extends Traffic {
  /** Clients cut off because they did not keep up. */
  slowConsumers = 0;
}
