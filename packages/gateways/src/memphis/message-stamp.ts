import { findHeader, removeHeader } from "@oxbow/wire/nats";
import { stampHeader, stampText } from "oxbow/internal";

const stampName = Buffer.from(stampHeader);
const crlfSize = 2;
/** What SDKs put behind the name of a station. */
const suffix = Buffer.from(".final");

/**
 * Stamps the messages of one client: that they came in here, and as whom. What a client has written there itself is
 * replaced. The producer's name stands in a header of the SDK.
 */
export class MessageStamp {
  readonly #lineAndEnd: Buffer;
  readonly #alone: Buffer;
  readonly #value = { start: 0, end: 0 };

  constructor(user: string) {
    const line = `${stampHeader}: ${stampText({ door: "memphis", user })}\r\n\r\n`;
    this.#lineAndEnd = Buffer.from(line);
    this.#alone = Buffer.from(`NATS/1.0\r\n${line}`);
  }

  /** @returns The headers of a message to a subject with the stamp; as they are for what goes to no station. */
  put(subject: Buffer, headers: Buffer): Buffer {
    if (!endsWith(subject, suffix)) return headers;
    const size = headers.length;
    if (size === 0) return this.#alone;
    const isForged = findHeader(headers, 0, size, stampName, this.#value);
    const own = isForged ? removeHeader(headers, 0, size, stampHeader) : headers;
    if (own.length === 0) return this.#alone;
    return Buffer.concat([own.subarray(0, own.length - crlfSize), this.#lineAndEnd]);
  }
}

function endsWith(bytes: Buffer, end: Buffer): boolean {
  const start = bytes.length - end.length;
  return start >= 0 && end.compare(bytes, start) === 0;
}
