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
  let innerStart = 0;
  let outerStart = 0;
  for (;;) {
    const innerEnd = tokenEnd(inner, innerStart);
    const outerEnd = tokenEnd(outer, outerStart);
    if (innerEnd === innerStart) return false;
    if (isToken(outer, outerStart, outerEnd, GREATER)) return true;
    if (isToken(inner, innerStart, innerEnd, GREATER)) return false;
    const isAny = isToken(outer, outerStart, outerEnd, STAR);
    if (!isAny && !isSame(inner, innerStart, innerEnd, outer, outerStart, outerEnd)) return false;
    const isInnerOver = innerEnd === inner.length;
    const isOuterOver = outerEnd === outer.length;
    if (isInnerOver || isOuterOver) return isInnerOver && isOuterOver;
    innerStart = innerEnd + 1;
    outerStart = outerEnd + 1;
  }
}

/**
 * Whether some subject is matched by both `a` and `b`. Both may have wildcards and are expected to be well formed.
 *
 * Before a stream is made it is asked of the subjects of all others: it makes no strings of the tokens.
 */
export function subjectsOverlap(a: string, b: string): boolean {
  if (a === b) return true;
  let aStart = 0;
  let bStart = 0;
  for (;;) {
    const aEnd = tokenEnd(a, aStart);
    const bEnd = tokenEnd(b, bStart);
    if (isToken(a, aStart, aEnd, GREATER) || isToken(b, bStart, bEnd, GREATER)) return true;
    const isAny = isToken(a, aStart, aEnd, STAR) || isToken(b, bStart, bEnd, STAR);
    if (!isAny && !isSame(a, aStart, aEnd, b, bStart, bEnd)) return false;
    const isAOver = aEnd === a.length;
    const isBOver = bEnd === b.length;
    if (isAOver || isBOver) return isAOver && isBOver;
    aStart = aEnd + 1;
    bStart = bEnd + 1;
  }
}

/** Where the token that begins at `start` ends. */
function tokenEnd(subject: string, start: number): number {
  let end = start;
  while (end < subject.length && subject.charCodeAt(end) !== DOT) end++;
  return end;
}

/** Whether a token is one character, this one. */
function isToken(subject: string, start: number, end: number, code: number): boolean {
  return end === start + 1 && subject.charCodeAt(start) === code;
}

/** Whether two tokens are the same. */
function isSame(
  a: string,
  aStart: number,
  aEnd: number,
  b: string,
  bStart: number,
  bEnd: number,
): boolean {
  if (aEnd - aStart !== bEnd - bStart) return false;
  for (let at = aStart; at < aEnd; at++) {
    if (a.charCodeAt(at) !== b.charCodeAt(at - aStart + bStart)) return false;
  }
  return true;
}
