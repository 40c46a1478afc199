import type { Timer } from "@oxbow/base";
import type { Log } from "@oxbow/log";
import { randomName } from "../../random-name.ts";
import type { MessageView } from "../../routing/message.ts";
import { InternalSubscription } from "../../routing/subscription.ts";
import { now, timestampText } from "../../time/clock-time.ts";
import { type JsApiError, jsError } from "../config/errors.ts";
import type { StreamConfig } from "../config/stream-config.ts";
import type { JetStream } from "../jetstream.ts";
import type { Stream } from "../stream/stream.ts";
import { StreamRestoration } from "./stream-restoration.ts";

/** How long a client may send nothing. */
const STALL_MS = 5_000;
const ID_SIZE = 22;
const nothing: Buffer = Buffer.alloc(0);

/** Tells the client, on the reply subject of its last chunk, what became of it. */
export type RestoreAnswer = (reply: Buffer, result: Stream | JsApiError) => void;

/**
 * A stream on its way in: takes the chunks of an archive that a client publishes on {@link subject}, each with a reply
 * subject that is answered with an empty message; an empty chunk ends it. Nothing is left of one that fails or stalls.
 */
export class RestoreSession {
  readonly subject: string;
  readonly #jetstream: JetStream;
  readonly #config: StreamConfig;
  readonly #answer: RestoreAnswer;
  readonly #log: Log;
  readonly #restoration: StreamRestoration;
  readonly #subscription: InternalSubscription;
  readonly #startedAt: string;
  #stall: Timer | undefined = undefined;
  #size = 0;
  #isOver = false;
  /** Chunks are taken one after another, also while the disk is waited for. */
  #work: Promise<void> = Promise.resolve();

  constructor(
    jetstream: JetStream,
    config: StreamConfig,
    bounds: readonly [number, number],
    answer: RestoreAnswer,
  ) {
    const { account, clock, random, advisories } = jetstream.services;
    this.#jetstream = jetstream;
    this.#config = config;
    this.#answer = answer;
    this.#log = jetstream.createRestoredLog(config, () =>
      this.#fail(nothing, "JetStream has been disabled for the account"),
    );
    this.#restoration = new StreamRestoration(config, this.#log, bounds);
    this.#startedAt = timestampText(now(clock));
    this.subject = `$JS.SNAPSHOT.RESTORE.${config.name}.${randomName(random, ID_SIZE)}`;
    this.#subscription = new InternalSubscription(this.subject, (chunk) => this.#onChunk(chunk));
    account.subscribe(this.#subscription);
    advisories.restoreBegun(config.name);
    this.#watch();
  }

  #onChunk(chunk: MessageView): void {
    if (this.#isOver) return;
    this.#watch();
    const start = chunk.payloadStart + chunk.headersSize;
    const bytes = Buffer.from(chunk.payloadBuffer.subarray(start, chunk.payloadEnd));
    if (!chunk.hasReply) {
      this.#fail(nothing, "every chunk of a restore needs a reply subject");
      return;
    }
    const reply = Buffer.from(chunk.replyText());
    this.#work = this.#work.then(() => this.#take(bytes, reply));
  }

  async #take(bytes: Buffer, reply: Buffer): Promise<void> {
    if (this.#isOver) return;
    try {
      if (bytes.length === 0) {
        await this.#finish(reply);
        return;
      }
      this.#size += bytes.length;
      this.#restoration.push(bytes);
      const { store } = this.#jetstream.services;
      // Not faster than the disk.
      if (store.isPressed) await store.durable();
      if (store.failure !== undefined) throw store.failure;
      this.#jetstream.services.sender.announce(reply, nothing);
    } catch (error) {
      this.#fail(reply, (error as Error).message);
    }
  }

  async #finish(reply: Buffer): Promise<void> {
    const restoration = this.#restoration;
    restoration.end();
    this.#end();
    const { services } = this.#jetstream;
    const created = restoration.created ?? now(services.clock);
    const stream = await this.#jetstream.adoptRestoredLog(
      this.#config,
      created,
      this.#log,
      restoration.consumers,
    );
    await services.store.durable();
    this.#report();
    this.#answer(reply, stream);
  }

  #fail(reply: Buffer, err: string): void {
    if (this.#isOver) return;
    this.#end();
    this.#jetstream.abandonRestoredLog(this.#config.name, this.#log);
    this.#jetstream.services.logger.warn(
      { stream: this.#config.name, error: err },
      "a stream could not be restored",
    );
    this.#report();
    if (reply.length > 0) this.#answer(reply, jsError(10062, { err }));
  }

  #end(): void {
    this.#isOver = true;
    this.#stall?.cancel();
    this.#jetstream.services.account.unsubscribe(this.#subscription);
  }

  #report(): void {
    const { advisories, clock } = this.#jetstream.services;
    const end = timestampText(now(clock));
    advisories.restoreEnded(this.#config.name, this.#startedAt, end, this.#size);
  }

  #watch(): void {
    this.#stall?.cancel();
    this.#stall = this.#jetstream.services.clock.setTimer(STALL_MS, () =>
      this.#fail(nothing, "the client has stopped sending"),
    );
  }
}
