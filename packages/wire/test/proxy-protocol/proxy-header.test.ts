import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { PROXY_HEADER_SIZE_MAX, readProxyHeader } from "../../src/proxy-protocol/index.ts";
import { formatAddress, parseAddress } from "../../src/proxy-protocol/ip-address.ts";

const signature = "\r\n\r\n\0\r\nQUIT\n";

/** A header of version 2. */
function version2(command: number, family: number, rest: string, size = rest.length): Buffer {
  const head = Buffer.from([0x20 | command, family, size >> 8, size & 0xff]);
  return Buffer.concat([Buffer.from(signature, "latin1"), head, Buffer.from(rest, "latin1")]);
}

const fromIpv4 = "\x0a\x01\x02\x03\x7f\x00\x00\x01\x30\x39\x10\x7e";
const fromIpv6 = `\x20\x01\x0d\xb8${"\0".repeat(11)}\x01${"\0".repeat(15)}\x01\x30\x39\x10\x7e`;
const fromMapped = `${"\0".repeat(10)}\xff\xff\x0a\x01\x02\x03${"\0".repeat(15)}\x01\x30\x39\x10\x7e`;

const good: readonly [bytes: Buffer, address: string | undefined, port?: number][] = [
  [Buffer.from("PROXY TCP4 192.168.1.50 10.0.0.1 12345 4222\r\n"), "192.168.1.50", 12345],
  [Buffer.from("PROXY TCP6 2001:DB8:0::1 ::1 54321 4222\r\n"), "2001:db8::1", 54321],
  [Buffer.from("PROXY TCP6 ::ffff:192.0.2.1 ::ffff:c000:202 1 0\r\n"), "192.0.2.1", 1],
  [Buffer.from("PROXY UNKNOWN\r\n"), undefined],
  [Buffer.from("PROXY UNKNOWN anything at all\r\n"), undefined],
  [version2(1, 0x11, fromIpv4), "10.1.2.3", 12345],
  [version2(1, 0x11, `${fromIpv4}\x04\0\x01x`), "10.1.2.3", 12345],
  [version2(1, 0x21, fromIpv6), "2001:db8::1", 12345],
  [version2(1, 0x21, fromMapped), "10.1.2.3", 12345],
  [version2(0, 0x00, ""), undefined],
  [version2(0, 0x11, fromIpv4), undefined],
  [version2(1, 0x01, "skipped"), undefined],
];

test("headers of both versions are read, and nothing behind them", () => {
  for (const [bytes, address, port] of good) {
    const source = address === undefined ? undefined : { address, port };
    const expected = { t: "header", size: bytes.length, source };
    assert.deepEqual(readProxyHeader(bytes), expected);
    const more = Buffer.concat([bytes, Buffer.from("CONNECT {}\r\nPROXY TCP4")]);
    assert.deepEqual(readProxyHeader(more), expected);
    for (let size = 0; size < bytes.length; size++) {
      assert.deepEqual(readProxyHeader(bytes.subarray(0, size)), { t: "incomplete" });
    }
  }
});

test("clients without a proxy are told apart by their first byte that does not fit", () => {
  for (const text of ["C", "CONNECT {}\r\n", "PING\r\n", "PUB", "\x16\x03\x01", "\r\nP"]) {
    assert.deepEqual(readProxyHeader(Buffer.from(text, "latin1")), { t: "absent" }, text);
  }
});

test("what only begins like a header is refused", () => {
  const bad = [
    ...[
      "TCP4 1.2.3.4 5.6.7.8 1\r\n",
      "TCP4 1.2.3.4 5.6.7.8 1 2 3\r\n",
      "TCP4 ::1 5.6.7.8 1 2\r\n",
      "TCP4 1.2.3.4 ::1 1 2\r\n",
      "TCP6 1.2.3.4 ::1 1 2\r\n",
      "TCP6 ::1 1.2.3.4 1 2\r\n",
      "TCP4 1.2.3.04 5.6.7.8 1 2\r\n",
      "TCP4 1.2.3.256 5.6.7.8 1 2\r\n",
      "TCP4 1.2.3 5.6.7.8 1 2\r\n",
      "TCP4 1.2.3.4 5.6.7.8 65536 2\r\n",
      "TCP4 1.2.3.4 5.6.7.8 -1 2\r\n",
      "TCP4 1.2.3.4 5.6.7.8 1 0x2\r\n",
      "UDP4 1.2.3.4 5.6.7.8 1 2\r\n",
      "\r\n",
      "x".repeat(200),
    ].map((text) => Buffer.from(`PROXY ${text}`)),
    Buffer.from("\r\n\r\n\0\r\nQUIT!", "latin1"),
    version2(2, 0x11, fromIpv4),
    version2(1, 0x31, fromIpv4),
    version2(1, 0x12, fromIpv4),
    version2(1, 0x11, "short"),
    version2(1, 0x21, fromIpv4),
    version2(0, 0, "", PROXY_HEADER_SIZE_MAX),
    Buffer.concat([Buffer.from(signature, "latin1"), Buffer.from([0x11, 0x11, 0, 0])]),
  ];
  for (const bytes of bad) {
    assert.equal(readProxyHeader(bytes).t, "invalid", bytes.toString("latin1"));
  }
});

test("any bytes, in any chunking, are decided alike, early, and without a throw", () => {
  const piece = fc.oneof(
    fc.uint8Array({ maxLength: 64 }),
    fc.constantFrom(
      "PROXY ",
      "TCP4 ",
      "TCP6 ",
      "1.2.3.4 ",
      "::1 ",
      "4222",
      "\r\n",
      signature,
      "\x21",
    ),
  );
  const stream = fc
    .array(piece, { maxLength: 12 })
    .map((pieces) => Buffer.concat(pieces.map((part) => Buffer.from(part as string, "latin1"))));
  fc.assert(
    fc.property(stream, (bytes) => {
      let decided = readProxyHeader(Buffer.alloc(0));
      for (let size = 0; size <= bytes.length && decided.t === "incomplete"; size++) {
        decided = readProxyHeader(bytes.subarray(0, size));
      }
      const atOnce = readProxyHeader(bytes);
      assert.equal(atOnce.t, decided.t);
      if (atOnce.t === "header") assert.deepEqual(atOnce, decided);
      if (atOnce.t === "incomplete") assert.ok(bytes.length < PROXY_HEADER_SIZE_MAX);
    }),
    { numRuns: 2_000 },
  );
});

test("no header is waited for beyond the bound", () => {
  const bytes = version2(1, 0x11, "\0".repeat(PROXY_HEADER_SIZE_MAX), 0xffff);
  assert.equal(readProxyHeader(bytes).t, "invalid");
  const largest = version2(1, 0x11, fromIpv4.padEnd(PROXY_HEADER_SIZE_MAX - 16, "\0"));
  assert.equal(readProxyHeader(largest).t, "header");
});

test("addresses are written in one way", () => {
  for (const [text, written] of [
    ["0.0.0.0", "0.0.0.0"],
    ["255.255.255.255", "255.255.255.255"],
    ["::", "::"],
    ["1::", "1::"],
    ["0:0:1:0:0:0:1:0", "0:0:1::1:0"],
    ["1:0:2:3:4:5:6:7", "1:0:2:3:4:5:6:7"],
    ["fe80:0:0:1:0:0:0:1", "fe80:0:0:1::1"],
    ["64:ff9b::1.2.3.4", "64:ff9b::102:304"],
    ["::ffff:1.2.3.4", "1.2.3.4"],
  ] as const) {
    assert.equal(formatAddress(parseAddress(text) as Uint8Array), written);
  }
  for (const text of [
    "",
    ":",
    "1::2::3",
    "1:2:3:4:5:6:7",
    "1:2:3:4:5:6:7:8:9",
    "1:2:3:4:5:6:7::8:9",
    "g::",
  ]) {
    assert.equal(parseAddress(text), undefined, text);
  }
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 16, maxLength: 16 }), (bytes) => {
      const text = formatAddress(bytes);
      if (text.includes(":")) assert.equal(new URL(`http://[${text}]`).hostname, `[${text}]`);
      const parsed = parseAddress(text) as Uint8Array;
      assert.equal(formatAddress(parsed), text);
      if (parsed.length === 16) assert.deepEqual(Buffer.from(parsed), Buffer.from(bytes));
    }),
  );
});
