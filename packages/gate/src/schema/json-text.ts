import { isUtf8 } from "node:buffer";
import { Misfit } from "./path.ts";

/** What stands in a text where its bytes were not UTF-8. */
const replacement = "\ufffd";

/**
 * Reads a JSON text in UTF-8 (RFC 8259).
 *
 * @throws Misfit of the rule `encoding`
 */
export function parseJsonText(buffer: Buffer, start: number, end: number): unknown {
  const text = buffer.toString("utf8", start, end);
  // It may also stand there because its author wrote it; that is rare, and looking for it costs next to nothing.
  if (text.includes(replacement) && !isUtf8(buffer.subarray(start, end))) {
    throw new Misfit("encoding", "is not UTF-8");
  }
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new Misfit("encoding", `is not JSON: ${(error as Error).message}`);
  }
}
