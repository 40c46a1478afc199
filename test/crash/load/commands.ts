/** What the load process is told, over the channel to its parent. */
export type LoadCommand =
  /** Connect, publish and consume until the broker dies. Answered by `running` as soon as all are connected. */
  | { readonly type: "run"; readonly url: string }
  /** The broker is dead. Answered by `paused` when everything that was seen of it is in the history. */
  | { readonly type: "pause" }
  /** Answered by `acked` once a message is acknowledged that is sent after this command. */
  | { readonly type: "await-ack" }
  /** Send again what the last crash left open. Answered by `settled`. */
  | { readonly type: "settle"; readonly url: string }
  /** Consume everything there is. Answered by `drained`. */
  | { readonly type: "drain"; readonly url: string };

/** What the load process answers. */
export type LoadAnswer = "running" | "paused" | "acked" | "settled" | "drained";
