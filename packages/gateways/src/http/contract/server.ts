/** A check that `/health/ready` tells of. */
export interface HealthCheck {
  readonly name: string;
  readonly isOk: boolean;
  /** What is wrong, for people; nothing secret. */
  readonly reason?: string;
}

/** Whether the server can do its work; nothing of it is secret, for nobody has to say who asks. */
export interface Health {
  readonly status: "ok" | "unavailable";
  readonly checks: readonly HealthCheck[];
}

/** Where else the server is served. */
export interface Endpoints {
  /** For clients of NATS, at the name that HTTP is asked by. */
  readonly nats: {
    readonly port: number;
    /** Whether they have to say who they are. */
    readonly isAuthRequired: boolean;
    /** Whether they have to use TLS. */
    readonly isEncrypted: boolean;
  };
}
