import { encodeAnswer } from "../../json/encode.ts";
import type { Account } from "../../routing/account.ts";
import type { MessageView } from "../../routing/message.ts";
import { jsError } from "../config/errors.ts";
import { strictly } from "../config/request-body.ts";
import { Sender } from "../sender.ts";
import { ApiSubscription } from "./api-subscription.ts";
import { findRoute } from "./routes.ts";

/** Answers the requests of an account that has no JetStream: with that. */
export class DisabledApi {
  readonly #account: Account;
  readonly #sender: Sender;
  readonly #subscription: ApiSubscription;

  constructor(account: Account) {
    this.#account = account;
    this.#sender = new Sender(account);
    this.#subscription = new ApiSubscription((message) => this.#refuse(message));
    account.subscribe(this.#subscription);
  }

  close(): void {
    this.#account.unsubscribe(this.#subscription);
  }

  #refuse(message: MessageView): void {
    const found = findRoute(message.subjectText());
    if (found === undefined || !message.hasReply) return;
    const { payloadBuffer: buffer, payloadStart, headersSize, payloadEnd } = message;
    const body = buffer.subarray(payloadStart + headersSize, payloadEnd);
    const error =
      found.route.checkFirst?.(body, strictly) ?? found.route.checkThen?.(body) ?? jsError(10039);
    const type = `io.nats.jetstream.api.v1.${found.route.type}_response`;
    const answer = { type, error: { ...error }, ...found.route.beside };
    this.#sender.send(message.replyText(), encodeAnswer(answer));
  }
}
