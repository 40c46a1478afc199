import assert from "node:assert/strict";
import { test } from "node:test";
import { encodeNkey } from "../../src/auth/nkey.ts";
import { ServerIdentity } from "../../src/auth/server-identity.ts";
import { TestHost } from "../connection/test-host.ts";

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
