import type { MessageView } from "../../routing/message.ts";
import { Subscription } from "../../routing/subscription.ts";
import { API_PREFIX } from "./routes.ts";

/** Families that have a subscription for each stream or consumer, so that a missing one means "no responders". */
const elsewhere = ["$JS.API.CONSUMER.MSG.NEXT.", "$JS.API.DIRECT.GET"].map((text) =>
  Buffer.from(text),
);

/** Takes everything below `$JS.API.` but what is answered by subscriptions of its own. */
export class ApiSubscription extends Subscription {
  readonly #handle: (message: MessageView) => void;

  constructor(handle: (message: MessageView) => void) {
    super(`${API_PREFIX}>`, "");
    this.#handle = handle;
  }

  override deliver(message: MessageView): boolean {
    if (this.isClosed) return false;
    const { subjectBuffer, subjectStart, subjectEnd } = message;
    for (const prefix of elsewhere) {
      const end = subjectStart + prefix.length;
      if (end <= subjectEnd && prefix.compare(subjectBuffer, subjectStart, end) === 0) return false;
    }
    if (message.trace !== undefined) {
      // nats-server hands requests to its system account, and does not follow them there.
      const subject = message.subjectText();
      message.trace.onServiceImport("$SYS", subject, subject);
      if (message.trace.isOnly) return false;
    }
    this.#handle(message);
    return true;
  }
}
