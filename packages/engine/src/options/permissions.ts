/** Subjects a user may or may not use. `allow` undefined is everything; a subject in `deny` is refused in any case. */
export interface SubjectPermissions {
  /**
   * For publishing: subjects, wildcards allowed. For subscribing an entry may name a queue group after a space
   * (`"jobs workers"`, wildcards allowed in both), and then holds for subscriptions in that group.
   */
  readonly allow?: readonly string[] | undefined;
  readonly deny?: readonly string[] | undefined;
}

/** How far a user may publish to reply subjects of messages it got, beside what it may publish anyway. */
export interface ResponsePermissions {
  /** Answers to one message; -1 is no limit. nats-server's default is 1. */
  readonly countMax: number;
  /** How long after the message; -1 is no limit. nats-server's default is 2 minutes. */
  readonly expiresMs: number;
}

/** What a user may do (nats-server's `permissions`). */
export interface Permissions {
  readonly publish?: SubjectPermissions | undefined;
  readonly subscribe?: SubjectPermissions | undefined;
  /** With it, and without `publish.allow`, publishing is refused but for answers. */
  readonly responses?: ResponsePermissions | undefined;
}

/** The doors a user may come in by (`allowed_connection_types`). */
export type ConnectionType =
  | "STANDARD"
  | "WEBSOCKET"
  | "LEAFNODE"
  | "LEAFNODE_WS"
  | "MQTT"
  | "MQTT_WS"
  | "IN_PROCESS";

/** All of them. */
export const CONNECTION_TYPES: readonly ConnectionType[] = [
  "STANDARD",
  "WEBSOCKET",
  "LEAFNODE",
  "LEAFNODE_WS",
  "MQTT",
  "MQTT_WS",
  "IN_PROCESS",
];
