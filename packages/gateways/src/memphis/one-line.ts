const bytesMax = 1024;

/** A text as the value of a header: one line without control characters, cut to 1,024 bytes. */
export function oneLine(text: string): string {
  const line = text
    .toWellFormed()
    .replace(/\p{Cc}+/gu, " ")
    .trim();
  if (Buffer.byteLength(line) <= bytesMax) return line;
  // A character that is cut in two is left out.
  return Buffer.from(line)
    .subarray(0, bytesMax)
    .toString()
    .replace(/\ufffd+$/, "");
}
