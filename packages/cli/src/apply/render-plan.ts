import type { Step } from "./step.ts";

const marks: Readonly<Record<Step["action"], string>> = { create: "+", change: "~", remove: "-" };

/** What is to be done, one step a line: `~ station orders: maxAge 7d -> 30d`. */
export function renderStep({ action, target, changes }: Step): string {
  const parts = changes.map(({ name, before, after }) =>
    action === "create" ? `${name} ${text(after)}` : `${name} ${text(before)} -> ${text(after)}`,
  );
  return `${marks[action]} ${target}${parts.length === 0 ? "" : `: ${parts.join(", ")}`}`;
}

function text(value: unknown): string {
  if (value === undefined) return "none";
  if (Array.isArray(value)) return value.length === 0 ? "none" : value.map(text).join(" ");
  return typeof value === "string" ? value : JSON.stringify(value);
}
