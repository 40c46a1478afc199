import { MessageView } from "../../routing/message.ts";
import type { ServiceHop } from "../../routing/service-hop.ts";

/** Messages of a stream that wait for the disk to read something, before further ones are refused. */
const WAITING_COUNT_MAX = 10_000;
/** Their bytes. */
const WAITING_BYTES_MAX = 32 * 1024 * 1024;
/** Bytes from which on their publishers are slowed down. */
const WAITING_BYTES_PRESSURE = 1024 * 1024;

/** Somebody who waits behind messages. */
interface Follower {
  /** How many have left the line by then. */
  readonly passedCount: number;
  readonly run: () => void;
}

/**
 * The messages before the door of a stream, while the first of them waits for something that is read from the disk.
 * They are taken in their order. Bounded.
 */
export class WaitingLine {
  readonly #take: (message: MessageView) => void;
  readonly #onDrained: () => void;
  #messages: (MessageView | undefined)[] = [];
  #head = 0;
  #bytes = 0;
  #wasPressed = false;
  #isClosed = false;
  /** Messages that have left the line for good. */
  #passedCount = 0;
  #followers: Follower[] = [];
  /** Whether messages wait, so that every further one has to {@link push} itself behind them. */
  isActive = false;

  /**
   * @param take - Takes a message from the line; it may {@link wait} again, at the head.
   * @param onDrained - Nobody waits any more, after so many did that {@link isPressed} was true.
   */
  constructor(take: (message: MessageView) => void, onDrained: () => void) {
    this.#take = take;
    this.#onDrained = onDrained;
  }

  /** Whether so many bytes wait that their publishers should be slowed down. */
  get isPressed(): boolean {
    if (this.#bytes <= WAITING_BYTES_PRESSURE) return false;
    this.#wasPressed = true;
    return true;
  }

  /** Has `message` wait at the head of the line until `load` calls back. */
  wait(message: MessageView, load: (done: () => void) => void): void {
    this.isActive = true;
    if (this.#head === 0) this.#messages.unshift(copyOf(message));
    else this.#messages[--this.#head] = copyOf(message);
    this.#bytes += sizeOf(message);
    load(() => this.#resume());
  }

  /** Puts `message` at the end of the line; false if that is too long. */
  push(message: MessageView): boolean {
    if (this.#messages.length - this.#head >= WAITING_COUNT_MAX) return false;
    if (this.#bytes + sizeOf(message) > WAITING_BYTES_MAX) return false;
    this.#messages.push(copyOf(message));
    this.#bytes += sizeOf(message);
    return true;
  }

  /** Calls `run` when the messages that wait now are taken, or never will be: at once if there are none. */
  behind(run: () => void): void {
    if (!this.isActive) run();
    else {
      const count = this.#passedCount + this.#messages.length - this.#head;
      this.#followers.push({ passedCount: count, run });
    }
  }

  /** Forgets them all: the stream is gone. */
  close(): void {
    this.#isClosed = true;
    this.isActive = false;
    this.#clear();
    this.#letFollow(Number.POSITIVE_INFINITY);
  }

  #resume(): void {
    if (this.#isClosed) return;
    this.isActive = false;
    while (this.#head < this.#messages.length) {
      const message = this.#messages[this.#head] as MessageView;
      this.#messages[this.#head++] = undefined;
      this.#bytes -= sizeOf(message);
      this.#take(message);
      if (this.isActive || this.#isClosed) return;
      this.#letFollow(++this.#passedCount);
    }
    this.#clear();
    if (!this.#wasPressed) return;
    this.#wasPressed = false;
    this.#onDrained();
  }

  #letFollow(passedCount: number): void {
    const followers = this.#followers;
    for (let first = followers[0]; first !== undefined; first = followers[0]) {
      if (first.passedCount > passedCount) return;
      followers.shift();
      first.run();
    }
  }

  #clear(): void {
    this.#messages = [];
    this.#head = 0;
    this.#bytes = 0;
  }
}

function sizeOf({ subjectStart, subjectEnd, payloadStart, payloadEnd }: MessageView): number {
  return subjectEnd - subjectStart + payloadEnd - payloadStart;
}

/** A message that may be kept: nothing of it is borrowed. */
export function copyOf(message: MessageView): MessageView {
  const { subjectStart, subjectEnd, replyStart, replyEnd, payloadStart, payloadEnd } = message;
  const copy = new MessageView();
  const subject = Buffer.from(message.subjectBuffer.subarray(subjectStart, subjectEnd));
  const reply = Buffer.from(message.replyBuffer.subarray(replyStart, replyEnd));
  const payload = Buffer.from(message.payloadBuffer.subarray(payloadStart, payloadEnd));
  copy.setSubject(subject, 0, subject.length);
  copy.setReply(reply, 0, reply.length);
  copy.setPayload(payload, 0, payload.length, message.headersSize);
  copy.source = message.source;
  copy.trace = message.trace;
  copy.refusal = message.refusal;
  copy.via = message.via === undefined ? undefined : hopOf(message.via);
  return copy;
}

/** The last service import of a message that waits, with as much of how it was published as is still asked for. */
function hopOf({ service, isShared, previous, published }: ServiceHop): ServiceHop {
  const copy = new MessageView();
  const { replyStart, replyEnd } = published;
  const reply = Buffer.from(published.replyBuffer.subarray(replyStart, replyEnd));
  copy.setReply(reply, 0, reply.length);
  return { service, isShared, previous, published: copy };
}
