import { explainDenial } from "oxbow/control";
import { oneLine } from "./one-line.ts";

const remembered = 64;
const denied = /^Permissions Violation for Publish to "([^"]+)"/;

/**
 * The messages that a client has sent last and wants an answer to. The engine refuses a subject with a complaint that
 * SDKs never come back from; with this they get an answer to the message instead.
 */
export class RecentPublishes {
  readonly #subjects: string[] = [];
  readonly #replies: string[] = [];
  #next = 0;

  add(subject: Buffer, reply: Buffer): void {
    this.#subjects[this.#next] = subject.toString("latin1");
    this.#replies[this.#next] = reply.toString("latin1");
    this.#next = (this.#next + 1) % remembered;
  }

  /** Where to answer to the oldest message that a complaint can be about; `undefined` if it is about none. */
  refused(complaint: string): string | undefined {
    const subject = denied.exec(complaint)?.[1];
    if (subject === undefined) return undefined;
    for (let count = 0; count < this.#subjects.length; count++) {
      const index = (this.#next + count) % this.#subjects.length;
      if (this.#subjects[index] !== subject) continue;
      this.#subjects[index] = "";
      return this.#replies[index];
    }
    return undefined;
  }
}

/** What a message is answered with that the engine does not let through: as JetStream's API or, to a pull, as a status. */
export function refusalOf(complaint: string): { readonly headers: Buffer; readonly body: string } {
  const subject = denied.exec(complaint)?.[1] ?? "";
  const description = `${complaint}: ${explainDenial("publish", subject)}`;
  if (!subject.startsWith("$JS.API.CONSUMER.MSG.NEXT.")) {
    const body = JSON.stringify({ error: { code: 403, description } });
    return { headers: Buffer.alloc(0), body };
  }
  return { headers: Buffer.from(`NATS/1.0 400 ${oneLine(description)}\r\n\r\n`), body: "" };
}
