/** Where a session was begun, and by whom. */
export interface SessionOrigin {
  readonly user: string;
  readonly account: string;
  readonly address: string;
  /** What the browser calls itself. */
  readonly userAgent: string;
}

/** A session as it is shown. */
export interface SessionInfo extends SessionOrigin {
  /** By which it is ended; it is no secret. */
  readonly id: string;
  readonly createdAt: string;
  readonly lastSeenAt: string;
  /** When it ends in any case. */
  readonly expiresAt: string;
}

/** All of whoever is logged in. */
export interface SessionList {
  readonly items: readonly SessionInfo[];
}
