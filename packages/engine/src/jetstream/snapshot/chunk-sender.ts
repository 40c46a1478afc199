import type { Timer } from "@oxbow/base";
import { encodeHeaders } from "@oxbow/wire/nats";
import { randomName } from "../../random-name.ts";
import type { InterestWatch } from "../../routing/interest-watch.ts";
import { InternalSubscription } from "../../routing/subscription.ts";
import type { JetStreamServices } from "../services.ts";

/** How chunks are sent. */
export interface ChunkOptions {
  readonly stream: string;
  /** Where they go. */
  readonly subject: string;
  readonly chunkSize: number;
  /** Chunks that may be under way. */
  readonly inFlightMax: number;
}

/** How long a receiver may take to come. */
const INTEREST_WAIT_MS = 2_000;
/** How long one may acknowledge nothing. */
const ACK_WAIT_MS = 5_000;
const ID_SIZE = 22;
const nothing: Buffer = Buffer.alloc(0);

/**
 * Sends an archive in chunks to a subject, each with a reply subject on which an empty message acknowledges it, no more
 * at a time than the receiver allows. The last one, which may be short, has none. An empty message with a status ends it:
 * 204, or 408 when the receiver is gone or silent, or 500 when the archive can't be made.
 *
 *     $JS.SNAPSHOT.ACK.<stream>.<id>.<bytes>.<number>
 */
export class ChunkSender {
  readonly #services: JetStreamServices;
  readonly #options: ChunkOptions;
  readonly #prefix: string;
  readonly #acks: InternalSubscription;
  readonly #watch: InterestWatch;
  #slots: number;
  #number = 0;
  #problem: string | undefined = undefined;
  #wake: () => void = () => {};
  #ackTimer: Timer | undefined = undefined;

  constructor(services: JetStreamServices, options: ChunkOptions) {
    const { account, random } = services;
    this.#services = services;
    this.#options = options;
    this.#slots = options.inFlightMax;
    this.#prefix = `$JS.SNAPSHOT.ACK.${options.stream}.${randomName(random, ID_SIZE)}`;
    this.#acks = new InternalSubscription(`${this.#prefix}.>`, () => this.#onAck());
    this.#watch = account.watchInterest(options.subject, "", () => this.#onInterest());
    account.subscribe(this.#acks);
  }

  /** Sends all of `archive`; returns what went wrong, if anything did, after the receiver was told. */
  async send(archive: AsyncIterable<Buffer>): Promise<string | undefined> {
    try {
      await this.#awaitReceiver();
      await this.#sendChunks(archive);
      this.#end(this.#problem === undefined ? 204 : 408, this.#problem ?? "");
    } catch (error) {
      this.#problem = (error as Error).message;
      this.#end(500, this.#problem);
    } finally {
      this.#ackTimer?.cancel();
      this.#watch.close();
      this.#services.account.unsubscribe(this.#acks);
    }
    return this.#problem?.toLowerCase();
  }

  async #sendChunks(archive: AsyncIterable<Buffer>): Promise<void> {
    const { chunkSize } = this.#options;
    let pending: Buffer[] = [];
    let size = 0;
    for await (const piece of archive) {
      pending.push(piece);
      size += piece.length;
      if (size < chunkSize) continue;
      const joined = Buffer.concat(pending);
      let at = 0;
      for (; size - at >= chunkSize; at += chunkSize) {
        if (!(await this.#slot())) return;
        this.#sendChunk(joined.subarray(at, at + chunkSize));
      }
      pending = [joined.subarray(at)];
      size -= at;
    }
    if (size === 0 || !(await this.#slot())) return;
    this.#services.sender.send(this.#options.subject, Buffer.concat(pending));
  }

  #sendChunk(chunk: Buffer): void {
    const reply = `${this.#prefix}.${chunk.length}.${++this.#number}`;
    this.#slots--;
    this.#services.sender.send(this.#options.subject, chunk, nothing, reply);
    this.#armAckTimer();
  }

  #end(status: number, description: string): void {
    const headers = encodeHeaders({ code: status, text: description }, []);
    this.#services.sender.send(this.#options.subject, nothing, headers);
  }

  /** Resolves when a chunk may be sent; with false when there is no sense in it any more. */
  async #slot(): Promise<boolean> {
    while (this.#slots <= 0 && this.#problem === undefined) await this.#woken();
    return this.#problem === undefined;
  }

  async #awaitReceiver(): Promise<void> {
    if (this.#watch.hasInterest) return;
    const timer = this.#services.clock.setTimer(INTEREST_WAIT_MS, () => this.#wake());
    await this.#woken();
    timer.cancel();
  }

  #woken(): Promise<void> {
    return new Promise((resolve) => {
      this.#wake = resolve;
    });
  }

  #onAck(): void {
    this.#slots++;
    this.#armAckTimer();
    this.#wake();
  }

  #onInterest(): void {
    if (!this.#watch.hasInterest) this.#problem = "No Interest";
    this.#wake();
  }

  #armAckTimer(): void {
    this.#ackTimer?.cancel();
    this.#ackTimer = undefined;
    if (this.#slots === this.#options.inFlightMax) return;
    this.#ackTimer = this.#services.clock.setTimer(ACK_WAIT_MS, () => {
      this.#problem = "No Flow Response";
      this.#wake();
    });
  }
}
