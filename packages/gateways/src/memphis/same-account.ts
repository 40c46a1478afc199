import type { NatsConnection } from "@nats-io/nats-core";
import type { Clock } from "@oxbow/base";
import { z } from "zod";
import { Refusal } from "./control/refusal.ts";

/** How long the engine may take to say in which account a client is. */
const saidMs = 2_000;
const shape = z.object({ data: z.object({ account: z.string() }) });

/** The account of the user of a connection, as the server says. */
export async function accountOf(connection: NatsConnection): Promise<string> {
  const answer = await connection.request("$SYS.REQ.USER.INFO");
  return shape.parse(answer.json()).data.account;
}

/**
 * Holds clients to the account of the gateway: what it keeps of stations, groups and schemas is of that one, and would be
 * that of others for a user of another account.
 */
export class SameAccount {
  readonly #said: Promise<string | undefined>;
  readonly #own: () => Promise<string>;
  readonly #ask: () => Promise<string>;
  #say: (name: string | undefined) => void = () => {};
  #checked: Promise<void> | undefined = undefined;
  #isSame = false;

  /**
   * @param own - The account of the gateway.
   * @param ask - Asks the server for that of the client, where it has not said it.
   */
  constructor(clock: Clock, own: () => Promise<string>, ask: () => Promise<string>) {
    this.#own = own;
    this.#ask = ask;
    this.#said = new Promise((resolve) => {
      const timer = clock.setTimer(saidMs, () => resolve(undefined));
      this.#say = (name) => {
        timer.cancel();
        resolve(name);
      };
    });
  }

  /** Whether that is known. */
  get isSame(): boolean {
    return this.#isSame;
  }

  /** The engine has said it; or the client has left, and it does not matter any more. */
  say(name: string | undefined): void {
    this.#say(name);
  }

  /** @throws Refusal for a user of another account */
  check(user: string): Promise<void> {
    this.#checked ??= this.#check(user);
    return this.#checked;
  }

  async #check(user: string): Promise<void> {
    const account = (await this.#said) ?? (await this.#ask());
    const own = await this.#own();
    this.#isSame = account === own;
    if (this.#isSame) return;
    throw new Refusal(
      `user ${user} is in account ${account}, and clients of Memphis are served in account ${own} only`,
    );
  }
}
