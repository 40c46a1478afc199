const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
const values: ReadonlyMap<string, number> = new Map(
  [...alphabet].map((char, index) => [char, index]),
);

/** The text of `bytes` in base 32 (RFC 4648), without padding. */
export function encodeBase32(bytes: Uint8Array): string {
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

/** The whole bytes that `text` stands for; `undefined` if a character is none of base 32. Bits beyond are dropped. */
export function decodeBase32(text: string): Buffer | undefined {
  const bytes = Buffer.alloc(Math.floor((text.length * 5) / 8));
  let bits = 0;
  let bitCount = 0;
  let size = 0;
  for (const char of text) {
    const value = values.get(char);
    if (value === undefined) return undefined;
    bits = ((bits << 5) | value) & 0xfff;
    bitCount += 5;
    if (bitCount >= 8) {
      bitCount -= 8;
      bytes[size++] = (bits >>> bitCount) & 0xff;
    }
  }
  return bytes;
}
