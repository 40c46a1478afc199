import { isUtf8 } from "node:buffer";
import { Misfit } from "./path.ts";

/**
 * Reads a JSON text in UTF-8 (RFC 8259).
 *
 * @throws Misfit of the rule `encoding`
 */
export function parseJsonText(buffer: Buffer, start: number, end: number): unknown {
  if (!isUtf8(buffer.subarray(start, end))) throw new Misfit("encoding", "is not UTF-8");
  try {
    return JSON.parse(buffer.toString("utf8", start, end));
  } catch (error) {
    throw new Misfit("encoding", `is not JSON: ${(error as Error).message}`);
  }
}
