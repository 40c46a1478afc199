import { Misfit } from "./path.ts";
import { type Violation, violation } from "./violation.ts";
import { OverBudget } from "./work-budget.ts";

/**
 * What a check threw, as a violation: the message does not fit, takes too much work, or is nested too deep. Anything else
 * is thrown again.
 */
export function violationFrom(error: unknown): Violation {
  if (error instanceof Misfit) return violation(error.path, error.rule, error.message);
  if (error instanceof OverBudget) {
    return violation("", "work", "would take too long to check against this schema");
  }
  if (error instanceof RangeError) return violation("", "depth", "is nested too deep");
  throw error;
}
