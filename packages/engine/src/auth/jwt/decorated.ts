/** The line before a token in a file made by nats tools, the token, and the line after it. */
const decoration = /-{3,}[^\n]*-{3,}\r?\n([\s\S]+?)\r?\n\s*-{3,}[^\n]*-{3,}/;

/** The token of a file that may have decoration around it (`-----BEGIN NATS OPERATOR JWT-----`). */
export function undecorate(text: string): string {
  const match = decoration.exec(text);
  return (match?.[1] ?? text).trim();
}
