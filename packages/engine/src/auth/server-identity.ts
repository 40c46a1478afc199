import { createPrivateKey, createPublicKey, type KeyObject } from "node:crypto";
import type { Random } from "@oxbow/base";
import { encodeNkey } from "./nkey.ts";

/** ASN.1 in front of the 32 secret bytes of a PKCS #8 key; the algorithms differ in one byte of their identifier. */
const pkcs8Start = "302e020100300506032b65";
const pkcs8End = "04220420";
const ed25519 = "70";
const x25519 = "6e";
const seedSize = 32;

/** Who this server is to clients and other servers: fresh key pairs, made at each start. */
export class ServerIdentity {
  /** Public signing key, `N…`: the server's id. */
  readonly id: string;
  /** Public key to encrypt to, `X…`. */
  readonly curveKey: string;

  constructor(random: Random) {
    this.id = encodeNkey("server", makePublicKey(ed25519, random));
    this.curveKey = encodeNkey("curve", makePublicKey(x25519, random));
  }
}

/** The raw public key of a new pair, whose secret half comes from `random` and so is reproducible in simulations. */
function makePublicKey(algorithm: string, random: Random): Buffer {
  const seed = Buffer.alloc(seedSize);
  random.fill(seed);
  const start = Buffer.from(pkcs8Start + algorithm + pkcs8End, "hex");
  const key: KeyObject = createPrivateKey({
    key: Buffer.concat([start, seed]),
    format: "der",
    type: "pkcs8",
  });
  const encoded = createPublicKey(key).export({ format: "der", type: "spki" });
  return encoded.subarray(encoded.length - seedSize);
}
