import type { MessageView } from "../../routing/message.ts";
import type { MessageSource } from "../../routing/message-source.ts";
import { ACK_WORD_SIZE, parseAckKind, parseNak, parseTermReason } from "../config/ack-payload.ts";
import type { JetStreamServices } from "../services.ts";
import type { AckSampling } from "./ack-sampling.ts";
import type { AckReference, AckSubject } from "./ack-subject.ts";
import type { AckTimer } from "./ack-timer.ts";
import type { ConsumerProgress } from "./consumer-progress.ts";

const noBytes: Buffer = Buffer.alloc(0);

/** The consumer whose deliveries are acknowledged. */
export interface AcknowledgedConsumer {
  readonly name: string;
  readonly streamName: string;
  readonly progress: ConsumerProgress;
  /** Whether its progress survives the process. */
  readonly isDurable: boolean;
  /** An acknowledgement that asks for the next message says in `[start, end)` what it wants, and where it should go. */
  onNext(
    reply: Buffer,
    buffer: Buffer,
    start: number,
    end: number,
    source: MessageSource | undefined,
  ): void;
  /** Its progress changed: deliveries that were acknowledged are pending no more. */
  onAcknowledged(): void;
}

/** Takes the acknowledgements of a consumer's deliveries, in all their forms (ADR-13, ADR-15). */
export class Acknowledgements {
  readonly #services: JetStreamServices;
  readonly #consumer: AcknowledgedConsumer;
  readonly #timer: AckTimer;
  readonly #subject: AckSubject;
  readonly #sampling: AckSampling;
  readonly #isForAll: boolean;

  /** @param isForAll - Whether an acknowledgement covers everything before it, too. */
  constructor(
    services: JetStreamServices,
    consumer: AcknowledgedConsumer,
    timer: AckTimer,
    subject: AckSubject,
    sampling: AckSampling,
    isForAll: boolean,
  ) {
    this.#services = services;
    this.#consumer = consumer;
    this.#timer = timer;
    this.#subject = subject;
    this.#sampling = sampling;
    this.#isForAll = isForAll;
  }

  /** @param scopeSize - See {@link AckSubject.read}. */
  take(message: MessageView, scopeSize = 0): void {
    const { subjectBuffer, subjectStart, subjectEnd } = message;
    if (!this.#subject.read(subjectBuffer, subjectStart, subjectEnd, scopeSize)) return;
    const { reference } = this.#subject;
    const { payloadBuffer: buffer, payloadEnd: end } = message;
    const start = message.payloadStart + message.headersSize;
    switch (parseAckKind(buffer, start, end)) {
      case "ack":
        this.#sample(reference);
        if (!this.#ack(reference)) return;
        break;
      case "next":
        this.#sample(reference);
        this.#ack(reference);
        if (message.hasReply) {
          const { source } = message;
          this.#consumer.onNext(replyOf(message), buffer, start + ACK_WORD_SIZE, end, source);
        }
        return;
      case "nak":
        this.#nak(reference, parseNak(buffer, start, end));
        break;
      case "progress":
        this.#timer.restart(reference.sequence);
        break;
      case "term":
        if (!this.#terminate({ ...reference }, parseTermReason(buffer, start, end))) return;
        break;
      case "unknown":
        break;
    }
    if (message.hasReply) this.#confirm(replyOf(message));
  }

  /** Everything up to `sequence`, whose delivery had `consumerSequence`, is acknowledged, if that is anything new. */
  takeAll(sequence: number, consumerSequence: number): void {
    const { progress } = this.#consumer;
    if (sequence >= progress.nextSequence || consumerSequence <= progress.floorConsumer) return;
    if (!progress.ackAll(sequence, consumerSequence, this.#services.clock.nowMs())) return;
    this.#timer.forgetUpTo(sequence);
    this.#consumer.onAcknowledged();
  }

  /** Measures how long a message was pending that is about to be acknowledged, if it is chosen. */
  #sample({ sequence, consumerSequence, deliveries }: AckReference): void {
    if (!this.#sampling.isChosen || this.#isForAll) return;
    const { name, streamName, progress } = this.#consumer;
    const pending = progress.pending.get(sequence);
    if (pending === undefined) return;
    const { advisories, clock } = this.#services;
    const ackTime = BigInt(Math.round((clock.nowMs() - pending.sinceMs) * 1e6));
    advisories.ackSampled(streamName, name, consumerSequence, sequence, ackTime, deliveries);
  }

  /** False if the message was not delivered since the consumer is where it is: that is not answered, as in nats-server. */
  #ack({ sequence, consumerSequence }: AckReference): boolean {
    const { progress } = this.#consumer;
    if (sequence >= progress.nextSequence && !progress.pending.has(sequence)) return false;
    const nowMs = this.#services.turnClock.turnMs;
    if (this.#isForAll) {
      if (!progress.ackAll(sequence, consumerSequence, nowMs)) return true;
      this.#timer.forgetUpTo(sequence);
    } else {
      if (!progress.ack(sequence, nowMs)) {
        // Nobody waits for it any more, but a work queue may still hold it.
        progress.onSettled?.(sequence);
        return true;
      }
      this.#timer.forget(sequence);
    }
    this.#consumer.onAcknowledged();
    return true;
  }

  #nak(
    { sequence, consumerSequence, deliveries }: AckReference,
    delayMs: number | undefined,
  ): void {
    const { name, streamName, progress } = this.#consumer;
    if (!progress.pending.has(sequence) || consumerSequence > progress.deliveredConsumer) return;
    const { advisories } = this.#services;
    advisories.messageNaked(streamName, name, consumerSequence, sequence, deliveries);
    this.#timer.nak(sequence, delayMs);
  }

  #terminate(reference: AckReference, reason: string): boolean {
    const { name, streamName } = this.#consumer;
    const { sequence, consumerSequence, deliveries } = reference;
    const isAnswered = this.#ack(reference);
    this.#services.advisories.messageTerminated(
      streamName,
      name,
      consumerSequence,
      sequence,
      deliveries,
      reason,
    );
    return isAnswered;
  }

  /** Answers an acknowledgement that asked for it, once it is durable. */
  #confirm(reply: Buffer): void {
    const { sender, store } = this.#services;
    if (!this.#consumer.isDurable) {
      sender.send(reply, noBytes);
      return;
    }
    store.afterCommit((error) => {
      if (error === null) sender.send(reply, noBytes);
    });
  }
}

function replyOf({ replyBuffer, replyStart, replyEnd }: MessageView): Buffer {
  return Buffer.from(replyBuffer.subarray(replyStart, replyEnd));
}
