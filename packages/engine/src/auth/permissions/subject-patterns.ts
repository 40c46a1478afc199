const dot = 0x2e;
const star = 0x2a;
const full = 0x3e;
const dollar = 0x24;
const underscore = 0x5f;

/** A token of a pattern. */
interface PatternToken {
  readonly bytes: Buffer;
  readonly hasStar: boolean;
}

interface Pattern {
  readonly tokens: readonly PatternToken[];
  /** Whether any tokens may follow, at least one. */
  readonly isDeep: boolean;
  /** What a subject must begin with; `undefined` for a wildcard. Most are told apart by it. */
  readonly firstByte: number | undefined;
}

/**
 * A list of subjects with wildcards inside of tokens: `*` is any characters of a token, none too, and `>` at the end any
 * tokens. What a token begins with that only servers and services use, `$` or `_`, no `*` stands for.
 *
 * A subscription lies within a pattern if it does so token by token: its own wildcards only where the pattern has `>`. So
 * `_INBOX.*.>` allows a client to listen to its own inbox, whose name nobody can guess, and not to all.
 */
export class SubjectPatterns {
  readonly #patterns: readonly Pattern[];
  /** The subject that was found last: publishers often keep to one. */
  #last: Buffer | undefined = undefined;

  /** @param patterns - Well formed, as `checkPermissions` demands. */
  constructor(patterns: readonly string[]) {
    this.#patterns = patterns.map(patternOf);
  }

  /** Whether the subject in `[start, end)`, of a message or a subscription, lies within one of the patterns. */
  covers(buffer: Uint8Array, start: number, end: number): boolean {
    if (this.#last !== undefined && isSame(this.#last, buffer, start, end)) return true;
    const first = buffer[start];
    for (const pattern of this.#patterns) {
      if (pattern.firstByte !== undefined && pattern.firstByte !== first) continue;
      if (!isWithin(pattern, buffer, start, end)) continue;
      this.#last = Buffer.from(buffer.subarray(start, end));
      return true;
    }
    return false;
  }
}

function patternOf(text: string): Pattern {
  const parts = text.split(".");
  const isDeep = parts.at(-1) === ">";
  const tokens = (isDeep ? parts.slice(0, -1) : parts).map((part) => ({
    bytes: Buffer.from(part),
    hasStar: part.includes("*"),
  }));
  const first = tokens[0]?.bytes[0];
  return { tokens, isDeep, firstByte: first === star ? undefined : first };
}

function isSame(known: Buffer, buffer: Uint8Array, start: number, end: number): boolean {
  if (known.length !== end - start) return false;
  for (let index = known.length - 1; index >= 0; index--) {
    if (known[index] !== buffer[start + index]) return false;
  }
  return true;
}

function isWithin(
  { tokens, isDeep }: Pattern,
  buffer: Uint8Array,
  start: number,
  end: number,
): boolean {
  let at = start;
  for (let index = 0; index < tokens.length; index++) {
    const tokenEnd = endOfToken(buffer, at, end);
    if (!matchesToken(tokens[index] as PatternToken, buffer, at, tokenEnd)) return false;
    const isLast = index === tokens.length - 1 && !isDeep;
    if (isLast || tokenEnd === end) return isLast && tokenEnd === end;
    at = tokenEnd + 1;
  }
  return hasNoEmptyToken(buffer, at, end);
}

function endOfToken(buffer: Uint8Array, start: number, end: number): number {
  let at = start;
  while (at < end && buffer[at] !== dot) at++;
  return at;
}

function matchesToken(
  { bytes, hasStar }: PatternToken,
  buffer: Uint8Array,
  start: number,
  end: number,
): boolean {
  if (start === end) return false;
  if (!hasStar) return isSame(bytes, buffer, start, end);
  const first = buffer[start];
  if (end - start === 1 && (first === star || first === full)) return false;
  if (bytes[0] === star && (first === dollar || first === underscore)) return false;
  return matchesStars(bytes, buffer, start, end);
}

/** With each `*` as few characters as will do: where that fails, only the last one needs to take more. */
function matchesStars(bytes: Buffer, buffer: Uint8Array, start: number, end: number): boolean {
  let at = start;
  let inPattern = 0;
  let lastStar = -1;
  let resumeAt = start;
  while (at < end) {
    if (inPattern < bytes.length && bytes[inPattern] === star) {
      lastStar = inPattern++;
      resumeAt = at;
    } else if (inPattern < bytes.length && bytes[inPattern] === buffer[at]) {
      inPattern++;
      at++;
    } else if (lastStar >= 0) {
      inPattern = lastStar + 1;
      at = ++resumeAt;
    } else {
      return false;
    }
  }
  while (bytes[inPattern] === star) inPattern++;
  return inPattern === bytes.length;
}

function hasNoEmptyToken(buffer: Uint8Array, start: number, end: number): boolean {
  let tokenStart = start;
  for (let at = start; at < end; at++) {
    if (buffer[at] !== dot) continue;
    if (at === tokenStart) return false;
    tokenStart = at + 1;
  }
  return tokenStart < end;
}
