import { subjectMatches } from "./subject-matches.ts";

/** A subscription of a client. */
export interface ClientSubscription {
  readonly sid: string;
  readonly subject: string;
  /** Messages that may still come; `undefined` for any number. Only those that the gateway itself sends count. */
  remaining: number | undefined;
}

/** What a client has subscribed to, so that the gateway can send it something itself. */
export class ClientSubscriptions {
  readonly #bySid = new Map<string, ClientSubscription>();

  get count(): number {
    return this.#bySid.size;
  }

  add(sid: string, subject: string): void {
    if (!this.#bySid.has(sid)) this.#bySid.set(sid, { sid, subject, remaining: undefined });
  }

  /** @param max - After so many messages it ends; 0 is now. */
  end(sid: string, max: number): void {
    const subscription = this.#bySid.get(sid);
    if (subscription === undefined) return;
    if (max === 0) this.#bySid.delete(sid);
    else subscription.remaining = max;
  }

  /** One that takes `subject`. */
  find(subject: string): ClientSubscription | undefined {
    for (const subscription of this.#bySid.values()) {
      if (subjectMatches(subscription.subject, subject)) return subscription;
    }
    return undefined;
  }

  /** Those to just this subject. */
  *to(subject: string): Iterable<ClientSubscription> {
    for (const subscription of this.#bySid.values()) {
      if (subscription.subject === subject) yield subscription;
    }
  }
}
