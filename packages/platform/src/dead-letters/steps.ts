/**
 * The moments between two writes at which the process may die. Tests stop it there; each name says what was done last.
 */
export type DeadLetterStep =
  /** The intake was read, and the message it is about. */
  | "letter.read"
  /** The dead letter is stored. */
  | "letter.stored"
  /** It is copied to the station that its station names. */
  | "letter.copied"
  /** The group's consumer does not wait for the message any more. */
  | "letter.released"
  /** A resend was begun: how far the target is was written down. */
  | "resend.noted"
  /** The message is stored again. */
  | "resend.published"
  /** That it is was written down. */
  | "resend.recorded"
  /** The dead letter was taken out, or stays, with its count. */
  | "resend.settled"
  /** How far the whole is was written down. */
  | "resend.counted";

/** Told of each step; what it waits for or throws, the work does. */
export type OnStep = (step: DeadLetterStep) => void | Promise<void>;
