import { gzipSync } from "node:zlib";
import { encodeHeaders } from "@oxbow/wire/nats";
import { encodeSnappy } from "@oxbow/wire/nats-archive";

/** A payload, with the header block before it that says how it is encoded; `headersSize` is 0 for none. */
export interface EncodedTrace {
  readonly bytes: Buffer;
  readonly headersSize: number;
}

/** Encodes a trace as the publisher of the message accepts it: `gzip`, `snappy` (also for `s2`), or as it is. */
export function encodeTrace(json: string, accepted: string): EncodedTrace {
  const plain = Buffer.from(json);
  if (accepted === "") return { bytes: plain, headersSize: 0 };
  const wanted = accepted.toLowerCase();
  if (wanted.includes("snappy") || wanted.includes("s2")) {
    return withEncoding("snappy", encodeSnappy(plain));
  }
  if (wanted.includes("gzip")) return withEncoding("gzip", gzipSync(plain));
  return withEncoding("identity", plain);
}

function withEncoding(name: string, body: Buffer): EncodedTrace {
  const headers = encodeHeaders(undefined, [["Content-Encoding", name]]);
  return { bytes: Buffer.concat([headers, body]), headersSize: headers.length };
}
