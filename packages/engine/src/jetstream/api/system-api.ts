import { encodeAnswer } from "../../json/encode.ts";
import type { JsonValue } from "../../json/shape.ts";
import type { Account } from "../../routing/account.ts";
import type { MessageView } from "../../routing/message.ts";
import { InternalSubscription } from "../../routing/subscription.ts";
import { jsError } from "../config/errors.ts";
import { Sender } from "../sender.ts";
import { API_PREFIX } from "./routes.ts";

const accountPrefix = `${API_PREFIX}ACCOUNT.`;
/** Only servers in a cluster answer these, and what is asked about accounts has subscriptions of its own. */
const unanswered = [`${API_PREFIX}META.LEADER.STEPDOWN`, `${API_PREFIX}SERVER.REMOVE`];

/**
 * The API in the system account, which has no streams: says so to whatever is asked. Answers are not sent by way of an
 * import, which shows in their reply subject.
 */
export class SystemApi {
  readonly #account: Account;
  readonly #sender: Sender;
  readonly #subscription: InternalSubscription;

  constructor(account: Account) {
    this.#account = account;
    this.#sender = new Sender(account);
    this.#subscription = new InternalSubscription(`${API_PREFIX}>`, (message) =>
      this.#onRequest(message),
    );
    account.subscribe(this.#subscription);
  }

  close(): void {
    this.#account.unsubscribe(this.#subscription);
  }

  #onRequest(message: MessageView): void {
    const subject = message.subjectText();
    const reply = message.replyText();
    if (unanswered.includes(subject) || subject.startsWith(accountPrefix)) return;
    const isInfo = subject === `${API_PREFIX}INFO`;
    this.#answer(reply, isInfo ? "account_info" : "system", { error: { ...jsError(10039) } });
  }

  #answer(reply: string, type: string, members: { readonly [name: string]: JsonValue }): void {
    if (reply === "") return;
    const answer = { type: `io.nats.jetstream.api.v1.${type}_response`, ...members };
    this.#sender.announce(reply, encodeAnswer(answer));
  }
}
