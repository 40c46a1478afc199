import type { Timer } from "@oxbow/base";
import { encodeHeaders, findHeader, type HeaderValue } from "@oxbow/wire/nats";
import { randomName } from "../../random-name.ts";
import type { MessageView } from "../../routing/message.ts";
import { InternalSubscription } from "../../routing/subscription.ts";
import { type JsApiError, jsError } from "../config/errors.ts";
import type { StreamSource } from "../config/stream-config.ts";
import type { JetStreamServices } from "../services.ts";
import { type ConsumerAnswer, readConsumerAnswer } from "./consumer-answer.ts";
import {
  consumerRequest,
  type OriginStart,
  originSubject,
  type Requester,
  SILENCE_MS_MAX,
} from "./consumer-request.ts";
import { Delivery } from "./delivery.ts";
import { RetryDelay } from "./retry-delay.ts";

const noBytes: Buffer = Buffer.alloc(0);
const LAST_CONSUMER = Buffer.from("Nats-Last-Consumer");
const STALLED = Buffer.from("Nats-Consumer-Stalled");
const CONTROL: Buffer = Buffer.from("NATS/1.0 100 ");
const REQUIRED_LEVEL = encodeHeaders(undefined, [["Nats-Required-Api-Level", "4"]]);
/** How long an origin may take to answer. */
const ANSWER_MS_MAX = 30_000;
/** The same where its consumer is there already, and is only to begin anew. */
const RESET_ANSWER_MS_MAX = 5_000;
const NAME_SIZE = 22;
/** Errors by which a server says that it does not know consumers that feed streams. */
const LEVEL_ERRORS: readonly number[] = [10185, 10025];

/** What became of a message: `again` has it, and what is behind it, sent once more. */
export type Taking = "taken" | "again";

/** Who wants the messages of an origin. */
export interface OriginTaker {
  readonly kind: "mirror" | "source";
  readonly origin: StreamSource;
  /** The stable name of the consumer to ask for. */
  readonly consumerName: string;
  readonly requester: Requester;
  /** Sequence of the origin up to which nothing is wanted any more. */
  readonly position: number;
  /** Whether messages that were taken are not stored yet, so that the origin must not let go of them. */
  readonly isHolding: boolean;
  /** Where the origin is to begin. */
  start(): OriginStart;
  /** The origin's consumer is there, and begins behind `sequence`. */
  onBegun(sequence: number, pending: number): void;
  /** Takes a message that follows the one before it; none was left out but what the origin does not have. */
  take(message: MessageView, delivery: Delivery): Taking;
}

/**
 * The way from an origin to a stream that feeds on it: a consumer at the origin, asked for through the API by subjects,
 * so that it may be in another account or domain. It notices what is missing, and asks for another consumer; it tries
 * again as often and as seldom as nats-server does.
 */
export class OriginLink {
  /** Messages that the origin has ready and that are not here yet, as far as is known. */
  lag = 0;
  /** What the origin said to the last request, if it refused it. */
  error: JsApiError | undefined;
  readonly #services: JetStreamServices;
  readonly #taker: OriginTaker;
  readonly #delivery: Delivery = new Delivery();
  readonly #retry: RetryDelay;
  /** Name of the origin's consumer; empty while there is none. */
  #consumer: Buffer = noBytes;
  /** The same, and kept until there is another one. */
  #lastConsumer = "";
  #consumerSequence = 0;
  #sequence = 0;
  /** When the origin was heard last, on the monotonic clock; `undefined` for never. */
  #heardAtMs: number | undefined;
  #isSourcing = true;
  #answers: InternalSubscription | undefined;
  #deliveries: InternalSubscription | undefined;
  #timer: Timer | undefined;
  #isClosed = false;

  constructor(services: JetStreamServices, taker: OriginTaker) {
    this.#services = services;
    this.#taker = taker;
    this.#retry = new RetryDelay(services.clock, services.random);
  }

  /** Milliseconds since the origin was heard; `undefined` if it never was. */
  get silenceMs(): number | undefined {
    if (this.#heardAtMs === undefined) return undefined;
    return this.#services.clock.monotonicMs() - this.#heardAtMs;
  }

  /** Begins, a moment later. */
  open(): void {
    this.#schedule();
  }

  /** Ends it. What the origin keeps for it goes by itself. */
  close(): void {
    this.#isClosed = true;
    this.#cancel();
  }

  /** Ends it for good, and lets the origin know. May follow {@link close}. */
  release(): void {
    const name = this.#lastConsumer;
    this.close();
    const { origin } = this.#taker;
    if (name === "" || origin.consumer !== null) return;
    const subject = originSubject(origin, `CONSUMER.DELETE.${origin.name}.${name}`);
    const reply = `$JSC.R.${randomName(this.#services.random, NAME_SIZE)}`;
    this.#services.sender.send(subject, noBytes, noBytes, reply);
  }

  /** Has what comes next sent once more, from a new consumer. */
  again(): void {
    this.#cancel();
    if (!this.#isClosed) this.#schedule();
  }

  #schedule(): void {
    this.#timer = this.#services.clock.setTimer(this.#retry.nextMs(), this.#request);
  }

  #cancel(): void {
    this.#timer?.cancel();
    this.#timer = undefined;
    const { account } = this.#services;
    if (this.#answers !== undefined) account.unsubscribe(this.#answers);
    if (this.#deliveries !== undefined) account.unsubscribe(this.#deliveries);
    this.#answers = undefined;
    this.#deliveries = undefined;
    this.#consumer = noBytes;
  }

  readonly #request = (): void => {
    const { clock, random, account, sender } = this.#services;
    const { consumer } = this.#taker.origin;
    this.#retry.onRequest();
    this.error = undefined;
    const patienceMs = consumer === null ? ANSWER_MS_MAX : RESET_ANSWER_MS_MAX;
    this.#timer = clock.setTimer(patienceMs, this.#fail);
    const { subject, body } = consumer === null ? this.#creation() : this.#reset(consumer.name);
    const reply = `$JSC.R.${randomName(random, NAME_SIZE)}`;
    const answers = new InternalSubscription(reply, (message) => this.#onAnswer(answers, message));
    this.#answers = answers;
    account.subscribe(answers);
    const headers = consumer === null && this.#isSourcing ? REQUIRED_LEVEL : noBytes;
    const takers = sender.send(subject, body, headers, reply);
    // Nobody is there yet: it costs nothing to look again soon.
    if (takers === 0 && this.#answers === answers) this.again();
  };

  /** The request for a consumer that is made for this. */
  #creation(): { subject: string; body: Buffer } {
    const taker = this.#taker;
    const { kind, origin, requester } = taker;
    const suffix = this.#isSourcing ? "" : `_${randomName(this.#services.random, 8)}`;
    return consumerRequest({
      kind,
      origin,
      name: `${taker.consumerName}${suffix}`,
      deliverSubject: this.#deliverSubject(),
      start: taker.start(),
      requester,
      isSourcing: this.#isSourcing,
    });
  }

  /** The request to a consumer that exists: to begin anew behind what was acknowledged (ADR-60). */
  #reset(name: string): { subject: string; body: Buffer } {
    const { origin } = this.#taker;
    // What waits to be stored comes again.
    this.#taker.start();
    return {
      subject: originSubject(origin, `CONSUMER.RESET.${origin.name}.${name}`),
      body: noBytes,
    };
  }

  /** Where deliveries are to go: below what the origin's account exports, or within the server. */
  #deliverSubject(): string {
    const { kind, origin } = this.#taker;
    const name = randomName(this.#services.random, NAME_SIZE);
    const letter = kind === "mirror" ? "M" : "S";
    const prefix = origin.external?.deliver ?? "";
    if (prefix === "") return `$JS.${letter}.${name}`;
    return `${prefix}.${letter}.${name}`.replaceAll("..", ".");
  }

  readonly #fail = (): void => {
    this.#retry.onFailure();
    this.again();
  };

  #onAnswer(answers: InternalSubscription, message: MessageView): void {
    if (this.#answers !== answers) return;
    const { payloadBuffer, payloadStart, payloadEnd, headersSize } = message;
    const answer = readConsumerAnswer(
      payloadBuffer.subarray(payloadStart + headersSize, payloadEnd),
    );
    this.#services.account.unsubscribe(answers);
    this.#answers = undefined;
    this.#timer?.cancel();
    if (answer.ok) this.#begin(answer);
    else this.#onRefused(answer.error);
  }

  #onRefused(error: JsApiError): void {
    const isMade = this.#taker.origin.consumer === null;
    if (isMade && this.#isSourcing && LEVEL_ERRORS.includes(error.err_code)) {
      this.#isSourcing = false;
      this.#timer = this.#services.clock.setTimer(1, this.#request);
      return;
    }
    this.error = error;
    const { origin, requester } = this.#taker;
    const what = { stream: requester.stream, origin: origin.name, error: error.description };
    this.#services.logger.warn(what, "an origin of a stream refuses its messages");
    this.#fail();
  }

  #begin(answer: ConsumerAnswer & { ok: true }): void {
    const { clock, account } = this.#services;
    const { kind, origin } = this.#taker;
    if (origin.consumer !== null && answer.ackPolicy !== "flow_control") {
      this.#onRefused(jsError(kind === "mirror" ? 10214 : 10217));
      return;
    }
    this.#retry.onSuccess();
    this.#consumer = Buffer.from(answer.name);
    this.#lastConsumer = answer.name;
    this.#consumerSequence = 0;
    this.#taker.onBegun(answer.deliveredSequence, answer.pending);
    this.#sequence = Math.max(answer.deliveredSequence, this.#taker.position);
    this.#heardAtMs = clock.monotonicMs();
    this.#timer = clock.setTimer(SILENCE_MS_MAX, this.#checkSilence);
    const subject = origin.consumer?.deliver_subject ?? answer.deliverSubject;
    const deliveries = new DeliverySubscription(subject, (message) =>
      this.#onDelivery(deliveries, message),
    );
    this.#deliveries = deliveries;
    account.subscribe(deliveries);
  }

  readonly #checkSilence = (): void => {
    const silenceMs = this.silenceMs ?? 0;
    if (silenceMs > SILENCE_MS_MAX) {
      this.again();
      return;
    }
    this.#timer = this.#services.clock.setTimer(SILENCE_MS_MAX, this.#checkSilence);
  };

  #onDelivery(deliveries: InternalSubscription, message: MessageView): void {
    if (this.#deliveries !== deliveries) return;
    this.#heardAtMs = this.#services.clock.monotonicMs();
    if (isControl(message)) {
      this.#onControl(message);
      return;
    }
    const delivery = this.#delivery;
    if (!delivery.read(message) || !delivery.isOf(this.#consumer)) return;
    if (delivery.deliveries > 1) return;
    if (this.#take(message, delivery) === "again") this.again();
  }

  #take(message: MessageView, delivery: Delivery): Taking {
    const { sequence, consumerSequence, pending } = delivery;
    const isNext = consumerSequence === this.#consumerSequence + 1;
    if (sequence <= this.#sequence) {
      if (isNext) this.#consumerSequence++;
      return "taken";
    }
    if (!isNext) return "again";
    if (this.#taker.take(message, delivery) === "again") return "again";
    this.#consumerSequence = consumerSequence;
    this.#sequence = sequence;
    this.lag = Math.max(0, pending - 1);
    return "taken";
  }

  /** A heartbeat, or the question how far everything has come. */
  #onControl(message: MessageView): void {
    if (message.hasReply) {
      this.#acknowledge(message.replyText());
      return;
    }
    const last = Number(headerText(message, LAST_CONSUMER));
    if (last > 0 && last !== this.#consumerSequence) {
      this.again();
      return;
    }
    const stalled = headerText(message, STALLED);
    if (stalled !== "") this.#acknowledge(stalled);
  }

  /** Says what has come once it is durable: the origin may let go of it then. */
  #acknowledge(subject: string): void {
    const { sender, store } = this.#services;
    // It will be asked for again.
    if (this.#taker.isHolding) return;
    const consumer = this.#consumer;
    const headers = encodeHeaders(undefined, [
      ["Nats-Last-Consumer", String(this.#consumerSequence)],
      ["Nats-Last-Stream", String(this.#sequence)],
    ]);
    store.afterCommit((error) => {
      if (error === null && this.#consumer === consumer) sender.send(subject, noBytes, headers);
    });
  }
}

/** Deliveries may come from another account, as a stream that is imported. */
class DeliverySubscription extends InternalSubscription {
  override get followsImports(): boolean {
    return true;
  }
}

function isControl(message: MessageView): boolean {
  const { payloadBuffer, payloadStart, payloadEnd, headersSize } = message;
  if (payloadEnd - payloadStart !== headersSize || headersSize < CONTROL.length) return false;
  const end = payloadStart + CONTROL.length;
  return CONTROL.compare(payloadBuffer, payloadStart, end) === 0;
}

function headerText(message: MessageView, name: Buffer): string {
  const { payloadBuffer: buffer, payloadStart: start, headersSize } = message;
  const value: HeaderValue = { start: 0, end: 0 };
  if (!findHeader(buffer, start, start + headersSize, name, value)) return "";
  return buffer.toString("utf8", value.start, value.end).trim();
}
