import { ActivityTally } from "../../activity/activity-tally.ts";
import { judgeAtStream } from "../../gates/gated-publish.ts";
import type { TakingStream } from "../../gates/refusal.ts";
import type { Account } from "../../routing/account.ts";
import type { MessageView } from "../../routing/message.ts";
import { Subscription } from "../../routing/subscription.ts";
import { setTraceDestination, traceDisabled } from "../../routing/trace/trace-headers.ts";
import type { IngestContext } from "../ingest/ingest-context.ts";
import { ingest, ingestRefused } from "./stream-ingest.ts";

/** Takes messages of one of a stream's subjects into it. */
export class StreamSubscription extends Subscription {
  readonly #context: IngestContext;
  readonly #account: Account;
  readonly #publishers: ActivityTally;

  constructor(subject: string, context: IngestContext, account: Account) {
    super(subject, "");
    this.#context = context;
    this.#account = account;
    this.#publishers = new ActivityTally(account, context.config.name);
  }

  override get followsImports(): boolean {
    return true;
  }

  override get stream(): TakingStream {
    return this.#context;
  }

  override deliver(message: MessageView): boolean {
    if (this.isClosed) return false;
    const account = this.#account;
    const isLetIn =
      account.gates === undefined ||
      (message.judgedIn === account && message.refusal === undefined);
    if (isLetIn && message.via === undefined && message.trace === undefined) {
      ingest(this.#context, message);
      this.#count(message);
    } else if (isLetIn || message.judgedIn === account) this.#ingestOther(message);
    else this.#judge(message);
    return true;
  }

  /** Behind {@link ingest}, which has read the clock of the turn. */
  #count(message: MessageView): void {
    const entry = this.#publishers.of(message.source);
    if (entry === undefined) return;
    entry.messages++;
    entry.bytes += message.payloadEnd - message.payloadStart;
    entry.lastAtMs = this.#context.turnClock.turnMs;
  }

  /** A message that came by no client of the account is judged here, so that none comes in around the gates. */
  #judge(message: MessageView): void {
    const { judgedIn, refusal } = message;
    if (judgeAtStream(this.#account, message)) this.#ingestOther(message);
    message.judgedIn = judgedIn;
    message.refusal = refusal;
  }

  /**
   * Takes a message from another account, or one that is traced or was refused. It is stored as it was published, without
   * what services are told of who asks, and so that nobody traces it when it is delivered.
   */
  #ingestOther(message: MessageView): void {
    const { payloadBuffer, payloadStart, payloadEnd, headersSize, via, trace, refusal } = message;
    if (via !== undefined) message.borrowPayload(via.published);
    trace?.onStream(this.#context.config.name);
    const published = message.headersSize;
    if (trace !== undefined && !trace.isOnly && published > 0) {
      setTraceDestination(message, traceDisabled, false);
    }
    try {
      if (refusal === undefined) {
        ingest(this.#context, message);
        if (trace?.isOnly !== true) this.#count(message);
      } else ingestRefused(this.#context, message, refusal);
    } finally {
      message.setPayload(payloadBuffer, payloadStart, payloadEnd, headersSize);
    }
  }
}
