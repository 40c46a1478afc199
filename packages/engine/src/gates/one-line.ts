/** A text that may hold what a message holds, on one line: so that it ends no line of the protocol and no header. */
export function oneLine(text: string, charsMax: number): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: it is these that are to go.
  return text.slice(0, charsMax).replace(/[\u0000-\u001f\u007f]+/g, " ");
}
