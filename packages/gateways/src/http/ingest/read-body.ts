import type { Readable } from "node:stream";
import { apiError } from "oxbow/control";

/** Reads a body as it comes. @throws OxbowError `API_REQUEST_TOO_LARGE` */
export async function readBody(stream: Readable, bytesMax: number): Promise<Buffer> {
  const parts: Buffer[] = [];
  let bytes = 0;
  for await (const part of stream as AsyncIterable<Buffer>) {
    bytes += part.length;
    if (bytes > bytesMax) {
      const message = `the body is larger than ${bytesMax} bytes, which is what a message can have: raise --max-payload`;
      throw apiError("API_REQUEST_TOO_LARGE", message);
    }
    parts.push(part);
  }
  return Buffer.concat(parts, bytes);
}
