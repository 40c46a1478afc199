/** The places between two writes, at which tests stop. */
export type NotifyStep =
  /** A notice is in the outbox, and the rule does not know yet. */
  | "notice.put"
  | "rule.written"
  /** A notice was sent, and that is not written down yet. */
  | "notice.sent"
  | "notice.recorded";

export type OnNotifyStep = (step: NotifyStep) => void | Promise<void>;
