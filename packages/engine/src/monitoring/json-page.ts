import { encodeText } from "../json/encode.ts";
import type { JsonValue } from "../json/shape.ts";
import { BadRequest } from "./bad-request.ts";
import type { Pacer } from "./pacer.ts";

/** Most bytes of an answer to one who looks at the server. */
export const pageSizeMax: number = 64 * 1024 * 1024;

/** A list whose items are made when it is their turn to be written: of which there may be many, and large ones. */
export class LaterList {
  readonly length: number;
  readonly #make: () => Iterable<unknown>;

  private constructor(length: number, make: () => Iterable<unknown>) {
    this.length = length;
    this.#make = make;
  }

  static of<Item>(items: readonly Item[], describe: (item: Item) => unknown): LaterList {
    return new LaterList(items.length, function* make() {
      for (const item of items) yield describe(item);
    });
  }

  [Symbol.iterator](): Iterator<unknown> {
    return this.#make()[Symbol.iterator]();
  }
}

/**
 * The text of JSON that may be long, made with pauses, so that nobody has to wait for it: as Go writes it, `bigint` with
 * all its digits, members that are `undefined` left out.
 *
 * @param step - Blanks of one step in: `""` is JSON on one line.
 * @throws BadRequest where it would have more than {@link pageSizeMax} bytes.
 */
export async function jsonPage(value: object, step: "" | "  ", pacer: Pacer): Promise<string> {
  const parts: string[] = [];
  let size = 0;
  for (const piece of new Pieces(step).of(value, "")) {
    parts.push(piece);
    size += piece.length;
    if (size > pageSizeMax) {
      throw new BadRequest(
        `the answer would have more than ${pageSizeMax} bytes: ask for less at a time with limit and offset`,
      );
    }
    if (pacer.isDue) await pacer.pause();
  }
  return parts.join("");
}

/** Takes JSON to pieces of text. */
class Pieces {
  readonly #step: string;
  readonly #lineEnd: string;
  readonly #colon: string;
  /** Names of members with what follows them, as they were written before. */
  readonly #names: Map<string, string> = new Map();

  constructor(step: string) {
    this.#step = step;
    this.#lineEnd = step === "" ? "" : "\n";
    this.#colon = step === "" ? ":" : ": ";
  }

  *of(value: unknown, indent: string): Generator<string> {
    const text = this.#whole(value, indent);
    if (text !== undefined) yield text;
    else if (value instanceof LaterList || Array.isArray(value)) yield* this.#list(value, indent);
    else yield* this.#object(value as object, indent);
  }

  *#list(items: Iterable<unknown>, indent: string): Generator<string> {
    const inner = indent + this.#step;
    let before = `[${this.#lineEnd}${inner}`;
    for (const item of items) {
      const text = this.#whole(item, inner);
      if (text !== undefined) yield before + text;
      else {
        yield before;
        yield* this.of(item, inner);
      }
      before = `,${this.#lineEnd}${inner}`;
    }
    yield before.startsWith("[") ? "[]" : `${this.#lineEnd}${indent}]`;
  }

  *#object(value: object, indent: string): Generator<string> {
    const inner = indent + this.#step;
    let before = `{${this.#lineEnd}${inner}`;
    for (const [name, member] of Object.entries(value)) {
      if (member === undefined) continue;
      yield before + this.#nameOf(name);
      yield* this.of(member, inner);
      before = `,${this.#lineEnd}${inner}`;
    }
    yield before.startsWith("{") ? "{}" : `${this.#lineEnd}${indent}}`;
  }

  /** The text of what has nothing below it that has members or items: most of a page, made without detours. */
  #whole(value: unknown, indent: string): string | undefined {
    if (typeof value !== "object" || value === null) return encodeText(value as JsonValue);
    if (value instanceof LaterList || Array.isArray(value)) return undefined;
    const between = `${this.#lineEnd}${indent}${this.#step}`;
    let text = "";
    for (const [name, member] of Object.entries(value)) {
      if (member === undefined) continue;
      if (typeof member === "object" && member !== null) return undefined;
      const shown = encodeText(member as JsonValue);
      text += `${text === "" ? "{" : ","}${between}${this.#nameOf(name)}${shown}`;
    }
    return text === "" ? "{}" : `${text}${this.#lineEnd}${indent}}`;
  }

  #nameOf(name: string): string {
    let text = this.#names.get(name);
    if (text === undefined) {
      text = `${encodeText(name)}${this.#colon}`;
      this.#names.set(name, text);
    }
    return text;
  }
}
