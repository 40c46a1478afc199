import type { Random } from "@oxbow/base";
import { CurveKey } from "./curve-key.ts";
import { SigningKey } from "./signing-key.ts";

/** Who this server is to clients and other servers: fresh key pairs, made at each start. */
export class ServerIdentity {
  /** What it signs with. */
  readonly signingKey: SigningKey;
  /** What it decrypts with. */
  readonly curve: CurveKey;

  constructor(random: Random) {
    this.signingKey = SigningKey.create("server", random);
    this.curve = CurveKey.create(random);
  }

  /** Public signing key, `N…`: the server's id. */
  get id(): string {
    return this.signingKey.publicKey;
  }

  /** Public key to encrypt to, `X…`. */
  get curveKey(): string {
    return this.curve.publicKey;
  }
}
