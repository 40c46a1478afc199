import { MessageView } from "../routing/message.ts";
import { RequestInfoWriter } from "../routing/request-info.ts";

/**
 * Tells services who asks: clients' messages to subjects that begin with a prefix get the header `Nats-Request-Info`, as
 * those have that come through a service import. What a client puts there itself is taken out.
 */
export class RequestStamp {
  readonly #prefix: Buffer;
  readonly #writer: RequestInfoWriter = new RequestInfoWriter();
  readonly #stamped: MessageView = new MessageView();

  /** @param prefix - Not empty. */
  constructor(prefix: string) {
    this.#prefix = Buffer.from(prefix);
  }

  /** Stamps `message`, if its subject is one of those. Its payload is then this one's, until the next message. */
  stamp(message: MessageView): void {
    const { subjectBuffer: buffer, subjectStart: start, subjectEnd: end, source } = message;
    const prefix = this.#prefix;
    if (buffer[start] !== prefix[0] || end - start < prefix.length || source === undefined) return;
    for (let index = 1; index < prefix.length; index++) {
      if (buffer[start + index] !== prefix[index]) return;
    }
    // It passes on what somebody else has asked for.
    if (source.identity?.isPartOfProgram === true) return;
    this.#writer.write(this.#stamped, message, source.clientInfo(true));
    message.borrowPayload(this.#stamped);
  }
}
