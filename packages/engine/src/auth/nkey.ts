import { decodeBase32, encodeBase32 } from "./base32.ts";

/** What a key is for: the first letter of its public text. */
export type NkeyKind = "operator" | "account" | "user" | "server" | "cluster" | "curve";

/** A kind's five bits, as nkeys put them first: the position of the letter in the base-32 alphabet, times 8. */
const prefixes: Readonly<Record<NkeyKind, number>> = {
  operator: 14 << 3,
  account: 0,
  user: 20 << 3,
  server: 13 << 3,
  cluster: 2 << 3,
  curve: 23 << 3,
};
const kinds: ReadonlyMap<number, NkeyKind> = new Map(
  (Object.keys(prefixes) as NkeyKind[]).map((kind) => [prefixes[kind], kind]),
);
/** The letter `S` that private keys begin with. */
const seedPrefix = 18 << 3;
const keySize = 32;
const crcSize = 2;
const publicTextLength = 56;
const seedTextLength = 58;

/** A key, public or secret, and what it is for. */
export interface Nkey {
  readonly kind: NkeyKind;
  /** 32 bytes. */
  readonly key: Buffer;
}

/**
 * The text form of a public key, 56 characters:
 *
 *     base32( prefix (1 B) | key (32 B) | CRC-16/XMODEM of both (2 B, LE) )
 */
export function encodeNkey(kind: NkeyKind, publicKey: Uint8Array): string {
  return encode([prefixes[kind]], publicKey);
}

/** What the text of a public key says; `undefined` if it is none. */
export function decodeNkey(text: string): Nkey | undefined {
  const bytes = text.length === publicTextLength ? decode(text) : undefined;
  const kind = bytes === undefined ? undefined : kinds.get(bytes[0] as number);
  if (bytes === undefined || kind === undefined) return undefined;
  return { kind, key: bytes.subarray(1, 1 + keySize) };
}

/** Whether `text` is a public key of that kind. */
export function isNkey(kind: NkeyKind, text: string): boolean {
  return decodeNkey(text)?.kind === kind;
}

/**
 * The text form of the secret half of a key pair, 58 characters. The kind takes the 5 bits after those of the `S`:
 *
 *     base32( S (5 bits) | kind (5 bits) | 0 (6 bits) | seed (32 B) | CRC-16/XMODEM (2 B, LE) )
 */
export function encodeSeed(kind: NkeyKind, seed: Uint8Array): string {
  const prefix = prefixes[kind];
  return encode([seedPrefix | (prefix >> 5), (prefix & 31) << 3], seed);
}

/** What the text of a seed says; `undefined` if it is none. */
export function decodeSeed(text: string): Nkey | undefined {
  const bytes = text.length === seedTextLength ? decode(text) : undefined;
  if (bytes === undefined) return undefined;
  const [first, second] = bytes as unknown as [number, number];
  if ((first & 0xf8) !== seedPrefix) return undefined;
  const kind = kinds.get(((first & 7) << 5) | ((second & 0xf8) >> 3));
  return kind === undefined ? undefined : { kind, key: bytes.subarray(2, 2 + keySize) };
}

function encode(prefix: readonly number[], key: Uint8Array): string {
  const end = prefix.length + keySize;
  const bytes = Buffer.alloc(end + crcSize);
  bytes.set(prefix, 0);
  bytes.set(key.subarray(0, keySize), prefix.length);
  bytes.writeUInt16LE(crc16(bytes, end), end);
  return encodeBase32(bytes);
}

/** The bytes of `text` without their checksum; `undefined` if that is wrong. */
function decode(text: string): Buffer | undefined {
  const bytes = decodeBase32(text);
  if (bytes === undefined) return undefined;
  const end = bytes.length - crcSize;
  return bytes.readUInt16LE(end) === crc16(bytes, end) ? bytes.subarray(0, end) : undefined;
}

function crc16(bytes: Uint8Array, end: number): number {
  let crc = 0;
  for (let index = 0; index < end; index++) {
    crc ^= (bytes[index] as number) << 8;
    for (let bit = 0; bit < 8; bit++) {
      crc = ((crc & 0x8000) === 0 ? crc << 1 : (crc << 1) ^ 0x1021) & 0xffff;
    }
  }
  return crc;
}
