import {
  createAccount,
  createOperator,
  createUser,
  fromPublic,
  type KeyPair,
} from "@nats-io/nkeys";
import { MemoryAccountResolver } from "../../../src/auth/jwt/memory-account-resolver.ts";
import type { OperatorOptions } from "../../../src/options/authorization.ts";
import { issuedAt, makeToken, signingKey } from "./tokens.ts";

/** No limits, as most accounts and users have it. */
export const unlimited = { subs: -1, data: -1, payload: -1 };
const unlimitedAccount = {
  ...unlimited,
  imports: -1,
  exports: -1,
  wildcards: true,
  conn: -1,
  leaf: -1,
};

type Claims = Readonly<Record<string, unknown>>;

/** An operator with a system account, and what it takes to make accounts and users under it. */
export class OperatorWorld {
  readonly operator: KeyPair = createOperator();
  readonly system: KeyPair = createAccount();
  readonly resolver: MemoryAccountResolver = new MemoryAccountResolver();
  readonly preload: Record<string, string> = {};

  constructor() {
    this.addAccount("SYS", this.system);
  }

  /** The JWT of the operator. */
  operatorJwt(nats: Claims = {}, data: Claims = {}): string {
    const sub = this.operator.getPublicKey();
    const body = {
      system_account: this.system.getPublicKey(),
      ...nats,
      type: "operator",
      version: 2,
    };
    return makeToken({ sub, name: "O", ...data, nats: body }, this.operator);
  }

  /** The JWT of an account. */
  accountJwt(
    name: string,
    account: KeyPair,
    nats: Claims = {},
    data: Claims = {},
    issuer: KeyPair = this.operator,
  ): string {
    const body = { limits: unlimitedAccount, ...nats, type: "account", version: 2 };
    return makeToken({ sub: signingKey(account).publicKey, name, ...data, nats: body }, issuer);
  }

  /** Makes an account that the server knows of from the start. */
  addAccount(name: string, account: KeyPair = createAccount(), nats: Claims = {}): KeyPair {
    this.preload[account.getPublicKey()] = this.accountJwt(name, account, nats);
    return account;
  }

  /** What the engine is told. */
  options(rest: Partial<OperatorOptions> = {}): OperatorOptions {
    return {
      operators: [this.operatorJwt()],
      resolver: this.resolver,
      preload: this.preload,
      ...rest,
    };
  }
}

/** The JWT of a user without limits. */
export function userJwt(
  user: KeyPair,
  issuer: KeyPair,
  nats: Claims = {},
  data: Claims = {},
): string {
  const body = { ...unlimited, ...nats, type: "user", version: 2 };
  return makeToken({ sub: user.getPublicKey(), name: "U", ...data, nats: body }, issuer);
}

/** The JWT of a user whose permissions come from the scoped key `issuer` of `account`. */
export function scopedJwt(
  user: KeyPair,
  issuer: KeyPair,
  account: KeyPair,
  data: Claims = {},
): string {
  const nats = { issuer_account: account.getPublicKey(), type: "user", version: 2 };
  return makeToken({ sub: user.getPublicKey(), name: "S", ...data, nats }, issuer);
}

/** What `user` signs a nonce with. */
export function signNonce(user: KeyPair, nonce: string): string {
  return signingKey(user).sign(Buffer.from(nonce)).toString("base64url");
}

export { createAccount, createUser, fromPublic, issuedAt };
