const bytesPerLine = 16;

/** Bytes as programmers read them: where, sixteen of them, and what of it is text. */
export function hexText(bytes: Uint8Array): string {
  const lines: string[] = [];
  for (let start = 0; start < bytes.length; start += bytesPerLine) {
    const line = bytes.subarray(start, start + bytesPerLine);
    const hex = [...line].map((byte) => byte.toString(16).padStart(2, "0"));
    const halves = [hex.slice(0, 8).join(" "), hex.slice(8).join(" ")].join("  ");
    const text = [...line]
      .map((byte) => (byte >= 0x20 && byte < 0x7f ? String.fromCharCode(byte) : "."))
      .join("");
    lines.push(`${start.toString(16).padStart(8, "0")}  ${halves.padEnd(49)} ${text}`);
  }
  return lines.join("\n");
}

/** The bytes of a payload as an answer has it. */
export function bytesOf({
  payload,
  encoding,
}: {
  readonly payload: string;
  readonly encoding: "text" | "base64";
}): Uint8Array {
  if (encoding === "text") return new TextEncoder().encode(payload);
  return Uint8Array.from(atob(payload), (char) => char.charCodeAt(0));
}
