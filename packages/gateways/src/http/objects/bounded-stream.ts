import type { Readable } from "node:stream";
import { apiError } from "oxbow/control";

/**
 * What comes in as a stream of the web, as slowly as it is taken, until it is more than is allowed.
 *
 * @param bytesMax - Of all of it; beyond that it fails with `API_REQUEST_TOO_LARGE`.
 */
export function bounded(source: Readable, bytesMax: number): ReadableStream<Uint8Array> {
  const chunks = source[Symbol.asyncIterator]() as AsyncIterator<Uint8Array>;
  let left = bytesMax;
  return new ReadableStream<Uint8Array>({
    async pull(controller) {
      const { done, value } = await chunks.next();
      if (done === true) {
        controller.close();
        return;
      }
      left -= value.length;
      if (left < 0) {
        const text = `the object is larger than the ${bytesMax} bytes that are taken`;
        controller.error(apiError("API_REQUEST_TOO_LARGE", text));
        await chunks.return?.();
        return;
      }
      controller.enqueue(value);
    },
    async cancel() {
      await chunks.return?.();
    },
  });
}
