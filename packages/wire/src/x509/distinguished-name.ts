import { type DerElement, type DerReader, readObjectIdentifier } from "./der-reader.ts";
import { oidTag, sequenceTag, setTag } from "./tags.ts";

/** Short names of attributes: those of RFC 2253, and two more that nats-server's users write. */
const attributeNames: Readonly<Record<string, string>> = {
  "2.5.4.3": "CN",
  "2.5.4.5": "SERIALNUMBER",
  "2.5.4.6": "C",
  "2.5.4.7": "L",
  "2.5.4.8": "ST",
  "2.5.4.9": "STREET",
  "2.5.4.10": "O",
  "2.5.4.11": "OU",
  "2.5.4.17": "POSTALCODE",
  "0.9.2342.19200300.100.1.1": "UID",
  "0.9.2342.19200300.100.1.25": "DC",
};

/** The tags of strings, with how they are decoded. */
const utf8Tag = 0x0c;
const utf16Tag = 0x1e;
const latinTags: ReadonlySet<number> = new Set([0x12, 0x13, 0x14, 0x16, 0x1a]);

/**
 * A distinguished name as RFC 2253 writes it: last part first, `CN=a,OU=b+OU=c,O=d`. Attributes without a short name are
 * written by their number, values that are no text as `#` and the hex of their DER.
 */
export function readDistinguishedName(bytes: Buffer, reader: DerReader): string {
  const parts: string[] = [];
  while (!reader.isAtEnd) {
    const attributes: string[] = [];
    const set = reader.into(reader.expect(setTag));
    while (!set.isAtEnd) {
      const attribute = set.into(set.expect(sequenceTag));
      const type = attribute.expect(oidTag);
      const number = readObjectIdentifier(bytes.subarray(type.contentStart, type.end));
      attributes.push(writeAttribute(bytes, number, attribute.next()));
    }
    if (attributes.length > 0) parts.push(attributes.join("+"));
  }
  return parts.reverse().join(",");
}

function writeAttribute(bytes: Buffer, number: string, value: DerElement): string {
  const name = attributeNames[number];
  const text = name === undefined ? undefined : decodeText(bytes, value);
  if (text === undefined) {
    return `${name ?? number}=#${bytes.toString("hex", value.start, value.end)}`;
  }
  return `${name}=${escapeValue(text)}`;
}

function decodeText(bytes: Buffer, value: DerElement): string | undefined {
  const { tag, contentStart, end } = value;
  if (tag === utf8Tag) return bytes.toString("utf8", contentStart, end);
  if (latinTags.has(tag)) return bytes.toString("latin1", contentStart, end);
  if (tag !== utf16Tag || (end - contentStart) % 2 !== 0) return undefined;
  return Buffer.from(bytes.subarray(contentStart, end)).swap16().toString("utf16le");
}

const special: ReadonlySet<string> = new Set([",", "+", '"', "\\", "<", ">", ";"]);

/** Escapes what would end the value or is lost at its edges. */
function escapeValue(text: string): string {
  const last = text.length - 1;
  let escaped = "";
  for (let at = 0; at <= last; at++) {
    const character = text[at] as string;
    const isAtEdge =
      (character === " " && (at === 0 || at === last)) || (character === "#" && at === 0);
    if (character === "\0") escaped += "\\00";
    else escaped += isAtEdge || special.has(character) ? `\\${character}` : character;
  }
  return escaped;
}
