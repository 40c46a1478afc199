import { createHash } from "node:crypto";
import type { Oxbow } from "oxbow";
import { httpError } from "../errors.ts";
import { objectLimits } from "./limits.ts";
import type { ObjectRecord } from "./object-record.ts";

/**
 * The bytes of an object, as fast as they are taken: the official client would put all of them into memory for somebody who
 * reads slowly. The last piece is given once all are known to be those that were stored: else it ends with an error before.
 */
export async function* objectBytes(
  client: Oxbow,
  bucket: string,
  { document: { nuid, size, digest } }: ObjectRecord,
): AsyncGenerator<Uint8Array> {
  if (size === 0) return;
  const hash = createHash("sha256");
  const replay = client.station(`OBJ_${bucket}`, { codec: "bytes" }).replay({
    from: "beginning",
    keys: [`$O.${bucket}.C.${nuid}`],
    stopAtEnd: true,
    prefetch: objectLimits.chunksAheadMax,
  });
  let read = 0;
  let held: Uint8Array | undefined;
  try {
    for await (const { data } of replay) {
      hash.update(data);
      read += data.length;
      if (held !== undefined) yield held;
      held = data;
      if (read >= size) break;
    }
  } finally {
    await replay.stop();
  }
  const found = `SHA-256=${hash.digest("base64url")}`;
  if (held === undefined || read !== size || found !== digest.replace(/=+$/, "")) {
    const text = `an object of ${bucket} is damaged: its bytes are not those that were stored`;
    throw httpError("OBJECT_CORRUPT", text);
  }
  yield held;
}
