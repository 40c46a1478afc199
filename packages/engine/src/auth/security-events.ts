import type { MessageSource } from "../routing/message-source.ts";

/** Told who comes and goes. Called on the spot: it must not throw, and must not close the connection. */
export interface SecurityEvents {
  /** A client was let in, and is in its account now. Told again when it comes back as somebody else. */
  onConnected(client: MessageSource): void;
  /** A client that was let in is gone, for the reason that nats-server gives for that in its own words. */
  onDisconnected(client: MessageSource, reason: string): void;
  /** A client was not let in. `user` is what it said it was; it is still in `$G`. */
  onRefused(client: MessageSource, user: string, reason: string): void;
}

/** Tells nobody. */
export const silentSecurityEvents: SecurityEvents = {
  onConnected: () => {},
  onDisconnected: () => {},
  onRefused: () => {},
};
