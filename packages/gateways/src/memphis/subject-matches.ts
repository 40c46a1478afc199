/**
 * Whether a subject is one that a pattern with `*` and `>` takes. Permissions of Oxbow have `*` also inside of tokens, where
 * it stands for any characters; what a token begins with that only servers use, `$` or `_`, no such one stands for.
 */
export function subjectMatches(pattern: string, subject: string): boolean {
  if (pattern === subject) return true;
  const wanted = pattern.split(".");
  const tokens = subject.split(".");
  for (const [index, token] of wanted.entries()) {
    if (token === ">") return index < tokens.length;
    const own = tokens[index];
    if (own === undefined || !tokenMatches(token, own)) return false;
  }
  return wanted.length === tokens.length;
}

function tokenMatches(pattern: string, token: string): boolean {
  if (pattern === "*" || pattern === token) return true;
  if (!pattern.includes("*") || (pattern.startsWith("*") && /^[$_]/.test(token))) return false;
  const [first = "", ...rest] = pattern.split("*");
  const last = rest.pop() ?? "";
  if (!token.startsWith(first) || token.length < first.length + last.length) return false;
  let at = first.length;
  for (const part of rest) {
    const found = token.indexOf(part, at);
    if (found < 0) return false;
    at = found + part.length;
  }
  return token.endsWith(last) && at + last.length <= token.length;
}
