const dot = 0x2e;
const star = 0x2a;
const full = 0x3e;

/**
 * Whether the subject in `[start, end)` of `buffer`, whose tokens are all taken as literal ones, matches `pattern`, which
 * is well formed and may have wildcards. A subject with an empty token matches nothing. For one pattern or a few; for
 * many there is `SubjectTrie`.
 */
export function literalMatches(
  pattern: Uint8Array,
  buffer: Uint8Array,
  start: number,
  end: number,
): boolean {
  let at = start;
  let inPattern = 0;
  for (;;) {
    if (pattern[inPattern] === full && inPattern + 1 === pattern.length) {
      return hasTokensOnly(buffer, at, end);
    }
    if (pattern[inPattern] === star && isTokenEnd(pattern, inPattern + 1)) {
      const tokenStart = at;
      while (at < end && buffer[at] !== dot) at++;
      if (at === tokenStart) return false;
      inPattern++;
    } else {
      while (inPattern < pattern.length && pattern[inPattern] !== dot) {
        if (at === end || buffer[at] !== pattern[inPattern]) return false;
        at++;
        inPattern++;
      }
    }
    if (inPattern === pattern.length || at === end) {
      return inPattern === pattern.length && at === end;
    }
    if (buffer[at] !== dot) return false;
    at++;
    inPattern++;
  }
}

function isTokenEnd(pattern: Uint8Array, at: number): boolean {
  return at === pattern.length || pattern[at] === dot;
}

/** Whether there is at least one token in `[start, end)`, and none is empty. */
function hasTokensOnly(buffer: Uint8Array, start: number, end: number): boolean {
  let tokenStart = start;
  for (let at = start; at < end; at++) {
    if (buffer[at] !== dot) continue;
    if (at === tokenStart) return false;
    tokenStart = at + 1;
  }
  return tokenStart < end;
}
