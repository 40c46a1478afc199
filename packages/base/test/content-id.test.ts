import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { test } from "node:test";
import { contentId } from "@oxbow/base";
import fc from "fast-check";

test("is a digest of key and payload", () => {
  const bytes = Buffer.concat([Buffer.from([0, 0, 0, 2]), Buffer.from("eu"), Buffer.from("x")]);
  const digest = createHash("sha256").update(bytes).digest("base64url");
  assert.equal(contentId(Buffer.from("eu"), Buffer.from("x")), `sha256-${digest}`);
});

test("is the same for the same, and another for another, wherever the key ends", () => {
  const bytes = fc.uint8Array({ maxLength: 4 });
  fc.assert(
    fc.property(bytes, bytes, bytes, bytes, (key, payload, otherKey, otherPayload) => {
      const isSame =
        Buffer.compare(key, otherKey) === 0 && Buffer.compare(payload, otherPayload) === 0;
      assert.equal(contentId(key, payload) === contentId(otherKey, otherPayload), isSame);
    }),
  );
  assert.notEqual(
    contentId(Buffer.from("ab"), Buffer.from("c")),
    contentId(Buffer.from("a"), Buffer.from("bc")),
  );
});
