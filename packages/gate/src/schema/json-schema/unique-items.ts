import type { WorkBudget } from "../work-budget.ts";

const charsPerUnit = 16;

/**
 * Whether no two items are equal, as JSON Schema means it (validation §6.4.3): objects whatever the order of their
 * properties, numbers by value. In a time that grows with the items, not with their pairs.
 *
 * @throws OverBudget
 */
export function areUnique(items: readonly unknown[], budget: WorkBudget): boolean {
  const seen = new Set<string>();
  for (const item of items) {
    const text = canonical(item, budget);
    if (seen.has(text)) return false;
    seen.add(text);
  }
  return true;
}

/** A text that is the same for equal values only. */
function canonical(value: unknown, budget: WorkBudget): string {
  if (typeof value === "string") {
    budget.spend(1 + value.length / charsPerUnit);
    return JSON.stringify(value);
  }
  budget.spend(1);
  if (typeof value !== "object" || value === null) return String(value);
  if (Array.isArray(value)) return `[${value.map((item) => canonical(item, budget)).join(",")}]`;
  const entries = Object.entries(value).map(
    ([key, item]) => `${JSON.stringify(key)}:${canonical(item, budget)}`,
  );
  return `{${entries.sort().join(",")}}`;
}
