import assert from "node:assert/strict";
import { test } from "node:test";
import {
  createAccount,
  createCluster,
  createOperator,
  createServer,
  createUser,
  fromSeed,
} from "@nats-io/nkeys";
import * as fc from "fast-check";
import {
  decodeNkey,
  decodeSeed,
  encodeNkey,
  encodeSeed,
  isNkey,
  type NkeyKind,
} from "../../src/auth/nkey.ts";
import { ServerIdentity } from "../../src/auth/server-identity.ts";
import { isSignedBy, SigningKey } from "../../src/auth/signing-key.ts";
import { TestHost } from "../connection/test-host.ts";

const kinds: readonly NkeyKind[] = ["operator", "account", "user", "server", "cluster", "curve"];

test("a key becomes the text that nkeys give it", () => {
  // Made with the official nkeys library.
  const publicKey = Buffer.from(
    "a37e152a0a3f8297c32fb8beb50523091b9d36f07fc37736390fe8eeb5a6d5ac",
    "hex",
  );
  assert.equal(
    encodeNkey("server", publicKey),
    "NCRX4FJKBI7YFF6DF64L5NIFEMERXHJW6B74G5ZWHEH6R3VVU3K2ZSX5",
  );
  const zeros = new Uint8Array(32);
  assert.match(encodeNkey("curve", zeros), /^XA{48}/);
});

test("an identity is a fresh pair of valid keys that comes from the host's randomness alone", () => {
  const host = new TestHost();
  const first = new ServerIdentity(host.random);
  const second = new ServerIdentity(host.random);
  assert.match(first.id, /^N[A-Z2-7]{55}$/);
  assert.match(first.curveKey, /^X[A-Z2-7]{55}$/);
  assert.notEqual(first.id, second.id);
  assert.equal(new ServerIdentity(new TestHost().random).id, first.id);
});

test("keys and seeds of every kind survive the way to text and back", () => {
  fc.assert(
    fc.property(
      fc.constantFrom(...kinds),
      fc.uint8Array({ minLength: 32, maxLength: 32 }),
      (kind, bytes) => {
        const key = Buffer.from(bytes);
        assert.deepEqual(decodeNkey(encodeNkey(kind, key)), { kind, key });
        assert.deepEqual(decodeSeed(encodeSeed(kind, key)), { kind, key });
        assert.equal(decodeSeed(encodeNkey(kind, key)), undefined);
        assert.equal(decodeNkey(encodeSeed(kind, key)), undefined);
      },
    ),
  );
});

test("keys that the official library makes mean the same here", () => {
  const makers = {
    operator: createOperator,
    account: createAccount,
    user: createUser,
    server: createServer,
    cluster: createCluster,
  };
  const data = Buffer.from("a nonce");
  for (const [kind, make] of Object.entries(makers)) {
    const pair = make();
    const publicText = pair.getPublicKey();
    const seedText = Buffer.from(pair.getSeed()).toString("latin1");
    const seed = decodeSeed(seedText);
    assert.equal(seed?.kind, kind);
    assert.equal(decodeNkey(publicText)?.kind, kind);
    assert.ok(isNkey(kind as NkeyKind, publicText));
    const own = new SigningKey(kind as "user", seed?.key ?? Buffer.alloc(32));
    assert.equal(own.publicKey, publicText);
    assert.equal(encodeSeed(kind as NkeyKind, seed?.key ?? Buffer.alloc(32)), seedText);
    assert.ok(isSignedBy(publicText, data, pair.sign(data)));
    assert.ok(fromSeed(pair.getSeed()).verify(data, own.sign(data)));
  }
});

test("text with a wrong checksum, length, letter or kind is no key", () => {
  const key = encodeNkey("user", Buffer.alloc(32, 7));
  assert.ok(isNkey("user", key));
  assert.equal(isNkey("account", key), false);
  for (const bad of [
    "",
    "U",
    key.slice(0, -1),
    `${key}A`,
    key.toLowerCase(),
    `${key.slice(0, -1)}1`,
    `${key.slice(0, 10)}\n${key.slice(10)}`,
    key.replace(/^U/, "A"),
    key.replace(/^U/, "B"),
    `${key.slice(0, 20)}${key[20] === "A" ? "B" : "A"}${key.slice(21)}`,
  ]) {
    assert.equal(decodeNkey(bad), undefined, bad);
  }
});

test("any text is a key or none, without an exception", () => {
  fc.assert(
    fc.property(fc.oneof(fc.string(), fc.string({ unit: "binary", maxLength: 60 })), (text) => {
      decodeNkey(text);
      decodeSeed(text);
      assert.equal(isSignedBy(text, Buffer.from("x"), Buffer.alloc(64)), false);
    }),
  );
});

test("a signature holds for its bytes and its signer only", () => {
  const host = new TestHost();
  const key = SigningKey.create("account", host.random);
  const other = SigningKey.create("account", host.random);
  const data = Buffer.from("what is signed");
  const signature = key.sign(data);
  assert.ok(isSignedBy(key.publicKey, data, signature));
  assert.equal(isSignedBy(other.publicKey, data, signature), false);
  assert.equal(isSignedBy(key.publicKey, Buffer.from("what is not"), signature), false);
  assert.equal(isSignedBy(key.publicKey, data, signature.subarray(1)), false);
  assert.equal(isSignedBy(key.publicKey, data, Buffer.alloc(0)), false);
  for (let index = 0; index < signature.length; index++) {
    const changed = Buffer.from(signature);
    changed.writeUInt8(changed.readUInt8(index) ^ 1, index);
    assert.equal(isSignedBy(key.publicKey, data, changed), false);
  }
});

test("class I (CVE-2023-46129): a key of zeros has signed nothing", () => {
  const zeros = encodeNkey("user", Buffer.alloc(32));
  const signature = Buffer.alloc(64);
  signature.writeUInt8(1, 0);
  assert.equal(isSignedBy(zeros, Buffer.from("x"), signature), false);
});
