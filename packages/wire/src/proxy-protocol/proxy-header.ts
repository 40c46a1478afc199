import { prefixOfVersion1, readVersion1 } from "./version-1.ts";
import { readVersion2, signatureOfVersion2 } from "./version-2.ts";

/** Where a proxied connection comes from. */
export interface ProxySource {
  readonly address: string;
  readonly port: number;
}

/** What the first bytes of a connection are. */
export type ProxyHeader =
  /** Not enough to tell. */
  | { readonly t: "incomplete" }
  /** No header: a client without a proxy before it. */
  | { readonly t: "absent" }
  /** Begins like a header and is none that can be read. */
  | { readonly t: "invalid"; readonly reason: string }
  /** The first `size` bytes. Without a source the proxy speaks for itself, to see whether somebody listens. */
  | { readonly t: "header"; readonly size: number; readonly source: ProxySource | undefined };

/** As many bytes tell whether there is a header at all. */
const detectionSize = 6;

/**
 * Reads the header of the PROXY protocol, version 1 or 2 (haproxy.org/download/3.0/doc/proxy-protocol.txt), at the
 * beginning of `bytes`. To be called again with more when it is incomplete; it never asks for more than
 * {@link PROXY_HEADER_SIZE_MAX} bytes.
 */
export function readProxyHeader(bytes: Buffer): ProxyHeader {
  if (beginsLike(bytes, prefixOfVersion1)) {
    return bytes.length < detectionSize ? { t: "incomplete" } : readVersion1(bytes);
  }
  if (beginsLike(bytes, signatureOfVersion2)) {
    return bytes.length < detectionSize ? { t: "incomplete" } : readVersion2(bytes);
  }
  return { t: "absent" };
}

/** Whether the first bytes, as far as they are there, are those of `pattern`. */
function beginsLike(bytes: Buffer, pattern: Buffer): boolean {
  const size = Math.min(bytes.length, detectionSize);
  return bytes.compare(pattern, 0, size, 0, size) === 0;
}
