import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { decodeHex } from "../../src/memphis/control/hex-text.ts";

/** As the SDK for Node writes it. */
function unpadded(text: string): string {
  return [...text.split("")].map((unit) => unit.charCodeAt(0).toString(16)).join("");
}

describe("messages that SDKs of Memphis write in hexadecimal digits", () => {
  test("are read, whichever SDK wrote them", () => {
    for (const text of ['{"id":"one"}', '{\n\t"a": [1, 2]\n}', '{"name":"é"}', '{"名":"я"}', ""]) {
      assert.equal(decodeHex(unpadded(text)).toString(), text);
      assert.equal(decodeHex(Buffer.from(text).toString("hex")).toString(), text);
    }
  });

  test("are read for sure if they are plain ASCII", () => {
    const ascii = fc.string({
      unit: fc.integer({ min: 0x20, max: 0x7e }).map((code) => String.fromCharCode(code)),
    });
    fc.assert(fc.property(ascii, (text) => decodeHex(unpadded(text)).toString() === text));
  });

  test("stay as they are if they are none", () => {
    assert.equal(decodeHex("no hex").toString(), "no hex");
    fc.assert(fc.property(fc.string(), (text) => decodeHex(text).length >= 0));
  });
});
