import { matchesStars } from "oxbow/internal";
import type { UserPermissions } from "./permissions.ts";

/** Whether permissions let a message to a subject in, as Oxbow's engine does. The subject has no wildcards. */
export function mayPublish({ publish }: UserPermissions, subject: string): boolean {
  const { patterns, deny, denyPatterns = [] } = publish;
  const isAmong = (list: readonly string[]): boolean =>
    list.some((pattern) => isWithin(pattern, subject));
  // Wildcards of `deny` are whole tokens, which stand for any.
  if (deny.some((each) => isOf(each, subject)) || isAmong(denyPatterns)) return false;
  return patterns === undefined || isAmong(patterns);
}

/** By a pattern with wildcards inside of tokens; no leading `*` stands for what begins with `$` or `_`. */
function isWithin(pattern: string, subject: string): boolean {
  return matchesTokens(
    pattern,
    subject,
    (part, token) => !(part.startsWith("*") && /^[$_]/.test(token)) && matchesStars(part, token),
  );
}

function isOf(filter: string, subject: string): boolean {
  return matchesTokens(filter, subject, (part, token) => part === "*" || part === token);
}

function matchesTokens(
  pattern: string,
  subject: string,
  matches: (part: string, token: string) => boolean,
): boolean {
  const parts = pattern.split(".");
  const tokens = subject.split(".");
  for (const [index, part] of parts.entries()) {
    if (part === ">" && index === parts.length - 1) return tokens.length > index;
    const token = tokens[index];
    if (token === undefined || !matches(part, token)) return false;
  }
  return parts.length === tokens.length;
}
