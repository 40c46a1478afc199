import type { FastifyReply } from "fastify";

/** Header names and values that can stand in an answer as they are (RFC 9110). */
const namePattern = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;
const valuePattern = /^[\t\x20-\x7e\x80-\xff]*$/;
/** What of headers is passed on at most. */
const headersBytesMax = 8 * 1024;

/**
 * Prepares an answer with bytes that somebody has stored or sent, whatever they say that these are. The console is of the same
 * origin: a browser that is led here must neither show nor run them as a page.
 */
export function asForeignBytes(reply: FastifyReply, contentType: string | undefined): FastifyReply {
  const type = contentType !== undefined && isHeaderValue(contentType) ? contentType : "";
  reply.header("Content-Security-Policy", "default-src 'none'; sandbox");
  reply.header("Content-Disposition", "attachment");
  return reply.type(type === "" ? "application/octet-stream" : type);
}

/** Passes headers of a message on, as `Oxbow-Header-<name>`, as far as HTTP can say them. */
export function passHeadersOn(
  reply: FastifyReply,
  headers: Iterable<readonly [string, readonly string[]]>,
): void {
  let left = headersBytesMax;
  for (const [name, values] of headers) {
    // What is not ASCII goes as the bytes that it is in UTF-8.
    const texts = values.map((value) => Buffer.from(value).toString("latin1"));
    if (!namePattern.test(name) || !texts.every(isHeaderValue)) continue;
    left -= texts.reduce((sum, text) => sum + name.length + text.length + 20, 0);
    if (left < 0) return;
    reply.header(`Oxbow-Header-${name}`, texts);
  }
}

function isHeaderValue(text: string): boolean {
  return valuePattern.test(text);
}
