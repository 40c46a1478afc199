import type { Clock, Random } from "@oxbow/base";
import type { Account } from "../routing/account.ts";
import { MessageView } from "../routing/message.ts";
import { shortJson } from "./json-text.ts";

/** Says in the system account what the server has to say there. */
export class SystemVoice {
  readonly clock: Clock;
  readonly random: Random;
  readonly #account: Account;
  readonly #describeServer: () => object;

  /** @param describeServer - What messages say of the server, each with a number of its own. */
  constructor(account: Account, clock: Clock, random: Random, describeServer: () => object) {
    this.#account = account;
    this.clock = clock;
    this.random = random;
    this.#describeServer = describeServer;
  }

  /** Whether anybody gets what is published on a subject. */
  isHeard(subject: string): boolean {
    return this.#account.hasInterestIn(subject);
  }

  /** Publishes what `make` makes behind `head` and the server, where anybody would get it. */
  say(subject: string, make: () => object, head: object = {}): void {
    if (!this.isHeard(subject)) return;
    const body = { ...head, server: this.#describeServer(), ...make() };
    this.sayPlainly(subject, shortJson(body));
  }

  /** An answer: the server, and what there is to say. */
  answer(more: object): object {
    return { server: this.#describeServer(), ...more };
  }

  /** Publishes nothing but what there is to say of the server, where anybody would get it. */
  sayServer(subject: string): void {
    if (!this.isHeard(subject)) return;
    this.sayPlainly(subject, shortJson(this.#describeServer()));
  }

  /** Publishes a text as it is. */
  sayPlainly(subject: string, text: string): void {
    const subjectBytes = Buffer.from(subject);
    const payload = Buffer.from(text);
    const view = new MessageView();
    view.setSubject(subjectBytes, 0, subjectBytes.length);
    view.hasBlankReply = true;
    view.setPayload(payload, 0, payload.length, 0);
    this.#account.publish(view);
  }
}
