import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { readDeflateOffer } from "../../src/web-socket/deflate-offer.ts";
import {
  REQUEST_SIZE_MAX,
  type RequestHead,
  RequestHeadReader,
} from "../../src/web-socket/request-head.ts";

const good = [
  "GET /path?query HTTP/1.1",
  "Host: localhost:8080",
  "Upgrade: websocket",
  "Connection: keep-alive, Upgrade",
  "Cookie: a=b",
  "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
  "Sec-WebSocket-Version: 13",
  "cookie:c=d \t",
  "X-Empty:",
  "",
  "",
].join("\r\n");

function readWhole(text: string): RequestHead | undefined {
  return new RequestHeadReader().read(Buffer.from(text, "latin1"));
}

function readInChunks(bytes: Buffer, sizes: readonly number[]): RequestHead | undefined {
  const reader = new RequestHeadReader();
  for (let at = 0, turn = 0; at < bytes.length; turn++) {
    const end = at + (sizes[turn % sizes.length] as number);
    const head = reader.read(bytes.subarray(at, end));
    assert.ok(reader.bufferedBytes <= REQUEST_SIZE_MAX);
    if (head?.t === "refused") return head;
    if (head) return { ...head, rest: Buffer.concat([head.rest, bytes.subarray(end)]) };
    at = end;
  }
  return undefined;
}

test("a request is read, with headers in any case and several of a kind", () => {
  const head = readWhole(`${good}frames`);
  assert.ok(head?.t === "request");
  assert.equal(head.rest.toString(), "frames");
  const { method, target, headers } = head.request;
  assert.deepEqual([method, target], ["GET", "/path?query"]);
  assert.equal(headers["cookie"], "a=b; c=d");
  assert.equal(headers["x-empty"], "");
  assert.equal(headers["connection"], "keep-alive, Upgrade");
});

test("what is no request of HTTP/1.1, or has a body, is refused", () => {
  const refused = [
    "nonsense\r\n\r\n",
    "GET / HTTP/1.0\r\n\r\n",
    "GET  / HTTP/1.1\r\n\r\n",
    "GET / HTTP/1.1\r\nHost : x\r\n\r\n",
    "GET / HTTP/1.1\r\nHost: x\r\n continued\r\n\r\n",
    "GET / HTTP/1.1\r\nHost: x\nUpgrade: y\r\n\r\n",
    "GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n",
    "GET / HTTP/1.1\r\nX: \0\r\n\r\n",
    "GET / HTTP/1.1\r\nContent-Length: 3\r\n\r\nabc",
    "GET / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n",
    "\r\n\r\n",
  ];
  for (const text of refused)
    assert.deepEqual(readWhole(text), { t: "refused", status: 400 }, text);
  assert.deepEqual(readWhole("x".repeat(REQUEST_SIZE_MAX + 1)), { t: "refused", status: 431 });
  const proto = readWhole("GET / HTTP/1.1\r\n__proto__: x\r\nConstructor: y\r\n\r\n");
  assert.equal(proto?.t === "request" && proto.request.headers["constructor"], "y");
});

test("any bytes, and requests that were tampered with, are read alike in any chunks", () => {
  const mutated = fc
    .tuple(fc.nat(), fc.string({ unit: "binary", maxLength: 4 }), fc.nat(3))
    .map(([at, put, taken]) => {
      const place = at % good.length;
      return good.slice(0, place) + put + good.slice(place + taken);
    });
  const text = fc.oneof(
    mutated,
    fc.string({ unit: "binary", maxLength: 80 }),
    fc.nat(10_000).map((size) => good.replace("/path", `/${"p".repeat(size)}`)),
  );
  const sizes = fc.array(fc.integer({ min: 1, max: 900 }), { minLength: 1, maxLength: 6 });
  fc.assert(
    fc.property(text, sizes, (request, chunkSizes) => {
      const bytes = Buffer.from(`${request}tail`, "latin1");
      assert.deepEqual(readInChunks(bytes, chunkSizes), readInChunks(bytes, [bytes.length]));
    }),
    { numRuns: 2_000 },
  );
});

test("compression is agreed on in the one form that is spoken, whatever else is offered", () => {
  const cases: readonly (readonly [string, boolean | undefined])[] = [
    ["", false],
    ["permessage-deflate", true],
    ["permessage-deflate; client_max_window_bits", true],
    ["permessage-deflate; client_no_context_takeover; server_no_context_takeover", true],
    ["x-other; a=b; c, permessage-deflate", true],
    ["permessage-deflate; server_max_window_bits=10, permessage-deflate", true],
    ["permessage-deflate; server_max_window_bits=10", false],
    ["permessage-deflate; unknown", false],
    ["permessage-deflate; client_max_window_bits=7", false],
    ["permessage-deflate; ;", undefined],
    ["permessage-deflate; a=b=c", undefined],
    ["a b", undefined],
    [",", undefined],
  ];
  for (const [header, expected] of cases) assert.equal(readDeflateOffer(header), expected, header);
  fc.assert(fc.property(fc.string(), (text) => void readDeflateOffer(text)));
});
