import type { UpgradeRequest } from "@oxbow/base";
import { GatheredBytes } from "./gathered-bytes.ts";

/** A request, or the status of HTTP that refuses what came instead. */
export type RequestHead =
  | { readonly t: "request"; readonly request: UpgradeRequest; readonly rest: Buffer }
  | { readonly t: "refused"; readonly status: number };

/** Bytes of request line and headers. */
export const REQUEST_SIZE_MAX: number = 8 * 1024;

const end = Buffer.from("\r\n\r\n");
const nothing = Buffer.alloc(0);

const requestLine = /^([!#$%&'*+.^_`|~0-9A-Za-z-]+) ([\x21-\x7e\x80-\xff]+) HTTP\/1\.1$/;
/** No white space before the colon, and no lines that continue others: the rules of RFC 9112, section 5. */
const headerLine = /^([!#$%&'*+.^_`|~0-9A-Za-z-]+):[ \t]*([\t\x20-\x7e\x80-\xff]*)$/;

/** Gathers the head of a request (RFC 9112) from chunks. Keeps at most {@link REQUEST_SIZE_MAX} bytes. */
export class RequestHeadReader {
  readonly #bytes: GatheredBytes = new GatheredBytes();

  /** Bytes that are kept. */
  get bufferedBytes(): number {
    return this.#bytes.size;
  }

  /** Returns the request once `chunk` completes it; nothing may be read after that. */
  read(chunk: Buffer): RequestHead | undefined {
    // As much as an end may begin before the chunk is looked at again.
    const searchStart = Math.max(0, this.#bytes.size - end.length + 1);
    const taken = chunk.subarray(0, REQUEST_SIZE_MAX + 1 - this.#bytes.size);
    const sizeBefore = this.#bytes.size;
    this.#bytes.add(taken, REQUEST_SIZE_MAX + 1);
    const headEnd = this.#bytes.indexOf(end, searchStart);
    if (headEnd < 0 && this.#bytes.size <= REQUEST_SIZE_MAX) return undefined;
    const bytes = this.#bytes.takeWith(nothing);
    if (headEnd < 0) return { t: "refused", status: 431 };
    const rest = chunk.subarray(headEnd + end.length - sizeBefore);
    return parse(bytes.toString("latin1", 0, headEnd), rest);
  }
}

function parse(head: string, rest: Buffer): RequestHead {
  const bad: RequestHead = { t: "refused", status: 400 };
  const [first = "", ...lines] = head.split("\r\n");
  const [, method, target] = requestLine.exec(first) ?? [];
  if (method === undefined || target === undefined) return bad;
  const headers: Record<string, string> = Object.create(null);
  for (const line of lines) {
    const [, spelled, text] = headerLine.exec(line) ?? [];
    if (spelled === undefined || text === undefined) return bad;
    const name = spelled.toLowerCase();
    const before = headers[name];
    const value = text.replace(/[ \t]+$/, "");
    if (before === undefined) headers[name] = value;
    else if (name === "host" || name === "sec-websocket-key") return bad;
    else headers[name] = `${before}${name === "cookie" ? "; " : ", "}${value}`;
  }
  // A body would be taken for frames.
  const hasBody = (headers["content-length"] ?? "0") !== "0" || "transfer-encoding" in headers;
  return hasBody ? bad : { t: "request", request: { method, target, headers }, rest };
}
