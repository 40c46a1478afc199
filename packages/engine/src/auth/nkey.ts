/** What a public key stands for: the first letter of its text. */
export type NkeyKind = "server" | "curve";

/** A kind's five bits, as nkeys put them first: the position of the letter in the base-32 alphabet, times 8. */
const prefixes: Readonly<Record<NkeyKind, number>> = { server: 13 << 3, curve: 23 << 3 };
const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
const keySize = 32;

/**
 * The text form of a public key, 56 characters:
 *
 *     base32( prefix (1 B) | key (32 B) | CRC-16/XMODEM of both (2 B, LE) )
 */
export function encodeNkey(kind: NkeyKind, publicKey: Uint8Array): string {
  const bytes = Buffer.alloc(1 + keySize + 2);
  bytes[0] = prefixes[kind];
  bytes.set(publicKey.subarray(0, keySize), 1);
  bytes.writeUInt16LE(crc16(bytes, 1 + keySize), 1 + keySize);
  return base32(bytes);
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

function base32(bytes: Uint8Array): string {
  let text = "";
  let bits = 0;
  let bitCount = 0;
  for (const byte of bytes) {
    bits = (bits << 8) | byte;
    bitCount += 8;
    while (bitCount >= 5) {
      bitCount -= 5;
      text += alphabet[(bits >>> bitCount) & 31];
    }
    bits &= 31;
  }
  return bitCount === 0 ? text : text + alphabet[(bits << (5 - bitCount)) & 31];
}
