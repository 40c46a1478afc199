import type { ConfPosition } from "./value.ts";

/**
 * A place in a configuration text, moving forward only.
 *
 * Invariant: `#line` is one more than the newlines before `#index`, and `#lineStart` is the index after the last one.
 */
export class Cursor {
  readonly #text: string;
  readonly #file: string;
  #index = 0;
  #line = 1;
  #lineStart = 0;

  /** A byte order mark at the start is skipped. */
  constructor(text: string, file: string) {
    this.#text = text;
    this.#file = file;
    if (text.startsWith("\uFEFF")) this.#lineStart = this.#index = 1;
  }

  get index(): number {
    return this.#index;
  }

  get isAtEnd(): boolean {
    return this.#index >= this.#text.length;
  }

  get position(): ConfPosition {
    const column = this.#index - this.#lineStart + 1;
    return { file: this.#file, line: this.#line, column };
  }

  /** The character here, or `ahead` further on; the empty string at the end. */
  peek(ahead = 0): string {
    return this.#text.charAt(this.#index + ahead);
  }

  /** The character here, which is left behind; the empty string at the end. */
  next(): string {
    const character = this.#text.charAt(this.#index);
    if (character === "") return "";
    this.#index += 1;
    if (character === "\n") {
      this.#line += 1;
      this.#lineStart = this.#index;
    }
    return character;
  }

  /** What lies between an earlier {@link index} and this one. */
  textSince(start: number): string {
    return this.#text.slice(start, this.#index);
  }

  /** Leaves spaces and tabs behind, not newlines. */
  skipBlanks(): void {
    while (isBlank(this.peek())) this.#index += 1;
  }

  /** Leaves spaces, tabs and newlines behind. */
  skipSpace(): void {
    while (isSpace(this.peek())) this.next();
  }

  /** Leaves spaces, newlines and comments behind. */
  skipSpaceAndComments(): void {
    for (;;) {
      this.skipSpace();
      if (!this.skipComment()) return;
    }
  }

  /** Leaves a comment behind, up to its newline, and says whether there was one. */
  skipComment(): boolean {
    if (!this.isAtComment) return false;
    while (!this.isAtEnd && !isNewline(this.peek())) this.#index += 1;
    return true;
  }

  get isAtComment(): boolean {
    const character = this.peek();
    return character === "#" || (character === "/" && this.peek(1) === "/");
  }
}

/** Space or tab. */
export function isBlank(character: string): boolean {
  return character === " " || character === "\t";
}

/** Line feed or carriage return. */
export function isNewline(character: string): boolean {
  return character === "\n" || character === "\r";
}

/** What may stand between keys and values. */
export function isSpace(character: string): boolean {
  return isBlank(character) || isNewline(character) || character === "\v" || character === "\f";
}
