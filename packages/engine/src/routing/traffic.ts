/** Messages of clients, and the bytes of their payloads, headers included. Only grows. */
export class Traffic {
  /** Published by clients. */
  inMessages = 0;
  inBytes = 0;
  /** Sent to clients. */
  outMessages = 0;
  outBytes = 0;
}
