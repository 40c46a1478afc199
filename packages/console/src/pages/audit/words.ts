import type { AuditEntry } from "oxbow/control";
import { userText } from "../../parts/user-text.ts";

export const outcomes: Readonly<
  Record<AuditEntry["outcome"], { readonly colour: string; readonly text: string }>
> = {
  done: { colour: "green", text: "done" },
  failed: { colour: "red", text: "failed" },
  unknown: { colour: "yellow", text: "unknown" },
};

export function whoText({ who }: AuditEntry): string {
  if (who === null) return "not known";
  return userText(who.user);
}

/** Names of what it was about: `orders`, `billing of orders`. */
export function aboutText({ names }: AuditEntry): string {
  return Object.values(names).toReversed().join(" of ") || "–";
}
