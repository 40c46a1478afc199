/** One element of DER: its tag, and where its content lies. */
export interface DerElement {
  readonly tag: number;
  /** Where the element begins, tag included. */
  readonly start: number;
  readonly contentStart: number;
  readonly end: number;
}

/** Lengths of more bytes than this are of nothing that exists. */
const lengthSizeMax = 4;

/**
 * Reads the elements of a piece of DER (X.690) one after the other, without going into them. Throws `RangeError` where an
 * element does not lie wholly within the piece or is written in a way that DER does not know.
 */
export class DerReader {
  readonly #bytes: Buffer;
  readonly #end: number;
  #at: number;

  constructor(bytes: Buffer, start = 0, end: number = bytes.length) {
    this.#bytes = bytes;
    this.#at = start;
    this.#end = end;
  }

  get isAtEnd(): boolean {
    return this.#at >= this.#end;
  }

  /** A reader of what is in `element`. */
  into(element: DerElement): DerReader {
    return new DerReader(this.#bytes, element.contentStart, element.end);
  }

  /** The tag of the next element, or `undefined` at the end. */
  peekTag(): number | undefined {
    return this.isAtEnd ? undefined : this.#bytes[this.#at];
  }

  /** The next element, whatever it is. */
  next(): DerElement {
    const start = this.#at;
    const tag = this.#byte(start);
    if ((tag & 0x1f) === 0x1f) throw new RangeError("a tag of several bytes");
    const first = this.#byte(start + 1);
    let contentStart = start + 2;
    let size = first;
    if (first >= 0x80) {
      const count = first & 0x7f;
      if (count === 0 || count > lengthSizeMax) throw new RangeError("a length that DER forbids");
      size = 0;
      for (let index = 0; index < count; index++) size = size * 256 + this.#byte(contentStart++);
    }
    const end = contentStart + size;
    if (end > this.#end) throw new RangeError("an element beyond its container");
    this.#at = end;
    return { tag, start, contentStart, end };
  }

  /** The next element, which has to be of `tag`. */
  expect(tag: number): DerElement {
    const element = this.next();
    if (element.tag !== tag) throw new RangeError(`tag ${element.tag} instead of ${tag}`);
    return element;
  }

  #byte(at: number): number {
    if (at >= this.#end) throw new RangeError("an element beyond its container");
    return this.#bytes[at] as number;
  }
}

/** The object identifier in `bytes`, as numbers between dots. */
export function readObjectIdentifier(bytes: Buffer): string {
  const parts: number[] = [];
  let value = 0;
  for (const byte of bytes) {
    value = value * 128 + (byte & 0x7f);
    if (value > Number.MAX_SAFE_INTEGER) throw new RangeError("an object identifier too large");
    if (byte >= 0x80) continue;
    if (parts.length === 0) {
      const top = Math.min(2, Math.floor(value / 40));
      parts.push(top, value - top * 40);
    } else {
      parts.push(value);
    }
    value = 0;
  }
  return parts.join(".");
}
