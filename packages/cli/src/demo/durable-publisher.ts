import { createInbox, headers, type Msg, type NatsConnection } from "@nats-io/transport-node";
import { CommandFailure } from "../failures.ts";
import type { LoadedDataset } from "./datasets.ts";
import { Tally } from "./tally.ts";

/** Messages that wait for their acknowledgement at a time. */
const WINDOW = 1000;
/** How long an acknowledgement may take before the message is sent again. */
const ACK_TIMEOUT_MS = 5000;
const SWEEP_INTERVAL_MS = 500;

/** What a publish ack, or the refusal of one, says. */
interface PublishReply {
  readonly error?: { readonly description: string; readonly err_code?: number };
}

interface InFlight {
  readonly firstSentAtMs: number;
  lastSentAtMs: number;
}

/**
 * Publishes every record of a data set and sees it stored, over as many lost connections and restarts of the server
 * as it takes.
 *
 * Every message carries a `Nats-Msg-Id` of its own. What was not acknowledged when the connection came back, or not
 * within the timeout, is sent again under the same id, which the stream stores once.
 */
export class DurablePublisher {
  readonly tally: Tally = new Tally();
  readonly #connection: NatsConnection;
  readonly #dataset: LoadedDataset;
  readonly #runId: string;
  readonly #inbox: string;
  readonly #inFlight: Map<number, InFlight> = new Map();
  readonly #latenciesMs: Float64Array;
  readonly #done: PromiseWithResolvers<void> = Promise.withResolvers<void>();
  #next = 0;
  #acked = 0;

  /** @param runId - Makes the ids of this run differ from those of all others. */
  constructor(connection: NatsConnection, dataset: LoadedDataset, runId: string) {
    this.#connection = connection;
    this.#dataset = dataset;
    this.#runId = runId;
    this.#inbox = `${createInbox()}.`;
    this.#latenciesMs = new Float64Array(dataset.count);
  }

  get ackedCount(): number {
    return this.#acked;
  }

  /** Milliseconds from the first sending to the ack, one of each message, not sorted. */
  get latenciesMs(): Float64Array {
    return this.#latenciesMs.subarray(0, this.#acked);
  }

  /** Resolves when every record is stored; rejects when the stream refuses one, or `signal` says so. */
  async run(signal: AbortSignal): Promise<void> {
    const subscription = this.#connection.subscribe(`${this.#inbox}*`, {
      callback: (_, message) => this.#onReply(message),
    });
    const sweep = setInterval(() => this.#resendOverdue(), SWEEP_INTERVAL_MS);
    const onAbort = (): void => this.#done.reject(signal.reason);
    signal.addEventListener("abort", onAbort, { once: true });
    void this.#resendOnReconnect();
    try {
      this.#pump();
      await this.#done.promise;
    } finally {
      clearInterval(sweep);
      signal.removeEventListener("abort", onAbort);
      subscription.unsubscribe();
    }
  }

  /** Keeps the window full. */
  #pump(): void {
    while (this.#inFlight.size < WINDOW && this.#next < this.#dataset.count) {
      const index = this.#next;
      this.#next += 1;
      const nowMs = performance.now();
      this.#inFlight.set(index, { firstSentAtMs: nowMs, lastSentAtMs: nowMs });
      const { subject, payload } = this.#dataset.message(index);
      this.tally.add(subject, payload);
      this.#send(index, subject, payload);
    }
  }

  #send(index: number, subject: string, payload: Uint8Array): void {
    const id = headers();
    id.set("Nats-Msg-Id", `${this.#runId}-${index}`);
    this.#connection.publish(subject, payload, { headers: id, reply: `${this.#inbox}${index}` });
  }

  #resend(index: number, entry: InFlight): void {
    entry.lastSentAtMs = performance.now();
    const { subject, payload } = this.#dataset.message(index);
    this.#send(index, subject, payload);
  }

  #onReply(message: Msg): void {
    const index = Number(message.subject.slice(this.#inbox.length));
    const entry = this.#inFlight.get(index);
    // The ack of a second sending, whose first one was acknowledged after all.
    if (entry === undefined) return;
    // Nobody stores messages just now, for the server is only coming up: the sweep sends it again.
    if (message.headers?.code === 503) return;
    const { error } = message.json<PublishReply>();
    if (error !== undefined) {
      const text = `the stream refused a message: ${error.description}`;
      this.#done.reject(new CommandFailure(text));
      return;
    }
    this.#inFlight.delete(index);
    this.#latenciesMs[this.#acked] = performance.now() - entry.firstSentAtMs;
    this.#acked += 1;
    if (this.#acked === this.#dataset.count) this.#done.resolve();
    else this.#pump();
  }

  #resendOverdue(): void {
    if (this.#connection.isClosed()) return;
    const overdueMs = performance.now() - ACK_TIMEOUT_MS;
    for (const [index, entry] of this.#inFlight) {
      if (entry.lastSentAtMs < overdueMs) this.#resend(index, entry);
    }
  }

  async #resendOnReconnect(): Promise<void> {
    for await (const { type } of this.#connection.status()) {
      if (type !== "reconnect") continue;
      for (const [index, entry] of this.#inFlight) this.#resend(index, entry);
    }
  }
}
