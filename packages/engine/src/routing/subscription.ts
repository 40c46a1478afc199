import type { TakingStream } from "../gates/refusal.ts";
import type { TrieItem } from "../subjects/trie-node.ts";
import type { MessageView } from "./message.ts";

/** An interest in the messages of an account whose subject matches {@link subject}. */
export abstract class Subscription implements TrieItem {
  readonly subjectBytes: Uint8Array;
  /** The queue group, of which one member gets each message; `""` for none. */
  readonly queue: string;
  /** Set once by the account when it is unsubscribed; a message that is being delivered may still come by. */
  isClosed = false;

  /** @param subject - A valid subject, wildcards allowed. Bytes are kept, not copied. */
  protected constructor(subject: string | Uint8Array, queue: string) {
    this.subjectBytes = typeof subject === "string" ? Buffer.from(subject, "utf8") : subject;
    this.queue = queue;
  }

  /** Whether it also wants what its account imports as streams: those of clients do, and of streams. */
  get followsImports(): boolean {
    return false;
  }

  /** The stream that takes what comes here, if one does. */
  get stream(): TakingStream | undefined {
    return undefined;
  }

  /** The subject as a new string. */
  get subject(): string {
    return Buffer.from(this.subjectBytes).toString("utf8");
  }

  /**
   * Takes a message, whose view and buffers are valid during the call only.
   *
   * May publish, subscribe and unsubscribe.
   *
   * @returns Whether it took it: `false` makes a queue group try its next member, and counts as nobody there.
   */
  abstract deliver(message: MessageView): boolean;
}

/** A subscription of the server itself. */
export class InternalSubscription extends Subscription {
  readonly #handle: (message: MessageView) => void;

  /** @param handle - Called for each message; bind it once. Follows the rules of {@link Subscription.deliver}. */
  constructor(subject: string, handle: (message: MessageView) => void, queue = "") {
    super(subject, queue);
    this.#handle = handle;
  }

  override deliver(message: MessageView): boolean {
    if (this.isClosed) return false;
    if (message.trace?.isOnly) return true;
    this.#handle(message);
    return true;
  }
}
