import type { PermissionRules } from "../auth/permissions/permission-rules.ts";
import type { MessageView } from "../routing/message.ts";
import type { MessageSource } from "../routing/message-source.ts";
import { Subscription } from "../routing/subscription.ts";
import type { MessageTrace } from "../routing/trace/message-trace.ts";
import { egressProblems } from "../routing/trace/trace-events.ts";
import type { Outbox } from "./outbox.ts";

/** The connection of a subscription, as far as deliveries concern it. */
export interface Subscriber extends MessageSource {
  /** Number of the connection. */
  readonly id: number;
  /** Whether it gets what it publishes itself. */
  readonly echo: boolean;
  readonly outbox: Outbox;
  /** Name of the client; empty if it has none. */
  readonly name: string;
  /** Whether {@link permitReply} wants to hear of messages that ask for an answer. */
  readonly tracksReplies: boolean;
  /** Counts a message of `size` bytes on its way out. */
  countSent(size: number): void;
  /** A message was delivered, and may be answered now. */
  permitReply(message: MessageView): void;
  /** Ends a subscription. */
  unsubscribe(subscription: ClientSubscription): void;
}

/** A subscription that a client made with SUB. */
export class ClientSubscription extends Subscription {
  readonly subscriber: Subscriber;
  /** The client's id for it. */
  readonly sid: Buffer;
  /** Messages after which it ends, counted from its start; 0 is never. */
  max = 0;
  deliveredCount = 0;
  /** Set where it may meet messages that its user must not get. */
  filter: PermissionRules | undefined = undefined;

  constructor(subscriber: Subscriber, subject: Uint8Array, queue: string, sid: Buffer) {
    super(subject, queue);
    this.subscriber = subscriber;
    this.sid = sid;
  }

  override get followsImports(): boolean {
    return true;
  }

  override deliver(message: MessageView): boolean {
    if (message.trace !== undefined) return this.#deliverTraced(message, message.trace);
    const subscriber = this.subscriber;
    if (this.isClosed || (message.source === subscriber && !subscriber.echo)) return false;
    if (this.filter !== undefined && this.#isHidden(message, this.filter)) return false;
    this.#write(message);
    return true;
  }

  #deliverTraced(message: MessageView, trace: MessageTrace): boolean {
    const problem = this.#problem(message);
    trace.onEgress(this.subscriber, this.subject, this.queue, problem);
    if (problem === "" && !trace.isOnly) this.#write(message);
    return problem === "";
  }

  #problem(message: MessageView): string {
    const { subscriber, filter } = this;
    if (this.isClosed) return egressProblems.closed;
    if (message.source === subscriber && !subscriber.echo) return egressProblems.echo;
    if (filter !== undefined && this.#isHidden(message, filter)) return egressProblems.denied;
    return "";
  }

  #write(message: MessageView): void {
    const subscriber = this.subscriber;
    this.deliveredCount++;
    subscriber.countSent(message.payloadEnd - message.payloadStart);
    subscriber.outbox.writeMessage(this.sid, message, subscriber.takesHeaders);
    if (subscriber.tracksReplies) subscriber.permitReply(message);
    if (subscriber.outbox.isCongested) message.source?.stall();
    if (this.max > 0 && this.deliveredCount >= this.max) subscriber.unsubscribe(this);
  }

  #isHidden(message: MessageView, filter: PermissionRules): boolean {
    const { subjectBuffer, subjectStart, subjectEnd } = message;
    return filter.hides(subjectBuffer, subjectStart, subjectEnd, this.queue);
  }
}
