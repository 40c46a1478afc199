/** What a {@link WebSocketContext} is made of. */
export interface WebSocketContextOptions {
  /** Whether messages are compressed if the peer offers it (permessage-deflate, no context is kept between messages). */
  readonly compression: boolean;
  /** Largest compressed message in bytes, before and after decompressing: which ends at this size, with status 1009. */
  readonly inflatedSizeMax: number;
  /** The same until {@link Socket.trust}. */
  readonly untrustedSizeMax: number;
}

/** Rules of WebSocket connections, made ready once for many. Made by `Net.createWebSocketContext`. */
export interface WebSocketContext {
  readonly kind: "web-socket-context";
}

/** A request of HTTP, as far as an upgrade is decided by it. */
export interface UpgradeRequest {
  readonly method: string;
  /** Path and query as sent. */
  readonly target: string;
  /** By lower-case name; those that came several times are joined as HTTP has it. */
  readonly headers: Readonly<Record<string, string | undefined>>;
}

/** What an upgrade is answered with: headers of the 101, or the status that refuses it. */
export type UpgradeAnswer =
  | { readonly headers: Readonly<Record<string, string>> }
  | { readonly status: number };

export type UpgradeJudge = (request: UpgradeRequest) => UpgradeAnswer;
