import { createPrivateKey, createPublicKey, type KeyObject } from "node:crypto";

/** The two uses of Curve25519. */
export type KeyAlgorithm = "ed25519" | "x25519";

/** The last byte of each algorithm's object identifier, 1.3.101.x. */
const identifiers: Readonly<Record<KeyAlgorithm, string>> = { ed25519: "70", x25519: "6e" };
const keySize = 32;

/** The key object of 32 secret bytes: a PKCS #8 envelope around them. */
export function privateKeyObject(algorithm: KeyAlgorithm, seed: Uint8Array): KeyObject {
  const envelope = `302e020100300506032b65${identifiers[algorithm]}04220420`;
  const key = Buffer.concat([Buffer.from(envelope, "hex"), seed]);
  return createPrivateKey({ key, format: "der", type: "pkcs8" });
}

/** The key object of 32 public bytes: a SubjectPublicKeyInfo around them. */
export function publicKeyObject(algorithm: KeyAlgorithm, bytes: Uint8Array): KeyObject {
  const envelope = `302a300506032b65${identifiers[algorithm]}032100`;
  const key = Buffer.concat([Buffer.from(envelope, "hex"), bytes]);
  return createPublicKey({ key, format: "der", type: "spki" });
}

/** The 32 public bytes that belong to a private key. */
export function publicBytes(privateKey: KeyObject): Buffer {
  const encoded = createPublicKey(privateKey).export({ format: "der", type: "spki" });
  return encoded.subarray(encoded.length - keySize);
}
