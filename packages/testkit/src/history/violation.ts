/** The rules of a history, by the number they have in the list of invariants. */
export type HistoryRule = "I1" | "I2" | "I3" | "I4" | "I5" | "I6" | "I8" | "history";

/** What each rule says. */
export const historyRules: Readonly<Record<HistoryRule, string>> = {
  I1: "no loss: what was acknowledged is readable at its sequence, unchanged",
  I2: "no invention: what is readable was submitted, as often at most, and was not refused",
  I3: "no resurrection: what was removed does not come back",
  I4: "sequences are dense, grow, and are never given to two messages",
  I5: "the messages of one publisher are stored in the order it sent them",
  I6: "a message that is sent again is stored once, and acknowledged at one sequence",
  I8: "every message is delivered to every consumer, and not again once its ack is confirmed",
  history: "the recorded events fit together",
};

/** One broken rule. */
export interface Violation {
  readonly rule: HistoryRule;
  readonly stream: string;
  /** Index of the event that shows it. */
  readonly eventIndex: number;
  readonly text: string;
}

/** A report for people: the rules that are broken, how often, and the first cases of each. */
export function describeViolations(
  violations: readonly Violation[],
  casesPerRuleMax: number = 5,
): string {
  if (violations.length === 0) return "no violations";
  return Object.entries(Object.groupBy(violations, (violation) => violation.rule))
    .flatMap(([rule, cases = []]) => [
      `${rule}, broken ${cases.length} times: ${historyRules[rule as HistoryRule]}`,
      ...cases
        .slice(0, casesPerRuleMax)
        .map(({ stream, eventIndex, text }) => `  [event ${eventIndex}] ${stream}: ${text}`),
      ...(cases.length > casesPerRuleMax ? [`  … ${cases.length - casesPerRuleMax} more`] : []),
    ])
    .join("\n");
}
