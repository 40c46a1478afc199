import type { PublishGate } from "@oxbow/base";
import { gateDeadLetterSubject } from "./station-gate.ts";
import { noticeSubject } from "./warnings.ts";

/**
 * A gate before what gates say of messages: only the process itself publishes there, so that nobody can make it up.
 *
 * @param explainUnheard - Knows what is wrong with subjects that nobody takes messages of.
 */
export function makeReservedGate(
  explainUnheard: (subject: string) => string | undefined,
): PublishGate {
  const subjects = [gateDeadLetterSubject("*"), noticeSubject("*")];
  const text = `message refused: only the server itself publishes to ${subjects.join(" and ")}`;
  return {
    subjects,
    explainUnheard,
    judge: ({ isFromProcess }) =>
      isFromProcess ? undefined : { t: "refused", text, deadLetter: undefined },
  };
}
