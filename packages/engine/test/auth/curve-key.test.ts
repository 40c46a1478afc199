import assert from "node:assert/strict";
import { test } from "node:test";
import { createCurve, fromCurveSeed } from "@nats-io/nkeys";
import * as fc from "fast-check";
import { CurveKey } from "../../src/auth/curve-key.ts";
import { decodeSeed, encodeNkey, encodeSeed } from "../../src/auth/nkey.ts";
import { TestHost } from "../connection/test-host.ts";

const { random } = new TestHost();

function seedOf(pair: { getSeed(): Uint8Array }): Buffer {
  return decodeSeed(Buffer.from(pair.getSeed()).toString("latin1"))?.key ?? Buffer.alloc(0);
}

test("what is sealed here the official library opens, and the other way round", () => {
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 1, maxLength: 3000 }), (message) => {
      const theirs = createCurve();
      const ours = CurveKey.create(random);
      const sealed = ours.seal(message, theirs.getPublicKey(), random);
      assert.ok(sealed !== undefined);
      assert.equal(sealed.toString("latin1", 0, 4), "xkv1");
      assert.deepEqual(theirs.open(sealed, ours.publicKey), message);
      const answer = Buffer.from(theirs.seal(message, ours.publicKey));
      assert.deepEqual(ours.open(answer, theirs.getPublicKey()), Buffer.from(message));
    }),
    { numRuns: 20 },
  );
});

test("a pair from the same seed is the same pair", () => {
  const seed = Buffer.alloc(32, 9);
  const ours = new CurveKey(seed);
  const theirs = fromCurveSeed(Buffer.from(encodeSeed("curve", seed)));
  assert.equal(ours.publicKey, theirs.getPublicKey());
  assert.deepEqual(seedOf(theirs), seed);
});

test("class I (CVE-2023-46129): two seals of one message differ", () => {
  const key = CurveKey.create(random);
  const peer = CurveKey.create(random).publicKey;
  const message = Buffer.from("the same");
  assert.notDeepEqual(key.seal(message, peer, random), key.seal(message, peer, random));
});

test("only the two owners can open, and only what is whole", () => {
  const sender = CurveKey.create(random);
  const recipient = CurveKey.create(random);
  const stranger = CurveKey.create(random);
  const sealed = sender.seal(Buffer.from("secret"), recipient.publicKey, random);
  assert.ok(sealed !== undefined);
  assert.equal(recipient.open(sealed, sender.publicKey)?.toString(), "secret");
  assert.equal(stranger.open(sealed, sender.publicKey), undefined);
  assert.equal(recipient.open(sealed, stranger.publicKey), undefined);
  assert.equal(recipient.open(sealed, "X"), undefined);
  for (let index = 0; index < sealed.length; index++) {
    const changed: Buffer = Buffer.from(sealed);
    changed.writeUInt8(changed.readUInt8(index) ^ 1, index);
    assert.equal(recipient.open(changed, sender.publicKey), undefined);
    assert.equal(recipient.open(sealed.subarray(0, index), sender.publicKey), undefined);
  }
});

test("class I (CVE-2023-46129): a key that shares no secret is refused", () => {
  const key = CurveKey.create(random);
  const zeros = encodeNkey("curve", Buffer.alloc(32));
  assert.equal(key.seal(Buffer.from("secret"), zeros, random), undefined);
  assert.equal(key.seal(Buffer.from("secret"), "XABC", random), undefined);
  assert.equal(
    key.seal(Buffer.from("x"), encodeNkey("user", Buffer.alloc(32, 1)), random),
    undefined,
  );
});

test("any bytes are opened or not, without an exception", () => {
  const key = CurveKey.create(random);
  fc.assert(
    fc.property(fc.uint8Array(), fc.boolean(), (bytes, hasVersion) => {
      const sealed = hasVersion ? Buffer.concat([Buffer.from("xkv1"), bytes]) : bytes;
      assert.equal(key.open(sealed, key.publicKey), undefined);
    }),
  );
});
