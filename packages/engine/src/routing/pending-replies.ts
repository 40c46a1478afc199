import type { AccountSharing } from "./account-sharing.ts";
import { isServiceReply } from "./response-subjects.ts";
import type { ResponseEnd, ServiceResponse } from "./service-response.ts";

/** The answers that are waited for, in the account where was asked: tells when nobody listens for them any more. */
export class PendingReplies {
  readonly #sharing: AccountSharing;
  /** By reply subject. Almost always one; a client may use one reply subject for many requests. */
  readonly #byReply: Map<string, ServiceResponse | Set<ServiceResponse>> = new Map();
  #isSweepDue = false;
  readonly #sweep = (): void => this.#endUnheard();

  constructor(sharing: AccountSharing) {
    this.#sharing = sharing;
  }

  /** How many reply subjects there are. */
  get count(): number {
    return this.#byReply.size;
  }

  add(response: ServiceResponse): void {
    const key = keyOf(response.replyBytes);
    const known = this.#byReply.get(key);
    if (known === undefined) this.#byReply.set(key, response);
    else if (known instanceof Set) known.add(response);
    else this.#byReply.set(key, new Set([known, response]));
  }

  /** Called by the response itself when it ends. */
  remove(response: ServiceResponse): void {
    const key = keyOf(response.replyBytes);
    const known = this.#byReply.get(key);
    if (known instanceof Set) {
      known.delete(response);
      if (known.size === 0) this.#byReply.delete(key);
    } else if (known === response) {
      this.#byReply.delete(key);
    }
  }

  /** A subscription to `subject` has ended: so do the answers that only it would have got. */
  onUnsubscribed(subject: Uint8Array): void {
    if (this.#byReply.size === 0 || isServiceReply(subject, 0, subject.length)) return;
    const key = keyOf(subject);
    if (this.#byReply.has(key)) {
      if (!this.#isHeard(key)) this.endAll(subject, "interest-lost");
    } else if (!this.#isSweepDue && hasWildcardByte(subject)) {
      // All of them have to be looked at: once, however many subscriptions end now.
      this.#isSweepDue = true;
      this.#sharing.services.clock.afterTurn(this.#sweep);
    }
  }

  /** Ends the answers to a reply subject. */
  endAll(reply: Uint8Array, reason: ResponseEnd): void {
    if (this.#byReply.size === 0) return;
    const known = this.#byReply.get(keyOf(reply));
    if (known === undefined) return;
    if (known instanceof Set) for (const response of [...known]) response.end(reason);
    else known.end(reason);
  }

  #endUnheard(): void {
    this.#isSweepDue = false;
    for (const key of [...this.#byReply.keys()]) {
      if (!this.#isHeard(key)) this.endAll(Buffer.from(key, "latin1"), "interest-lost");
    }
  }

  #isHeard(key: string): boolean {
    const reply = Buffer.from(key, "latin1");
    return this.#sharing.account.hasInterest(reply, 0, reply.length);
  }
}

function keyOf(subject: Uint8Array): string {
  return Buffer.from(subject.buffer, subject.byteOffset, subject.length).toString("latin1");
}

function hasWildcardByte(subject: Uint8Array): boolean {
  return subject.includes(0x2a) || subject.includes(0x3e);
}
