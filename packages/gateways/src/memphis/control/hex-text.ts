/** Digits of the number of a character that have been seen: which character, or which it may be. */
interface Reading {
  /** How unlikely what was read so far is. */
  readonly cost: number;
  /** Digits of the last character. */
  readonly digits: number;
}

/**
 * The message that an SDK has written in hexadecimal digits. Most write two for each byte of UTF-8. That for Node writes the
 * number of each character of the text without leading zeros: one digit for a line feed, two for most, three or four for
 * what is beyond Latin-1. So it can't be told for sure where one ends; what is likely in a text is taken.
 */
export function decodeHex(hex: string): Buffer {
  if (!/^[0-9a-fA-F]*$/.test(hex)) return Buffer.from(hex);
  if (hex.length % 2 === 0) {
    const bytes = Buffer.from(hex, "hex");
    if (isPlainText(bytes)) return bytes;
  }
  return Buffer.from(likelyText(hex));
}

/** Whether bytes are UTF-8 without what a text does not hold. */
function isPlainText(bytes: Buffer): boolean {
  const text = bytes.toString("utf8");
  return !text.includes("\ufffd") && !/[^\P{Cc}\t\n\r]/u.test(text);
}

function likelyText(hex: string): string {
  const best: Reading[] = [{ cost: 0, digits: 0 }];
  for (let end = 1; end <= hex.length; end++) {
    let found: Reading = { cost: Number.POSITIVE_INFINITY, digits: 1 };
    for (let digits = 1; digits <= Math.min(4, end); digits++) {
      const start = end - digits;
      if (digits > 1 && hex[start] === "0") continue;
      const cost = (best[start]?.cost ?? 0) + costOf(hex.slice(start, end));
      if (cost < found.cost) found = { cost, digits };
    }
    best.push(found);
  }
  const units: string[] = [];
  for (let end = hex.length; end > 0; ) {
    const start = end - (best[end]?.digits ?? 1);
    units.push(String.fromCharCode(Number.parseInt(hex.slice(start, end), 16)));
    end = start;
  }
  return units.reverse().join("");
}

/** How unlikely a character is in a text. */
function costOf(digits: string): number {
  const unit = Number.parseInt(digits, 16);
  if (unit >= 0x20 && unit < 0x7f) return 0;
  if (unit === 0x09 || unit === 0x0a) return 1;
  if (unit === 0x0d) return 4;
  if (unit >= 0xa0 && unit <= 0xff) return 3;
  if (unit >= 0x0400 && unit < 0xe000) return 3;
  return unit > 0xff ? 4 : 8;
}
