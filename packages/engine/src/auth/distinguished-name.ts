/** An attribute, as `type` in capitals, `=` and the value with its escapes resolved. */
type Attribute = string;

/** A distinguished name as RFC 4514 writes it (`CN=ann,OU=dev+UID=7,O=acme`): its parts, each with sorted attributes. */
export type DistinguishedName = readonly (readonly Attribute[])[];

const special = ' "#+,;<=>\\';
const hexPair = /^[0-9a-fA-F]{2}$/;

/** Reads a distinguished name; `undefined` if `text` is none. Values in BER (`#…`) are not supported. */
export function parseDistinguishedName(text: string): DistinguishedName | undefined {
  const parts: Attribute[][] = [];
  let part: Attribute[] = [];
  for (let at = 0; ; ) {
    const equals = text.indexOf("=", at);
    const type = equals < 0 ? "" : text.slice(at, equals).trim().toUpperCase();
    if (!/^[A-Z0-9.-]+$/.test(type) || text[equals + 1] === "#") return undefined;
    const value = readValue(text, equals + 1);
    if (value === undefined) return undefined;
    part.push(`${type}=${value.value}`);
    const separator = text[value.end];
    if (separator !== "+") {
      parts.push(part.sort());
      part = [];
    }
    if (separator === undefined) return parts;
    at = value.end + 1;
  }
}

/** Whether two names are the same, part by part. */
export function equalNames(a: DistinguishedName, b: DistinguishedName): boolean {
  return a.length === b.length && a.every((part, index) => equalParts(part, b[index] ?? []));
}

/** Whether two names have the same parts, in any order. */
export function haveSameParts(a: DistinguishedName, b: DistinguishedName): boolean {
  const key = (part: readonly Attribute[]): string => part.join("\0");
  const sorted = (name: DistinguishedName): string[] => name.map(key).sort();
  const others = sorted(b);
  return a.length === b.length && sorted(a).every((part, index) => part === others[index]);
}

function equalParts(a: readonly Attribute[], b: readonly Attribute[]): boolean {
  return a.length === b.length && a.every((attribute, index) => attribute === b[index]);
}

/** Reads a value up to the next comma or plus sign, or the end. Blanks around it that are not escaped do not count. */
function readValue(text: string, start: number): { value: string; end: number } | undefined {
  const bytes: Buffer[] = [];
  let sizeKept = 0;
  let size = 0;
  let at = start;
  for (; at < text.length && text[at] !== "," && text[at] !== "+"; at++) {
    const char = String.fromCodePoint(text.codePointAt(at) as number);
    if (char === " " && size === 0) continue;
    let piece = Buffer.from(char);
    const isEscaped = char === "\\";
    if (isEscaped) {
      const next = text[at + 1] ?? "";
      const pair = text.slice(at + 1, at + 3);
      if (next !== "" && special.includes(next)) piece = Buffer.from(next);
      else if (hexPair.test(pair)) piece = Buffer.from(pair, "hex");
      else return undefined;
      at += special.includes(next) ? 1 : 2;
    } else {
      at += char.length - 1;
    }
    bytes.push(piece);
    size += piece.length;
    if (isEscaped || char !== " ") sizeKept = size;
  }
  return { value: Buffer.concat(bytes).subarray(0, sizeKept).toString("utf8"), end: at };
}
