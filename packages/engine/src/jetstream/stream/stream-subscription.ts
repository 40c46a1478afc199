import type { MessageView } from "../../routing/message.ts";
import { Subscription } from "../../routing/subscription.ts";
import { setTraceDestination, traceDisabled } from "../../routing/trace/trace-headers.ts";
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
    if (message.via === undefined && message.trace === undefined) ingest(this.#context, message);
    else this.#ingestOther(message);
    return true;
  }

  /**
   * Takes a message from another account, or one that is traced. It is stored as it was published, without what
   * services are told of who asks, and so that nobody traces it when it is delivered.
   */
  #ingestOther(message: MessageView): void {
    const { payloadBuffer, payloadStart, payloadEnd, headersSize, via, trace } = message;
    if (via !== undefined) message.borrowPayload(via.published);
    trace?.onStream(this.#context.config.name);
    const published = message.headersSize;
    if (trace !== undefined && !trace.isOnly && published > 0) {
      setTraceDestination(message, traceDisabled, false);
    }
    try {
      ingest(this.#context, message);
    } finally {
      message.setPayload(payloadBuffer, payloadStart, payloadEnd, headersSize);
    }
  }
}
