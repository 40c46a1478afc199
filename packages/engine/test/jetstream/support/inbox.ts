import { decodeHeaders } from "@oxbow/wire/nats";
import type { Account } from "../../../src/routing/account.ts";
import type { MessageView } from "../../../src/routing/message.ts";
import { InternalSubscription } from "../../../src/routing/subscription.ts";

/** A message as a client got it. */
export interface Received {
  readonly subject: string;
  readonly reply: string;
  readonly payload: string;
  readonly bytes: Buffer;
  /** Of the status line, 0 if there is none. */
  readonly status: number;
  readonly headers: ReadonlyMap<string, string>;
  /** Virtual milliseconds. */
  readonly atMs: number;
}

/** A subscription that keeps what it gets. */
export class Inbox {
  readonly subject: string;
  readonly received: Received[] = [];
  readonly #account: Account;
  readonly #subscription: InternalSubscription;
  #taken = 0;
  #wake: (() => void) | undefined;

  constructor(account: Account, subject: string, nowMs: () => number, queue = "") {
    this.subject = subject;
    this.#account = account;
    const take = (message: MessageView): void => {
      this.received.push(copyOf(message, nowMs()));
      this.#wake?.();
    };
    this.#subscription = new InternalSubscription(subject, take, queue);
    account.subscribe(this.#subscription);
  }

  /** The next message that was not taken yet; waits for it. */
  async next(): Promise<Received> {
    while (this.received[this.#taken] === undefined) {
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
    return this.received[this.#taken++] as Received;
  }

  async take(count: number): Promise<Received[]> {
    const messages: Received[] = [];
    while (messages.length < count) messages.push(await this.next());
    return messages;
  }

  /** What has come since the last call, without waiting. */
  rest(): Received[] {
    const rest = this.received.slice(this.#taken);
    this.#taken = this.received.length;
    return rest;
  }

  close(): void {
    this.#account.unsubscribe(this.#subscription);
  }
}

function copyOf(message: MessageView, atMs: number): Received {
  const { payloadBuffer: buffer, payloadStart: start, payloadEnd: end, headersSize } = message;
  const { status, entries } = decodeHeaders(buffer, start, start + headersSize);
  return {
    subject: message.subjectText(),
    reply: message.replyText(),
    payload: buffer.toString("utf8", start + headersSize, end),
    bytes: Buffer.from(buffer.subarray(start + headersSize, end)),
    status: status?.code ?? 0,
    headers: new Map(status === undefined ? entries : [["", status.text], ...entries]),
    atMs,
  };
}
