import { goQuote } from "@oxbow/wire/go-text";

/** One value of a JSON text. `start` and `end` are its place in the text the parser was given. */
export type JsonNode = { readonly start: number; readonly end: number } & (
  | { readonly kind: "string"; readonly value: string }
  | { readonly kind: "number" }
  | { readonly kind: "bool"; readonly value: boolean }
  | { readonly kind: "null" }
  | { readonly kind: "array"; readonly items: readonly JsonNode[] }
  | { readonly kind: "object"; readonly members: readonly JsonMember[] }
);

/** A member of an object, in the order it was written; a key may come more than once. */
export interface JsonMember {
  readonly key: string;
  readonly value: JsonNode;
}

/** The text is no JSON. Thrown by {@link JsonParser.next}; `message` is what Go's `encoding/json` would say. */
export class JsonSyntaxError extends Error {
  override readonly name = "JsonSyntaxError";
  /** How many bytes had been read, the offending one included; `undefined` at the end of the text. */
  readonly offset: number | undefined;

  constructor(message: string, offset?: number) {
    super(message);
    this.offset = offset;
  }
}

/** Values nested deeper than this are refused: no request comes near, and recursion stays bounded. */
export const JSON_DEPTH_MAX = 100;

const simpleEscapes: Readonly<Record<string, string>> = {
  '"': '"',
  "\\": "\\",
  "/": "/",
  b: "\b",
  f: "\f",
  n: "\n",
  r: "\r",
  t: "\t",
};

/**
 * A strict JSON parser that keeps what `JSON.parse` loses and the API needs: the order of members, the exact digits of
 * numbers (64-bit sequences and nanoseconds do not fit into a double), and where and why a text is wrong.
 *
 * It reads `text` as bytes, one per character (`latin1`), so that offsets are byte offsets, and decodes UTF-8 only where
 * a string needs it. Several values may follow one another; each call of {@link next} takes one.
 */
export class JsonParser {
  readonly #text: string;
  #position = 0;

  constructor(text: string) {
    this.#text = text;
  }

  /** Whether only blanks are left. */
  isAtEnd(): boolean {
    this.#skipBlanks();
    return this.#position === this.#text.length;
  }

  /**
   * Parses the next value.
   *
   * @throws {@link JsonSyntaxError} The parser can not be used any further.
   */
  next(): JsonNode {
    return this.#value(0);
  }

  /** Refuses the character at the current position. */
  fail(context: string): never {
    const char = this.#text[this.#position];
    if (char === undefined) throw new JsonSyntaxError("unexpected EOF");
    throw new JsonSyntaxError(
      `invalid character ${quoteCharacter(char)} ${context}`,
      this.#position + 1,
    );
  }

  #value(depth: number): JsonNode {
    this.#skipBlanks();
    const start = this.#position;
    const char = this.#text[start];
    switch (char) {
      case "{":
        return this.#object(start, depth + 1);
      case "[":
        return this.#array(start, depth + 1);
      case '"':
        return { kind: "string", value: this.#string(), start, end: this.#position };
      case "t":
        return { kind: "bool", value: true, start, end: this.#literal("true") };
      case "f":
        return { kind: "bool", value: false, start, end: this.#literal("false") };
      case "n":
        return { kind: "null", start, end: this.#literal("null") };
      default:
        if (char === "-" || isDigit(char)) return { kind: "number", start, end: this.#number() };
        return this.fail("looking for beginning of value");
    }
  }

  #object(start: number, depth: number): JsonNode {
    if (depth > JSON_DEPTH_MAX) this.fail("exceeded max depth");
    this.#position++;
    const members: JsonMember[] = [];
    if (!this.#takes("}")) {
      do {
        this.#skipBlanks();
        if (this.#text[this.#position] !== '"') {
          this.fail("looking for beginning of object key string");
        }
        const key = this.#string();
        if (!this.#takes(":")) this.fail("after object key");
        members.push({ key, value: this.#value(depth) });
      } while (this.#takes(","));
      if (!this.#takes("}")) this.fail("after object key:value pair");
    }
    return { kind: "object", members, start, end: this.#position };
  }

  #array(start: number, depth: number): JsonNode {
    if (depth > JSON_DEPTH_MAX) this.fail("exceeded max depth");
    this.#position++;
    const items: JsonNode[] = [];
    if (!this.#takes("]")) {
      do items.push(this.#value(depth));
      while (this.#takes(","));
      if (!this.#takes("]")) this.fail("after array element");
    }
    return { kind: "array", items, start, end: this.#position };
  }

  /** Reads a string from its opening quote on. */
  #string(): string {
    const start = ++this.#position;
    let isPlain = true;
    for (;;) {
      const code = this.#text.charCodeAt(this.#position);
      if (code === 0x22) break;
      if (Number.isNaN(code) || code < 0x20) this.fail("in string literal");
      if (code === 0x5c) this.#skipEscape();
      if (code === 0x5c || code >= 0x80) isPlain = false;
      this.#position++;
    }
    const raw = this.#text.slice(start, this.#position++);
    return isPlain ? raw : resolveEscapes(raw);
  }

  /** Moves from a backslash to the last character of its escape sequence. */
  #skipEscape(): void {
    const char = this.#text[++this.#position];
    if (char === "u") {
      for (let digit = 0; digit < 4; digit++) {
        if (!/^[0-9a-fA-F]$/.test(this.#text[++this.#position] ?? "")) {
          this.fail("in \\u hexadecimal character escape");
        }
      }
    } else if (char === undefined || !Object.hasOwn(simpleEscapes, char)) {
      this.fail("in string escape code");
    }
  }

  /** Reads a number; returns its end. */
  #number(): number {
    if (this.#text[this.#position] === "-") this.#position++;
    if (this.#text[this.#position] === "0") this.#position++;
    else this.#digits("in numeric literal");
    if (this.#text[this.#position] === ".") {
      this.#position++;
      this.#digits("after decimal point in numeric literal");
    }
    if (this.#text[this.#position] === "e" || this.#text[this.#position] === "E") {
      this.#position++;
      const sign = this.#text[this.#position];
      if (sign === "+" || sign === "-") this.#position++;
      this.#digits("in exponent of numeric literal");
    }
    return this.#position;
  }

  #digits(context: string): void {
    if (!isDigit(this.#text[this.#position])) this.fail(context);
    while (isDigit(this.#text[this.#position])) this.#position++;
  }

  /** Reads the word whose first letter is at the current position; returns its end. */
  #literal(word: string): number {
    for (const expected of word) {
      if (this.#text[this.#position] !== expected) {
        this.fail(`in literal ${word} (expecting ${quoteCharacter(expected)})`);
      }
      this.#position++;
    }
    return this.#position;
  }

  #takes(char: string): boolean {
    this.#skipBlanks();
    if (this.#text[this.#position] !== char) return false;
    this.#position++;
    return true;
  }

  #skipBlanks(): void {
    for (;;) {
      const code = this.#text.charCodeAt(this.#position);
      if (code !== 0x20 && code !== 0x0a && code !== 0x0d && code !== 0x09) return;
      this.#position++;
    }
  }
}

function isDigit(char: string | undefined): boolean {
  return char !== undefined && char >= "0" && char <= "9";
}

/** Decodes UTF-8 that was read as `latin1`; bytes that are no UTF-8 become U+FFFD. */
export function decodeLatin1(text: string): string {
  return Buffer.from(text, "latin1").toString("utf8");
}

/** Resolves escapes and UTF-8; a half surrogate pair becomes U+FFFD, as in Go. */
function resolveEscapes(raw: string): string {
  let value = "";
  let position = 0;
  for (const { 0: sequence, index } of raw.matchAll(/\\(?:u[0-9a-fA-F]{4}|.)/g)) {
    value += decodeLatin1(raw.slice(position, index));
    value +=
      sequence[1] === "u"
        ? String.fromCharCode(Number.parseInt(sequence.slice(2), 16))
        : (simpleEscapes[sequence[1] ?? ""] ?? "");
    position = index + sequence.length;
  }
  return (value + decodeLatin1(raw.slice(position))).toWellFormed();
}

function quoteCharacter(char: string): string {
  if (char === "'") return "'\\''";
  if (char === '"') return "'\"'";
  return `'${goQuote(char).slice(1, -1)}'`;
}
