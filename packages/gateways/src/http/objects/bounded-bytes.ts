import { apiError } from "oxbow/control";

/**
 * What comes in, as slowly as it is taken, until it is more than is allowed.
 *
 * @param bytesMax - Of all of it.
 * @throws OxbowError `API_REQUEST_TOO_LARGE` for what is beyond
 */
export async function* boundedBytes(
  source: AsyncIterable<Uint8Array>,
  bytesMax: number,
): AsyncGenerator<Uint8Array> {
  let left = bytesMax;
  for await (const bytes of source) {
    left -= bytes.length;
    if (left < 0) {
      const text = `the object is larger than the ${bytesMax} bytes that are taken`;
      throw apiError("API_REQUEST_TOO_LARGE", text);
    }
    yield bytes;
  }
}
