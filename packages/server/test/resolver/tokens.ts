import { createAccount, createOperator, type KeyPair } from "@nats-io/nkeys";

export const operator: KeyPair = createOperator();

/** An account JWT by {@link operator}, as far as resolvers look at it. */
export function accountJwt(account: KeyPair, data: Readonly<Record<string, unknown>> = {}): string {
  const claims = {
    jti: String(Math.random()),
    iat: 1_700_000_000,
    iss: operator.getPublicKey(),
    sub: account.getPublicKey(),
    nats: { type: "account", version: 2 },
    ...data,
  };
  const encode = (value: object): string =>
    Buffer.from(JSON.stringify(value)).toString("base64url");
  const content = `${encode({ typ: "JWT", alg: "ed25519-nkey" })}.${encode(claims)}`;
  const signature = operator.sign(Buffer.from(content));
  return `${content}.${Buffer.from(signature).toString("base64url")}`;
}

export { createAccount };
