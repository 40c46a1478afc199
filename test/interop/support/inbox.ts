import { withDeadline } from "./deadline.ts";

/** A message as it came over the wire. */
export interface RawMessage {
  readonly kind: "msg";
  readonly subject: string;
  readonly sid: string;
  readonly reply: string | undefined;
  /** The header block with its first line and the empty line at its end; empty if the frame was MSG. */
  readonly header: string;
  readonly body: Buffer;
}

/**
 * What one subscription receives, in order. Reading waits for the next message; what has come so far can be looked at
 * after a round trip of the connection.
 */
export class Inbox {
  readonly subject: string;
  readonly sid: string;
  readonly #messages: RawMessage[] = [];
  readonly #waiting: ((message: RawMessage) => void)[] = [];

  constructor(subject: string, sid: string) {
    this.subject = subject;
    this.sid = sid;
  }

  /** Messages that have arrived and were not taken with {@link Inbox.next}. */
  get arrived(): readonly RawMessage[] {
    return this.#messages;
  }

  /** Takes the next message, waiting for it if need be. */
  next(): Promise<RawMessage> {
    const message = this.#messages.shift();
    if (message !== undefined) return Promise.resolve(message);
    const arrival = new Promise<RawMessage>((resolve) => this.#waiting.push(resolve));
    return withDeadline(arrival, () => `a message on ${this.subject}`);
  }

  /** Takes the next `count` messages. */
  async take(count: number): Promise<RawMessage[]> {
    const messages: RawMessage[] = [];
    while (messages.length < count) messages.push(await this.next());
    return messages;
  }

  deliver(message: RawMessage): void {
    const waiting = this.#waiting.shift();
    if (waiting === undefined) this.#messages.push(message);
    else waiting(message);
  }
}

/** The bodies of `messages` as text. */
export function texts(messages: readonly RawMessage[]): string[] {
  return messages.map((message) => message.body.toString());
}

/** The status line of a header block without `NATS/1.0`, such as `404 No Messages`; empty for plain headers. */
export function statusOf(message: RawMessage): string {
  return (message.header.split("\r\n")[0] ?? "").slice("NATS/1.0".length).trim();
}

/** The value of the first header called `name`, or `undefined`. */
export function headerOf(message: RawMessage, name: string): string | undefined {
  const line = message.header.split("\r\n").find((text) => text.startsWith(`${name}:`));
  return line?.slice(name.length + 1).trim();
}
