import { JetStreamApiError, type JetStreamClient } from "@nats-io/jetstream";
import type { SimRandom } from "@oxbow/testkit";
import { isConnectionLost } from "../connection.ts";
import type { HistoryFile } from "../history-file.ts";
import { MessageMaker, type OutgoingMessage } from "../message.ts";
import { PATIENCE_MS, type PublisherPlan, RESEND_MARGIN } from "../workload.ts";
import type { AckWatch } from "./ack-watch.ts";
import type { StreamProgress } from "./stream-progress.ts";
import { Window } from "./window.ts";

/** Acknowledged messages that are kept so that one may be sent again. */
const RECENT_COUNT_MAX = 16;

/** A message with an id that may be sent again, and where it is if that is known. */
interface Resendable {
  readonly message: OutgoingMessage;
  readonly sequence: number;
}

/** Publishes over one connection at a time and records every submission and what became of it. */
export class Publisher {
  readonly #plan: PublisherPlan;
  readonly #random: SimRandom;
  readonly #maker: MessageMaker;
  readonly #history: HistoryFile;
  readonly #streams: readonly StreamProgress[];
  readonly #watch: AckWatch;
  readonly #window: Window;
  #recent: Resendable[] = [];
  /** Messages with an id whose fate the last crash left open: the next connection sends them again. */
  #unresolved: OutgoingMessage[] = [];

  constructor(
    plan: PublisherPlan,
    random: SimRandom,
    history: HistoryFile,
    streams: readonly StreamProgress[],
    watch: AckWatch,
  ) {
    this.#plan = plan;
    this.#random = random;
    this.#maker = new MessageMaker(random, plan.name);
    this.#history = history;
    this.#streams = streams;
    this.#watch = watch;
    this.#window = new Window(plan.windowSize);
  }

  get name(): string {
    return this.#plan.name;
  }

  /**
   * Publishes until the broker is gone.
   *
   * @param connectionName - What the history calls the order of this connection.
   */
  async run(js: JetStreamClient, connectionName: string, isOver: () => boolean): Promise<void> {
    await this.#sendUnresolved(js, connectionName, isOver);
    while (!isOver()) await this.#send(js, connectionName, this.#next());
    await this.#window.empty();
  }

  /** Only sends again what the last crash left open. */
  async settle(js: JetStreamClient, connectionName: string): Promise<void> {
    await this.#sendUnresolved(js, connectionName, () => false);
    await this.#window.empty();
  }

  async #sendUnresolved(
    js: JetStreamClient,
    connectionName: string,
    isOver: () => boolean,
  ): Promise<void> {
    for (let message = this.#unresolved.shift(); message; message = this.#unresolved.shift()) {
      await this.#send(js, connectionName, message);
      if (isOver()) return;
    }
  }

  #next(): OutgoingMessage {
    const kind = this.#random.fraction();
    const duplicate = kind < 0.04 ? this.#duplicate() : undefined;
    if (duplicate) return duplicate;
    const { plan } = this.#stream();
    return kind > 0.99 ? this.#maker.makeRefusable(plan) : this.#maker.make(plan);
  }

  #stream(): StreamProgress {
    const quiet = this.#streams.filter(({ plan }) => plan.keptCountMax === undefined);
    const busy = this.#streams.filter(({ plan }) => plan.keptCountMax !== undefined);
    return this.#random.pick(this.#random.chance(this.#plan.quietShare) ? quiet : busy);
  }

  /** A message that is stored already, recent enough that no removal concerns it. */
  #duplicate(): OutgoingMessage | undefined {
    if (this.#recent.length === 0) return undefined;
    const { message, sequence } = this.#random.pick(this.#recent);
    const stream = this.#streams.find(({ plan }) => plan.name === message.stream);
    const isSafe = stream !== undefined && stream.ackedMax - sequence < RESEND_MARGIN / 2;
    return isSafe ? message : undefined;
  }

  /** Resolves when the message is on its way. */
  async #send(js: JetStreamClient, publisher: string, message: OutgoingMessage): Promise<void> {
    await this.#window.enter();
    const { stream, subject, messageId, checksum, payload } = message;
    const { moment } = this.#watch;
    const fields = message.headers === undefined ? {} : { headers: message.headers };
    this.#history.record({ type: "submitted", stream, subject, messageId, checksum, publisher });
    void js
      .publish(subject, payload, { ...fields, timeout: PATIENCE_MS })
      .then(
        (ack) => {
          this.#acked(message, ack.stream, ack.seq);
          // What was there already is nothing that a disk could forget.
          if (!ack.duplicate) this.#watch.acked(moment);
        },
        (error: unknown) => this.#failed(message, error),
      )
      .finally(() => this.#window.leave());
  }

  #acked(message: OutgoingMessage, stream: string, sequence: number): void {
    this.#history.record({ type: "acked", stream, messageId: message.messageId, sequence });
    this.#streams.find(({ plan }) => plan.name === stream)?.acked(sequence);
    if (!message.isIdempotent) return;
    this.#recent.push({ message, sequence });
    if (this.#recent.length > RECENT_COUNT_MAX) this.#recent.shift();
  }

  #failed(message: OutgoingMessage, error: unknown): void {
    const { stream, messageId } = message;
    if (error instanceof JetStreamApiError && error.status < 500) {
      this.#history.record({ type: "refused", stream, messageId });
    } else if (isConnectionLost(error)) {
      this.#history.record({ type: "unknown", stream, messageId });
      if (message.isIdempotent) this.#unresolved.push(message);
    } else {
      throw error;
    }
  }
}
