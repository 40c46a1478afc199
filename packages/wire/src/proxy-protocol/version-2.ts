import { formatAddress } from "./ip-address.ts";
import { PROXY_HEADER_SIZE_MAX } from "./limits.ts";
import type { ProxyHeader } from "./proxy-header.ts";

export const signatureOfVersion2: Buffer = Buffer.from("\r\n\r\n\0\r\nQUIT\n", "latin1");

const fixedSize = 16;

/** High half of the byte behind the signature. */
const version = 2;
/** Low half. */
const localCommand = 0;
const proxyCommand = 1;

/** Address families, in the high half of the next byte, and the one transport that is known, in the low half. */
const unspecifiedFamily = 0;
const inetFamily = 1;
const inet6Family = 2;
const streamTransport = 1;

/**
 *     +---------------------+---------------+----------------+------------+---------------------------------+
 *     | signature (12)      | version,      | family,        | size (2)   | source, destination,            |
 *     |                     | command (1)   | transport (1)  | of the rest| their ports, extensions         |
 *     +---------------------+---------------+----------------+------------+---------------------------------+
 */
export function readVersion2(bytes: Buffer): ProxyHeader {
  const known = Math.min(bytes.length, signatureOfVersion2.length);
  if (bytes.compare(signatureOfVersion2, 0, known, 0, known) !== 0) {
    return invalid("a signature of version 2 that is not whole");
  }
  if (bytes.length < fixedSize) return { t: "incomplete" };
  const command = (bytes[12] as number) & 0x0f;
  const family = (bytes[13] as number) >> 4;
  const size = fixedSize + bytes.readUInt16BE(14);
  if ((bytes[12] as number) >> 4 !== version) return invalid("a version that is not 2");
  if (command !== localCommand && command !== proxyCommand) return invalid("an unknown command");
  if (size > PROXY_HEADER_SIZE_MAX) return invalid("more extensions than are taken");
  const isWhole = bytes.length >= size;
  if (command === localCommand) return whole(isWhole, size);
  if (((bytes[13] as number) & 0x0f) !== streamTransport) {
    return invalid("a transport that is not a stream");
  }
  if (family === unspecifiedFamily) return whole(isWhole, size);
  if (family !== inetFamily && family !== inet6Family) return invalid("an unknown address family");
  const addressSize = family === inetFamily ? 4 : 16;
  if (size < fixedSize + 2 * addressSize + 4) return invalid("too short for its addresses");
  if (!isWhole) return { t: "incomplete" };
  const address = formatAddress(bytes.subarray(fixedSize, fixedSize + addressSize));
  const port = bytes.readUInt16BE(fixedSize + 2 * addressSize);
  return { t: "header", size, source: { address, port } };
}

/** A header without a source, if it is there. */
function whole(isWhole: boolean, size: number): ProxyHeader {
  return isWhole ? { t: "header", size, source: undefined } : { t: "incomplete" };
}

function invalid(reason: string): ProxyHeader {
  return { t: "invalid", reason };
}
