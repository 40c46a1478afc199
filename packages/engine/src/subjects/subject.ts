const DOT = 0x2e;
const STAR = 0x2a;
const GREATER = 0x3e;

/** Space, tab, line feed, form feed and carriage return: what separates fields on a control line. */
function isBlank(code: number): boolean {
  return code === 0x20 || code === 0x09 || code === 0x0a || code === 0x0c || code === 0x0d;
}

/**
 * Whether `subject` is well formed: tokens split by `.`, none of them empty, no blanks, and `>` only as the last token.
 * Wildcards are allowed; `*` and `>` inside a longer token are ordinary characters.
 */
export function isValidSubject(subject: string): boolean {
  let tokenStart = 0;
  for (let index = 0; index <= subject.length; index++) {
    const code = index < subject.length ? subject.charCodeAt(index) : DOT;
    if (isBlank(code)) return false;
    if (code !== DOT) continue;
    const tokenLength = index - tokenStart;
    if (tokenLength === 0) return false;
    const isFullWildcard = tokenLength === 1 && subject.charCodeAt(tokenStart) === GREATER;
    if (isFullWildcard && index < subject.length) return false;
    tokenStart = index + 1;
  }
  return true;
}

/** Whether a token of `subject` is `*` or `>`. Does not ask whether the subject is well formed. */
export function hasWildcard(subject: string): boolean {
  for (let index = 0; index < subject.length; index++) {
    const code = subject.charCodeAt(index);
    if (code !== STAR && code !== GREATER) continue;
    const startsToken = index === 0 || subject.charCodeAt(index - 1) === DOT;
    const endsToken = index + 1 === subject.length || subject.charCodeAt(index + 1) === DOT;
    if (startsToken && endsToken) return true;
  }
  return false;
}

/** Whether `subject` is well formed and without wildcards: one a message can be published to. */
export function isValidLiteral(subject: string): boolean {
  return isValidSubject(subject) && !hasWildcard(subject);
}

/**
 * Whether every subject that `inner` matches is also matched by `outer`. Both may have wildcards and are expected to be
 * well formed; a subject is a subset of itself.
 */
export function subjectIsSubset(inner: string, outer: string): boolean {
  const innerTokens = inner.split(".");
  const outerTokens = outer.split(".");
  for (const [index, outerToken] of outerTokens.entries()) {
    const innerToken = innerTokens[index];
    if (innerToken === undefined || innerToken === "") return false;
    if (outerToken === ">") return true;
    if (innerToken === ">") return false;
    if (outerToken !== "*" && innerToken !== outerToken) return false;
  }
  return innerTokens.length === outerTokens.length;
}

/** Whether some subject is matched by both `a` and `b`. Both may have wildcards and are expected to be well formed. */
export function subjectsOverlap(a: string, b: string): boolean {
  if (a === b) return true;
  const aTokens = a.split(".");
  const bTokens = b.split(".");
  const sharedCount = Math.min(aTokens.length, bTokens.length);
  for (let index = 0; index < sharedCount; index++) {
    const aToken = aTokens[index];
    const bToken = bTokens[index];
    if (aToken === ">" || bToken === ">") return true;
    if (aToken !== bToken && aToken !== "*" && bToken !== "*") return false;
  }
  return aTokens.length === bTokens.length;
}
