import type { Timer } from "@oxbow/base";
import { type Log, RecordView } from "@oxbow/log";
import type { JetStreamServices } from "../services.ts";
import type { AckSubject } from "./ack-subject.ts";
import type { ConsumerPause } from "./consumer-pause.ts";
import { DeliveredMessage } from "./delivered-message.ts";
import { DeliverySource } from "./delivery-source.ts";
import type { MessageFeed } from "./message-feed.ts";
import type { Outlet } from "./outlet.ts";

/** Deliveries in one go before others get their turn: a long backlog must not hold up the loop. */
const DELIVERIES_PER_TURN_MAX = 1024;
/** The same for their bytes, so that sockets take some of large messages before there are more. */
const DELIVERED_BYTES_PER_TURN_MAX = 8 * 1024 * 1024;
/** How long to wait after the disk could not be read before it is asked again. */
const LOAD_RETRY_MS = 1_000;

/** Brings what a feed has to where an outlet sends it, for as long as there is something and somebody takes it. */
export class DeliveryLoop {
  readonly message: DeliveredMessage;
  /** Whether nothing is to be delivered yet, and requests wait. */
  isHeld = false;
  readonly #services: JetStreamServices;
  readonly #log: Log;
  readonly #feed: MessageFeed;
  readonly #outlet: Outlet;
  readonly #ackSubject: AckSubject;
  readonly #consumerPause: ConsumerPause;
  readonly #onChanged: () => void;
  /** Of all that it has delivered. */
  deliveredBytes = 0;
  readonly #record = new RecordView();
  readonly #source: DeliverySource;
  #isRunning = false;
  #isTurnScheduled = false;
  /** Whether somebody asked for deliveries during one. */
  #isAskedAgain = false;
  #isLoading = false;
  #isClosed = false;
  /** What may still be delivered in this turn. */
  #bytesLeft = 0;
  /** Runs while nothing new is delivered: in a pause of the replay, or after the disk could not be read. */
  #pauseTimer: Timer | undefined;

  /** @param onChanged - Called after deliveries, when the consumer's progress has changed. */
  constructor(
    services: JetStreamServices,
    log: Log,
    feed: MessageFeed,
    outlet: Outlet,
    ackSubject: AckSubject,
    pause: ConsumerPause,
    onChanged: () => void,
  ) {
    this.#services = services;
    this.#log = log;
    this.#feed = feed;
    this.#outlet = outlet;
    this.#ackSubject = ackSubject;
    this.#consumerPause = pause;
    this.#onChanged = onChanged;
    this.message = new DeliveredMessage(ackSubject);
    this.#source = new DeliverySource(services.clock, services.account.name, () => this.run());
    this.message.view.source = this.#source;
  }

  close(): void {
    this.#isClosed = true;
    this.#pauseTimer?.cancel();
    this.#source.close();
  }

  /** Delivers what there is to whoever waits for it. */
  readonly run = (): void => {
    if (this.#isLoading || this.#isClosed) return;
    if (this.#isRunning) {
      this.#isAskedAgain = true;
      return;
    }
    this.#isRunning = true;
    // In a pause there is nothing, and requests that do not wait are told so.
    let isAtEnd = this.isHeld || this.#consumerPause.isOn;
    let left = DELIVERIES_PER_TURN_MAX;
    this.#bytesLeft = DELIVERED_BYTES_PER_TURN_MAX;
    while (this.#outlet.isOpen && !isAtEnd && !this.#source.isHeld) {
      if (left-- === 0 || this.#bytesLeft <= 0) {
        this.runNextTurn();
        break;
      }
      isAtEnd = !this.#deliverOne();
    }
    if (this.#feed.progress.isDirty) this.#onChanged();
    const isWaiting =
      this.#isLoading ||
      this.#feed.isStalled ||
      this.#pauseTimer !== undefined ||
      // Where the disk has failed, it stays held for good.
      (this.isHeld && this.#services.store.failure === undefined);
    if (!this.#isClosed) this.#outlet.onIdle(isAtEnd && !isWaiting);
    this.#isRunning = false;
    if (!this.#isAskedAgain) return;
    this.#isAskedAgain = false;
    this.runNextTurn();
  };

  /** Delivers after this turn. */
  runNextTurn(): void {
    if (this.#isTurnScheduled) return;
    this.#isTurnScheduled = true;
    this.#services.clock.afterTurn(() => {
      this.#isTurnScheduled = false;
      this.run();
    });
  }

  /** Delivers one message; false if there is none to deliver now, or nobody to take it. */
  #deliverOne(): boolean {
    const feed = this.#feed;
    const sequence = feed.next();
    if (sequence === 0) {
      if (feed.waitMs > 0) this.#pause(feed.waitMs);
      return false;
    }
    const record = this.#record;
    const result = this.#log.read(sequence, record);
    if (result === "pending") {
      this.#load(sequence);
      return false;
    }
    if (result !== "ready") {
      feed.passOver(sequence);
      return true;
    }
    const deliveries = feed.deliveriesOf(sequence);
    this.#ackSubject.write(
      deliveries,
      sequence,
      feed.progress.deliveredConsumer + 1,
      record.timestampSeconds,
      record.timestampNanos,
      feed.pendingAfter,
    );
    const { message } = this;
    message.fill(record);
    const { size } = message;
    if (!this.#outlet.take(message, size)) return false;
    feed.delivered(sequence, deliveries);
    this.#outlet.onDelivered(size);
    this.#bytesLeft -= size;
    this.deliveredBytes += size;
    return true;
  }

  #pause(delayMs: number): void {
    this.#pauseTimer ??= this.#services.clock.setTimer(delayMs, () => {
      this.#pauseTimer = undefined;
      this.run();
    });
  }

  #load(sequence: number): void {
    this.#isLoading = true;
    this.#log.load(sequence, (error) => {
      this.#isLoading = false;
      if (this.#isClosed) return;
      if (error === null) {
        this.run();
        return;
      }
      this.#services.logger.error({ log: this.#log.name, sequence }, error.message);
      this.#pause(LOAD_RETRY_MS);
    });
  }
}
