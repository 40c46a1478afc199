import type { MessageView } from "../../routing/message.ts";
import { Subscription } from "../../routing/subscription.ts";
import type { IngestContext } from "../ingest/ingest-context.ts";
import { ingest } from "./stream-ingest.ts";

/** Takes messages of one of a stream's subjects into it. */
export class StreamSubscription extends Subscription {
  readonly #context: IngestContext;

  constructor(subject: string, context: IngestContext) {
    super(subject, "");
    this.#context = context;
  }

  override get followsImports(): boolean {
    return true;
  }

  override deliver(message: MessageView): boolean {
    if (this.isClosed) return false;
    if (message.via === undefined) ingest(this.#context, message);
    else this.#ingestImported(message, message.via.published);
    return true;
  }

  /** What services are told of who asks is not stored: the message is, as it was published. */
  #ingestImported(message: MessageView, published: MessageView): void {
    const { payloadBuffer, payloadStart, payloadEnd, headersSize } = message;
    message.borrowPayload(published);
    try {
      ingest(this.#context, message);
    } finally {
      message.setPayload(payloadBuffer, payloadStart, payloadEnd, headersSize);
    }
  }
}
