import { NO_TIME, timestampText } from "../../time/clock-time.ts";
import type { Timestamp } from "../../time/timestamp.ts";
import type { JetStreamServices } from "../services.ts";

/** Why a message is terminated that a consumer waited for. */
const LOST_REASON = "Unacknowledged message was deleted";

/** Tells the account what becomes of a consumer and its messages. */
export class ConsumerAnnouncements {
  readonly #services: JetStreamServices;
  readonly #stream: string;
  readonly #consumer: string;

  constructor(services: JetStreamServices, stream: string, consumer: string) {
    this.#services = services;
    this.#stream = stream;
    this.#consumer = consumer;
  }

  /** A message was delivered as often as it may be. */
  exhausted(sequence: number, deliveries: number): void {
    const { advisories } = this.#services;
    advisories.maxDeliveries(this.#stream, this.#consumer, sequence, deliveries);
  }

  /** A message that was pending is gone. Told later: the log is being changed, and a stream may store its advisories. */
  lost(sequence: number, consumerSequence: number, deliveries: number): void {
    const { advisories, clock } = this.#services;
    clock.afterTurn(() => {
      advisories.messageTerminated(
        this.#stream,
        this.#consumer,
        consumerSequence,
        sequence,
        deliveries,
        LOST_REASON,
      );
    });
  }

  /** A pause has begun, ended or changed. */
  paused(isPaused: boolean, until: Timestamp | null): void {
    const text = until === null ? NO_TIME : timestampText(until);
    this.#services.advisories.consumerPaused(this.#stream, this.#consumer, isPaused, text);
  }
}
