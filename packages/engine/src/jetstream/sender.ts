import type { Account } from "../routing/account.ts";
import { MessageView } from "../routing/message.ts";

const noBytes: Buffer = Buffer.alloc(0);

/**
 * Publishes what JetStream itself has to say: answers, statuses, advisories. For control paths; the hot ones keep a
 * view of their own. A view is made for each message, so that a subscriber may cause further ones while it gets it.
 */
export class Sender {
  readonly #account: Account;

  constructor(account: Account) {
    this.#account = account;
  }

  /** Whose account it is. */
  get accountName(): string {
    return this.#account.name;
  }

  /** Whether anybody would get what is published on a subject. */
  hasInterest(subject: string): boolean {
    return this.#account.hasInterestIn(subject);
  }

  /**
   * Publishes `payload`, with the header block `headers` before it, on a subject, with a reply subject if given.
   *
   * @returns How many got it.
   */
  send(
    subject: string | Buffer,
    payload: Buffer,
    headers: Buffer = noBytes,
    reply: string | Buffer = noBytes,
  ): number {
    return this.#publish(subject, payload, headers, reply, false);
  }

  /** Publishes what `nats-server` sends with an empty reply subject: events, and answers outside of its API. */
  announce(subject: string | Buffer, payload: Buffer): void {
    this.#publish(subject, payload, noBytes, noBytes, true);
  }

  #publish(
    subject: string | Buffer,
    payload: Buffer,
    headers: Buffer,
    reply: string | Buffer,
    hasBlankReply: boolean,
  ): number {
    const view = new MessageView();
    const subjectBytes = typeof subject === "string" ? Buffer.from(subject) : subject;
    const replyBytes = typeof reply === "string" ? Buffer.from(reply) : reply;
    const body = headers.length === 0 ? payload : Buffer.concat([headers, payload]);
    view.setSubject(subjectBytes, 0, subjectBytes.length);
    view.setReply(replyBytes, 0, replyBytes.length);
    view.hasBlankReply = hasBlankReply;
    view.setPayload(body, 0, body.length, headers.length);
    return this.#account.publish(view);
  }
}
