import type { PublishGate } from "@oxbow/base";
import { gateDeadLetterSubject } from "./station-gate.ts";
import { noticeSubject } from "./warnings.ts";

/** A gate before what gates say of messages: only the process itself publishes there, so that nobody can make it up. */
export function makeReservedGate(): PublishGate {
  const subjects = [gateDeadLetterSubject("*"), noticeSubject("*")];
  const text = `message refused: only the server itself publishes to ${subjects.join(" and ")}`;
  return {
    subjects,
    judge: ({ isFromProcess }) =>
      isFromProcess ? undefined : { t: "refused", text, deadLetter: undefined },
  };
}
