import assert from "node:assert/strict";
import { test } from "node:test";
import { HighwayHash } from "../../src/nats-archive/highway-hash.ts";

/** Digests by github.com/minio/highwayhash 1.0.4 of the bytes `(i * 7 + n) % 256`, key 0, 1, … 31. */
const digests: readonly (readonly [number, string])[] = [
  [0, "536ec222de567a90"],
  [1, "55bc5f4a85c02f54"],
  [2, "b1792496e168de25"],
  [3, "8fe91e68d438282a"],
  [4, "894cd15e17980764"],
  [7, "6382530c2aeea99f"],
  [15, "228bcc4b69dcd5a7"],
  [16, "f54e3c435e408e7c"],
  [17, "97e9c053eb1d580d"],
  [19, "d9189a6b551408d9"],
  [20, "5b9e774b89620a7f"],
  [31, "dcaa6c3e3a468920"],
  [32, "a81799b4160767c3"],
  [33, "70f83a217c37abba"],
  [48, "82a033a34f41b2c1"],
  [63, "30fde11b3c7e6bdc"],
  [64, "d74c94a4bace630e"],
  [65, "6c49ebd5ee51ddaf"],
  [100, "178e101ec6d98e03"],
  [1000, "10ff99122c1b0199"],
];

function digestOf(size: number, pieceSize: number): string {
  const hash = new HighwayHash(Uint8Array.from({ length: 32 }, (_, i) => i));
  const bytes = Uint8Array.from({ length: size }, (_, i) => i * 7 + size);
  for (let at = 0; at < size; at += pieceSize) {
    hash.update(bytes, at, Math.min(size, at + pieceSize));
  }
  const target = Buffer.alloc(8);
  hash.digest(target, 0);
  return target.toString("hex");
}

for (const [size, expected] of digests) {
  test(`the digest of ${size} bytes, in any pieces`, () => {
    for (const pieceSize of [1, 3, 31, 32, 33, 1000]) {
      assert.equal(digestOf(size, pieceSize), expected);
    }
  });
}
