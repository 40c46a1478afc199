import type { Clock, Random } from "@oxbow/base";
import { Sender } from "../../jetstream/sender.ts";
import { randomName } from "../../random-name.ts";
import type { Account } from "../../routing/account.ts";
import type { MessageView } from "../../routing/message.ts";
import { InternalSubscription } from "../../routing/subscription.ts";

/** Where services listen for requests to decide who comes in. */
export const calloutSubject = "$SYS.REQ.USER.AUTH";

const inboxIdSize = 22;

/** Publishes a request and waits for the first answer to it. */
export class CalloutClient {
  readonly #clock: Clock;
  readonly #random: Random;

  constructor(clock: Clock, random: Random) {
    this.#clock = clock;
    this.#random = random;
  }

  /** Resolves with the payload of the answer; `undefined` if none came in time. Never rejects. */
  ask(
    account: Account,
    payload: Buffer,
    headers: Buffer,
    timeoutMs: number,
  ): Promise<Buffer | undefined> {
    const inbox = `$SYS._INBOX.${randomName(this.#random, inboxIdSize)}`;
    return new Promise((resolve) => {
      const finish = (answer: Buffer | undefined): void => {
        timer.cancel();
        if (!subscription.isClosed) account.unsubscribe(subscription);
        resolve(answer);
      };
      const timer = this.#clock.setTimer(timeoutMs, () => finish(undefined));
      const subscription = new InternalSubscription(inbox, (message) => finish(copyBody(message)));
      account.subscribe(subscription);
      new Sender(account).send(calloutSubject, payload, headers, inbox);
    });
  }
}

/** The payload without headers. */
function copyBody(message: MessageView): Buffer {
  const { payloadBuffer, payloadStart, payloadEnd, headersSize } = message;
  return Buffer.from(payloadBuffer.subarray(payloadStart + headersSize, payloadEnd));
}
