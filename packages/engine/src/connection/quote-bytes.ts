import { goQuote } from "@oxbow/wire/go-text";

const decoder = new TextDecoder("utf-8", { fatal: true });

/** Quotes bytes as Go's `%q` does: text as text, and each byte that is not part of any as `\xHH`. */
export function quoteBytes(bytes: Uint8Array): string {
  try {
    return goQuote(decoder.decode(bytes));
  } catch {
    return `"${quoteMixed(bytes)}"`;
  }
}

/** Cuts what is text out of what is not, character by character. */
function quoteMixed(bytes: Uint8Array): string {
  let quoted = "";
  for (let at = 0; at < bytes.length; ) {
    const size = characterSize(bytes, at);
    const text = size === 0 ? undefined : tryDecode(bytes.subarray(at, at + size));
    if (text === undefined) {
      quoted += `\\x${(bytes[at] ?? 0).toString(16).padStart(2, "0")}`;
      at += 1;
    } else {
      quoted += goQuote(text).slice(1, -1);
      at += size;
    }
  }
  return quoted;
}

/** Bytes of the character that begins at `at` by its first byte; 0 if none begins there. */
function characterSize(bytes: Uint8Array, at: number): number {
  const first = bytes[at] ?? 0;
  if (first < 0x80) return 1;
  if (first >= 0xc2 && first < 0xe0) return 2;
  if (first >= 0xe0 && first < 0xf0) return 3;
  return first >= 0xf0 && first < 0xf5 ? 4 : 0;
}

function tryDecode(bytes: Uint8Array): string | undefined {
  try {
    return decoder.decode(bytes);
  } catch {
    return undefined;
  }
}
