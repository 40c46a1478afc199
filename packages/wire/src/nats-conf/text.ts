import type { Cursor } from "./cursor.ts";
import { isNewline } from "./cursor.ts";
import { confError } from "./errors.ts";
import type { ConfPosition } from "./value.ts";

const escapes: Readonly<Record<string, string>> = {
  t: "\t",
  n: "\n",
  r: "\r",
  '"': '"',
  "\\": "\\",
};

/** Reads `"…"`, standing on the opening quote. Newlines are allowed inside, escapes are replaced. */
export function readDoubleQuoted(cursor: Cursor): string {
  const start = cursor.position;
  cursor.next();
  const text = new EscapedText();
  for (;;) {
    if (cursor.isAtEnd) throw unterminated(start, "string", '"');
    const character = cursor.next();
    if (character === '"') return text.toString();
    if (character === "\\") readEscape(cursor, text);
    else text.append(character);
  }
}

/** Reads `'…'`, standing on the opening quote. Nothing is replaced inside. */
export function readSingleQuoted(cursor: Cursor): string {
  const start = cursor.position;
  cursor.next();
  const from = cursor.index;
  while (cursor.peek() !== "'") {
    if (cursor.isAtEnd) throw unterminated(start, "string", "'");
    cursor.next();
  }
  const value = cursor.textSince(from);
  cursor.next();
  return value;
}

/**
 * Reads `( … )`, standing on the opening parenthesis: raw text until a line that starts with `)` and holds nothing
 * else. The newlines next to the parentheses belong to the text, as they do for nats-server.
 */
export function readBlock(cursor: Cursor): string {
  const start = cursor.position;
  cursor.next();
  const from = cursor.index;
  let previous = "";
  for (;;) {
    if (cursor.isAtEnd) throw unterminated(start, "block", ")");
    const after = cursor.peek(1);
    if (cursor.peek() === ")" && previous === "\n" && (after === "" || isNewline(after))) break;
    previous = cursor.next();
  }
  const value = cursor.textSince(from);
  cursor.next();
  return value;
}

/** A bare word as it was written, and with its escapes replaced. */
export interface BareWord {
  readonly text: string;
  readonly hasEscapes: boolean;
}

/** Reads up to a space, a newline, `,`, `;`, `]`, `}` or the end. Quotes inside are ordinary characters. */
export function readBareWord(cursor: Cursor): BareWord {
  const text = new EscapedText();
  let hasEscapes = false;
  while (!endsBareWord(cursor.peek())) {
    const character = cursor.next();
    if (character === "\\") {
      hasEscapes = true;
      readEscape(cursor, text);
    } else {
      text.append(character);
    }
  }
  return { text: text.toString(), hasEscapes };
}

function endsBareWord(character: string): boolean {
  return character === "" || " \t\r\n,;]}".includes(character);
}

function readEscape(cursor: Cursor, text: EscapedText): void {
  const position = cursor.position;
  const character = cursor.next();
  if (character === "x") {
    const digits = cursor.next() + cursor.next();
    if (!/^[0-9a-fA-F]{2}$/.test(digits)) {
      throw confError("CONF_SYNTAX", position, "\\x needs two hexadecimal digits");
    }
    text.appendByte(Number.parseInt(digits, 16));
    return;
  }
  const replacement = escapes[character];
  if (replacement === undefined) {
    const hint = 'write one of \\xHH \\t \\n \\r \\" \\\\, or put the text in single quotes';
    throw confError("CONF_SYNTAX", position, `unknown escape \\${character}: ${hint}`);
  }
  text.append(replacement);
}

function unterminated(start: ConfPosition, what: string, end: string): Error {
  return confError("CONF_SYNTAX", start, `this ${what} has no end: write the closing ${end}`);
}

/** Text that may hold single bytes (`\xHH`), which only together make UTF-8 characters. */
class EscapedText {
  #text = "";
  #bytes: number[] = [];

  append(character: string): void {
    this.#endBytes();
    this.#text += character;
  }

  appendByte(byte: number): void {
    this.#bytes.push(byte);
  }

  toString(): string {
    this.#endBytes();
    return this.#text;
  }

  #endBytes(): void {
    if (this.#bytes.length === 0) return;
    this.#text += new TextDecoder().decode(Uint8Array.from(this.#bytes));
    this.#bytes = [];
  }
}
