import { Cursor, isNewline, isSpace } from "./cursor.ts";
import { confError } from "./errors.ts";
import { classifyBareWord } from "./scalar.ts";
import { readBareWord, readBlock, readDoubleQuoted, readSingleQuoted } from "./text.ts";
import type { ConfEntry, ConfMap, ConfPosition, ConfValue } from "./value.ts";

/** Maps and arrays inside one another; deeper files are refused before they can exhaust the stack. */
const NESTING_MAX = 64;
/** Files that include one another; a file that includes itself ends here. */
const INCLUDE_DEPTH_MAX = 16;

/** A file that an `include` asked for. */
export interface ConfInclude {
  /** The name for messages, and `includedFrom` of the includes in it. */
  readonly file: string;
  readonly text: string;
}

/** What the parser may reach of the world. */
export interface ConfOptions {
  /** Name of the text in messages. */
  readonly file: string;
  /** Where a `$variable` is looked up that no map around it has. Default: nowhere. */
  readonly environment?: Readonly<Record<string, string | undefined>>;
  /**
   * Finds the file that `include path` names, relative to `includedFrom`; what it throws is reported with the place
   * of the include. Default: includes are refused.
   */
  readonly include?: (path: string, includedFrom: string) => ConfInclude;
}

/**
 * Parses nats-server's configuration language, which JSON is a part of. No I/O: includes and the environment come
 * in through `options`. Nothing is said here about which keys exist.
 *
 * It differs from nats-server only where that refuses or misreads: `]`, `{` and `[` end a bare word or key too, so
 * that `[1,2]` and `users[` mean what they say.
 *
 * @throws OxbowError with a {@link ConfErrorCode}; the message starts with `file:line:column`.
 */
export function parseNatsConf(text: string, options: ConfOptions): ConfMap {
  return parseFile(text, { ...options, includeDepth: 0, resolving: new Set() });
}

interface Context extends ConfOptions {
  readonly includeDepth: number;
  /** Environment variables whose value is being parsed. */
  readonly resolving: Set<string>;
}

function parseFile(text: string, context: Context): ConfMap {
  const root: ConfMap = new Map();
  new Parser(new Cursor(text, context.file), context).readFile(root);
  return root;
}

class Parser {
  readonly #cursor: Cursor;
  readonly #context: Context;
  /** The maps around the cursor, outermost first: where variables are looked up. */
  readonly #scopes: ConfMap[] = [];
  #depth = 0;

  constructor(cursor: Cursor, context: Context) {
    this.#cursor = cursor;
    this.#context = context;
  }

  readFile(root: ConfMap): void {
    this.#scopes.push(root);
    const cursor = this.#cursor;
    for (;;) {
      cursor.skipSpaceAndComments();
      if (cursor.isAtEnd) return;
      // A whole file may stand in braces, as JSON does; its keys are those of the file.
      if (cursor.peek() === "{") {
        const start = cursor.position;
        cursor.next();
        this.#readEntries(root, start);
        this.#endEntry(false);
      } else if (this.#skipLastBrace()) {
        return;
      } else {
        this.#readEntry(root, false);
      }
    }
  }

  /** One brace too many at the very end is let pass, as nats-server does. */
  #skipLastBrace(): boolean {
    const cursor = this.#cursor;
    if (cursor.peek() !== "}") return false;
    const start = cursor.position;
    cursor.next();
    cursor.skipSpaceAndComments();
    if (cursor.isAtEnd) return true;
    throw confError("CONF_SYNTAX", start, 'expected a key, found "}"');
  }

  /** Reads the one value of a text, such as that of an environment variable. */
  readWhole(): ConfValue {
    const cursor = this.#cursor;
    this.#scopes.push(new Map());
    cursor.skipSpace();
    const value = this.#readValue();
    cursor.skipSpace();
    if (!cursor.isAtEnd) {
      throw this.#syntax(`unexpected ${this.#found()} after the value: put it in quotes`);
    }
    return value;
  }

  /** Reads entries up to and with the closing brace. */
  #readEntries(map: ConfMap, start: ConfPosition): void {
    const cursor = this.#cursor;
    for (;;) {
      cursor.skipSpaceAndComments();
      if (cursor.isAtEnd) throw confError("CONF_SYNTAX", start, "this map has no closing }");
      if (cursor.peek() === "}") {
        cursor.next();
        return;
      }
      this.#readEntry(map, true);
    }
  }

  #readEntry(map: ConfMap, isInBraces: boolean): void {
    const cursor = this.#cursor;
    const keyPosition = cursor.position;
    const isQuoted = cursor.peek() === '"' || cursor.peek() === "'";
    const key = isQuoted ? this.#readQuotedKey() : this.#readBareKey();
    if (!isQuoted && key.toLowerCase() === "include" && isSpace(cursor.peek())) {
      this.#readInclude(map);
    } else {
      this.#readSeparator(key, isInBraces);
      map.set(key, { key, keyPosition, value: this.#readValue(), isReferenced: false });
    }
    this.#endEntry(isInBraces);
  }

  #readQuotedKey(): string {
    const cursor = this.#cursor;
    const start = cursor.position;
    const quote = cursor.next();
    const from = cursor.index;
    while (cursor.peek() !== quote) {
      if (cursor.isAtEnd) {
        throw confError("CONF_SYNTAX", start, `this key has no closing ${quote}`);
      }
      cursor.next();
    }
    const key = cursor.textSince(from);
    cursor.next();
    return key;
  }

  #readBareKey(): string {
    const cursor = this.#cursor;
    const from = cursor.index;
    while (!endsBareKey(cursor.peek())) cursor.next();
    const key = cursor.textSince(from);
    if (key === "") throw this.#syntax(`expected a key, found ${this.#found()}`);
    return key;
  }

  /** Moves from the end of a key to the start of its value. */
  #readSeparator(key: string, isInBraces: boolean): void {
    const cursor = this.#cursor;
    cursor.skipSpace();
    if (cursor.peek() === ":" || cursor.peek() === "=") {
      cursor.next();
      if (isInBraces) cursor.skipSpace();
      else cursor.skipBlanks();
    }
    const character = cursor.peek();
    if (character === "" || isNewline(character) || ",;}".includes(character)) {
      throw this.#syntax(`the key "${key}" has no value`);
    }
  }

  #readInclude(map: ConfMap): void {
    const cursor = this.#cursor;
    cursor.skipBlanks();
    const position = cursor.position;
    const path = this.#readIncludePath();
    const { include, includeDepth, file } = this.#context;
    if (include === undefined) {
      throw confError("CONF_INCLUDE_FAILED", position, "include is not allowed here");
    }
    if (includeDepth >= INCLUDE_DEPTH_MAX) {
      const text = `files include one another more than ${INCLUDE_DEPTH_MAX} deep`;
      throw confError("CONF_TOO_DEEP", position, text);
    }
    let included: ConfInclude;
    try {
      included = include(path, file);
    } catch (cause) {
      const reason = cause instanceof Error ? cause.message : String(cause);
      const text = `cannot include "${path}": ${reason}`;
      throw confError("CONF_INCLUDE_FAILED", position, text, { cause });
    }
    const context = { ...this.#context, file: included.file, includeDepth: includeDepth + 1 };
    for (const entry of parseFile(included.text, context).values()) map.set(entry.key, entry);
  }

  #readIncludePath(): string {
    const cursor = this.#cursor;
    const quote = cursor.peek();
    if (quote === '"' || quote === "'") return this.#readQuotedKey();
    const from = cursor.index;
    while (!cursor.isAtEnd && !isSpace(cursor.peek()) && !";}".includes(cursor.peek()))
      cursor.next();
    const path = cursor.textSince(from);
    if (path === "") throw this.#syntax("include needs a path");
    return path;
  }

  /** Checks what follows a value: a comment, a newline, a separator, or the end of what it stands in. */
  #endEntry(isInBraces: boolean): void {
    const cursor = this.#cursor;
    cursor.skipBlanks();
    cursor.skipComment();
    const character = cursor.peek();
    if (character === "" || isNewline(character)) return;
    if (character === "," || character === ";") cursor.next();
    else if (!(isInBraces && character === "}")) {
      const expected = isInBraces ? "a new line, a comma or }" : "a new line or a comma";
      throw this.#syntax(`expected ${expected} after the value, found ${this.#found()}`);
    }
  }

  #readValue(): ConfValue {
    const cursor = this.#cursor;
    const position = cursor.position;
    switch (cursor.peek()) {
      case "{":
        return this.#nested(() => this.#readMap(position));
      case "[":
        return this.#nested(() => this.#readArray(position));
      case '"':
        return { kind: "string", value: readDoubleQuoted(cursor), position };
      case "'":
        return { kind: "string", value: readSingleQuoted(cursor), position };
      case "(":
        return { kind: "string", value: readBlock(cursor), position };
      default:
        return this.#readBareValue(position);
    }
  }

  #readBareValue(position: ConfPosition): ConfValue {
    const word = readBareWord(this.#cursor);
    if (word.hasEscapes) return { kind: "string", value: word.text, position };
    // A bare bcrypt hash starts like a variable and is none.
    if (word.text.startsWith("$") && !word.text.startsWith("$2a$")) {
      return { ...this.#lookUp(word.text.slice(1), position), position };
    }
    return classifyBareWord(word.text, position);
  }

  #readMap(position: ConfPosition): ConfValue {
    this.#cursor.next();
    const entries: ConfMap = new Map();
    this.#scopes.push(entries);
    this.#readEntries(entries, position);
    this.#scopes.pop();
    return { kind: "map", entries, position };
  }

  #readArray(position: ConfPosition): ConfValue {
    const cursor = this.#cursor;
    const items: ConfValue[] = [];
    cursor.next();
    for (;;) {
      cursor.skipSpaceAndComments();
      if (cursor.isAtEnd) throw confError("CONF_SYNTAX", position, "this array has no closing ]");
      if (cursor.peek() === "]") break;
      if (",;}".includes(cursor.peek())) {
        throw this.#syntax(`expected a value or ], found ${this.#found()}`);
      }
      items.push(this.#readValue());
      cursor.skipBlanks();
      cursor.skipComment();
      const character = cursor.peek();
      if (character === ",") cursor.next();
      else if (character !== "]" && character !== "" && !isNewline(character)) {
        throw this.#syntax(`expected a comma, a new line or ], found ${this.#found()}`);
      }
    }
    cursor.next();
    return { kind: "array", items, position };
  }

  #nested(read: () => ConfValue): ConfValue {
    if (this.#depth >= NESTING_MAX) {
      const text = `maps and arrays stand in one another more than ${NESTING_MAX} deep`;
      throw confError("CONF_TOO_DEEP", this.#cursor.position, text);
    }
    this.#depth += 1;
    const value = read();
    this.#depth -= 1;
    return value;
  }

  /** Looks in the maps around, the nearest first, then in the environment. */
  #lookUp(name: string, position: ConfPosition): ConfValue {
    const entry = this.#scopes.findLast((scope) => scope.has(name))?.get(name);
    if (entry !== undefined) {
      markReferenced(entry);
      return entry.value;
    }
    const { environment, resolving } = this.#context;
    if (resolving.has(name)) {
      throw confError("CONF_VARIABLE_CYCLE", position, `$${name} is defined by itself`);
    }
    const text = environment?.[name];
    if (text === undefined) {
      const hint = "set it as a key above or in the environment, or put the text in quotes";
      throw confError("CONF_VARIABLE_UNKNOWN", position, `$${name} is not defined: ${hint}`);
    }
    resolving.add(name);
    try {
      return new Parser(new Cursor(text, `$${name}`), this.#context).readWhole();
    } finally {
      resolving.delete(name);
    }
  }

  #found(): string {
    const character = this.#cursor.peek();
    if (character === "") return "the end of the file";
    return isNewline(character) ? "the end of the line" : `"${character}"`;
  }

  #syntax(text: string): Error {
    return confError("CONF_SYNTAX", this.#cursor.position, text);
  }
}

function markReferenced(entry: ConfEntry): void {
  entry.isReferenced = true;
}

function endsBareKey(character: string): boolean {
  return character === "" || isSpace(character) || ":={}[,;".includes(character);
}
