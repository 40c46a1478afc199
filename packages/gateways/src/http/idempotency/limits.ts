import type { AnswerLimits } from "./answers.ts";

/** What is remembered of requests with an `Idempotency-Key`. */
export const answerLimits: AnswerLimits = {
  answersMax: 10_000,
  answersSizeMax: 32 * 1024 * 1024,
  answerMs: 60 * 60_000,
  underWayMs: 2 * 60_000,
};
