import { createHash } from "node:crypto";

const magic = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";

/** What shows that a server has read the key of a request (RFC 6455, section 1.3). */
export function acceptKey(key: string): string {
  return createHash("sha1").update(key).update(magic).digest("base64");
}
