/** Subjects a user may or may not use. `allow` undefined is everything; a subject in `deny` is refused in any case. */
export interface SubjectPermissions {
  /**
   * For publishing: subjects, wildcards allowed. For subscribing an entry may name a queue group after a space
   * (`"jobs workers"`, wildcards allowed in both), and then holds for subscriptions in that group.
   */
  readonly allow?: readonly string[] | undefined;
  /**
   * Further subjects that are allowed, with wildcards inside of tokens, which nats-server does not have:
   * `prod#*.>`. What a token begins with that only servers and services use, `$` or `_`, no `*` stands for; and a
   * subscription may have wildcards only where the pattern has `>`. With `patterns` and without `allow` nothing else is
   * allowed.
   */
  readonly patterns?: readonly string[] | undefined;
  readonly deny?: readonly string[] | undefined;
  /** Further subjects that are denied, literal ones, with wildcards as in `patterns`. For publishing only. */
  readonly denyPatterns?: readonly string[] | undefined;
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
  /**
   * Whether answers may only be asked for where the user may subscribe, and JetStream's messages likewise: else who may
   * read a stream could have its messages sent to subjects it may not publish to. Default false, as nats-server has it.
   */
  readonly limitsReplies?: boolean | undefined;
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
