import { copyBytes, findHeader, type HeaderValue, removeHeader } from "@oxbow/wire/nats";
import { type ClientInfo, orderedInfo, parseClientInfo } from "./client-info.ts";
import type { MessageView } from "./message.ts";

/** The header that tells a service who asks. */
export const requestInfoHeader = "Nats-Request-Info";

const name = Buffer.from(requestInfoHeader);
const firstLine = Buffer.from("NATS/1.0\r\n");
const lineStart = Buffer.from(`${requestInfoHeader}: `);
const lineEnd = Buffer.from("\r\n");
const noBytes: Buffer = Buffer.alloc(0);
/** A larger buffer is not kept. */
const keptSizeMax = 64 * 1024;

/** The end of reply subjects of fast batches (ADR-50): those who take them need the whole. */
const fastBatchSuffix = Buffer.from(".$FI");

/** What the header of a message says about who asks; `undefined` if there is none. */
export function readRequestInfo(message: MessageView): ClientInfo | undefined {
  const { payloadBuffer: buffer, payloadStart: start, headersSize } = message;
  const value: HeaderValue = { start: 0, end: 0 };
  if (headersSize === 0 || !findHeader(buffer, start, start + headersSize, name, value)) {
    return undefined;
  }
  return parseClientInfo(buffer.toString("utf8", value.start, value.end));
}

/** The reply subject of a request of a fast batch, which a service import would hide; else `undefined`. */
export function fastBatchReply(message: MessageView): string | undefined {
  const { replyBuffer, replyEnd } = message;
  const start = replyEnd - fastBatchSuffix.length;
  if (start < message.replyStart) return undefined;
  return fastBatchSuffix.compare(replyBuffer, start, replyEnd) === 0
    ? message.replyText()
    : undefined;
}

/** Makes copies of messages that say who asks, in one buffer that is used again and again. */
export class RequestInfoWriter {
  #buffer: Buffer = noBytes;

  /** Gives `target` the payload of `source`, with the header that says `info` in place of any it has. */
  write(target: MessageView, source: MessageView, info: ClientInfo): void {
    const value = Buffer.from(JSON.stringify(orderedInfo(info)));
    const headers = headersOf(source);
    const block = headers.length > lineEnd.length ? headers : noBytes;
    const kept = block.length === 0 ? firstLine.length : block.length - lineEnd.length;
    const bodyStart = source.payloadStart + source.headersSize;
    const headersSize = kept + lineStart.length + value.length + 2 * lineEnd.length;
    const buffer = this.#reserve(headersSize + source.payloadEnd - bodyStart);
    let at =
      block.length === 0
        ? copyBytes(firstLine, 0, firstLine.length, buffer, 0)
        : copyBytes(block, 0, kept, buffer, 0);
    at = copyBytes(lineStart, 0, lineStart.length, buffer, at);
    at = copyBytes(value, 0, value.length, buffer, at);
    at = copyBytes(lineEnd, 0, lineEnd.length, buffer, at);
    at = copyBytes(lineEnd, 0, lineEnd.length, buffer, at);
    at = copyBytes(source.payloadBuffer, bodyStart, source.payloadEnd, buffer, at);
    target.setPayload(buffer, 0, at, headersSize);
  }

  #reserve(size: number): Buffer {
    if (this.#buffer.length >= size) return this.#buffer;
    const buffer = Buffer.allocUnsafeSlow(size > keptSizeMax ? size : size * 2);
    if (buffer.length <= keptSizeMax) this.#buffer = buffer;
    return buffer;
  }
}

/** The header block of a message, without the header this is about. */
function headersOf(message: MessageView): Buffer {
  const { payloadBuffer: buffer, payloadStart: start, headersSize } = message;
  if (headersSize === 0) return noBytes;
  const end = start + headersSize;
  const value: HeaderValue = { start: 0, end: 0 };
  if (!findHeader(buffer, start, end, name, value)) return buffer.subarray(start, end);
  return removeHeader(buffer, start, end, requestInfoHeader);
}
