import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { quoteBytes } from "../../src/connection/quote-bytes.ts";
import { redactConnect } from "../../src/connection/redact-connect.ts";

test("nothing that lets somebody in is shown of a CONNECT", () => {
  const fields = ["pass", "password", "auth_token", "sig", "proxy_sig", "nkey", "jwt", "Pass"];
  fc.assert(
    fc.property(
      fc.constantFrom(...fields),
      fc.string({ unit: "grapheme" }).map((tail) => `CANARY${tail}`),
      fc.dictionary(fc.string(), fc.jsonValue()),
      (field, secret, others) => {
        const shown = redactConnect(JSON.stringify({ ...others, [field]: secret }));
        assert.equal(shown.includes("CANARY"), JSON.stringify(others).includes("CANARY"));
        assert.equal((JSON.parse(shown) as Record<string, unknown>)[field], "[REDACTED]");
      },
    ),
  );
});

test("a CONNECT that is no JSON is not shown", () => {
  assert.equal(redactConnect('{"pass":"secret"'), "[REDACTED]");
});

test("any bytes are quoted on one line, and text stays readable", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 64 }), (bytes) => {
      assert.match(quoteBytes(bytes), /^"[^\p{C}\n\r]*"$/u);
    }),
  );
  assert.equal(quoteBytes(Buffer.from('é\n"')), '"é\\n\\""');
  assert.equal(
    quoteBytes(Uint8Array.of(0x41, 0xc3, 0x41, 0xf0, 0x9f, 0x98, 0x80, 0xff)),
    '"A\\xc3A😀\\xff"',
  );
});
