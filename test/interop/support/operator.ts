import { type Account, encodeAccount, encodeOperator, encodeUser, type User } from "@nats-io/jwt";
import { createAccount, createOperator, createUser, type KeyPair } from "@nats-io/nkeys";
import { connect, jwtAuthenticator, type NatsConnection } from "@nats-io/transport-node";
import { patient } from "./deadline.ts";

/** No limits but those a test sets. */
const unlimited = {
  subs: -1,
  data: -1,
  payload: -1,
  imports: -1,
  exports: -1,
  wildcards: true,
  conn: -1,
  leaf: -1,
};

/** Somebody who connects. */
export interface Login {
  readonly key: KeyPair;
  readonly jwt: string;
}

/** An operator with a system account and others, made with the official library. */
export class Operator {
  readonly key: KeyPair = createOperator();
  readonly system: KeyPair = createAccount();
  /** JWTs by account. */
  readonly accounts: Map<string, string> = new Map();
  #jwt: string | undefined;

  /** The JWT of an account; the server knows it from the start if it was made before that. */
  async account(name: string, key: KeyPair, account: Partial<Account> = {}): Promise<string> {
    const limits = { ...unlimited, ...account.limits };
    const jwt = await encodeAccount(name, key, { ...account, limits }, { signer: this.key });
    this.accounts.set(key.getPublicKey(), jwt);
    return jwt;
  }

  /** The part of a configuration file about it. */
  async config(resolver: string): Promise<string> {
    await this.account("SYS", this.system);
    const system_account = this.system.getPublicKey();
    this.#jwt ??= await encodeOperator("O", this.key, { system_account });
    const preload = [...this.accounts].map(([key, account]) => `${key}: ${account}`);
    return `operator: ${this.#jwt}
      system_account: ${system_account}
      resolver: ${resolver}
      resolver_preload { ${preload.join("\n")} }`;
  }
}

/** A user that `issuer` has signed. */
export async function makeUser(issuer: KeyPair, user: Partial<User> = {}): Promise<Login> {
  const key = createUser();
  return { key, jwt: await encodeUser("someone", key, issuer, user) };
}

/** Connects the official client with a JWT. */
export function login(
  server: { readonly url: string },
  { key, jwt }: Login,
): Promise<NatsConnection> {
  const authenticator = jwtAuthenticator(jwt, key.getSeed());
  return connect({ servers: server.url, reconnect: false, authenticator });
}

/** What the server says of the one who asks. */
export async function whoAmI(client: NatsConnection): Promise<Record<string, unknown>> {
  const answer = await client.request("$SYS.REQ.USER.INFO", "", patient);
  return answer.json<{ data: Record<string, unknown> }>().data;
}
