import type { FieldProblem } from "oxbow/control";

/** The body of an answer that is an error, as of RFC 9457, with what programs need to go by. */
export interface Problem {
  /** `about:blank`: the status says what kind of problem it is, and `code` which one. */
  readonly type: "about:blank";
  /** What the status is called. */
  readonly title: string;
  readonly status: number;
  /** What is wrong, and what to do. */
  readonly detail: string;
  /** Which problem it is: never changes, unlike the text. */
  readonly code: string;
  /** Whether the same request may succeed later. */
  readonly retryable: boolean;
  /** Fields that are wrong, where it is known which. */
  readonly errors?: readonly PlacedProblem[];
}

/** What is wrong with a field. */
export interface PlacedProblem extends FieldProblem {
  /** Where in a text, in characters from its start. */
  readonly offset?: number;
}
