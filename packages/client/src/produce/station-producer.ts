import type { MsgHdrs } from "@nats-io/nats-core";
import { contentId } from "@oxbow/base";
import type { Link } from "../connection/link.ts";
import { clientError } from "../errors.ts";
import { inParallel } from "../in-parallel.ts";
import { count } from "../presence/herald.ts";
import { laterKey } from "../stations/later-key.ts";
import { addressOf, type Route } from "../stations/route.ts";
import { batchInSpan, producedInSpan } from "../tracing/produce-spans.ts";
import { inTrace } from "../tracing/trace-context.ts";
import type { TraceContext } from "../tracing/tracing.ts";
import type { Acknowledgement } from "./acknowledgement.ts";
import { BatchMessages, type BatchOptions } from "./batch-messages.ts";
import type { BatchOutcome } from "./batch-outcome.ts";
import { CancelledIds } from "./cancelled-ids.ts";
import { applicationLines, encodedHeaders } from "./encoded-headers.ts";
import { Identity } from "./identity.ts";
import { MessageAttempt } from "./message-attempt.ts";
import { noteEach, producedOneByOne } from "./one-by-one.ts";
import type { Payloads } from "./payloads.ts";
import { BatchAttempt } from "./produce-batch.ts";
import {
  checkOptions,
  dueAt,
  headerLines,
  isConditional,
  type ProduceOptions,
} from "./produce-options.ts";
import type { ProducerServices } from "./producer-services.ts";

const noOptions: ProduceOptions = {};

/** Puts messages into one station, in the order in which they are given to it. */
export class StationProducer {
  readonly #services: ProducerServices;
  readonly #name: string;
  readonly #cancelled = new CancelledIds();
  readonly #identity: Identity;
  #turn = 0;
  /** Messages that are not sent yet. */
  #waiting = 0;
  /** Settles once what came before is sent; `undefined` while nothing waits. */
  #before: Promise<void> | undefined;

  /** @param as - What it is called; by default what the client is. */
  constructor(services: ProducerServices, name: string, as?: string) {
    this.#services = services;
    this.#name = name;
    this.#identity = new Identity(services, as);
  }

  /** Announces no longer that it is there, until it produces again. */
  end(): void {
    this.#identity.end();
  }

  /** @param encode - Gives the bytes of the message. */
  produce(
    encode: () => Uint8Array | Promise<Uint8Array>,
    options: ProduceOptions = noOptions,
  ): Promise<Acknowledgement> {
    const { tracing } = this.#services;
    if (tracing === undefined) return this.#produce(encode, options);
    return producedInSpan(tracing, this.#name, options, (traced) => this.#produce(encode, traced));
  }

  #produce(
    encode: () => Uint8Array | Promise<Uint8Array>,
    options: ProduceOptions,
  ): Promise<Acknowledgement> {
    try {
      if (options !== noOptions) checkOptions(options);
      this.#services.link.assertOpen();
      const route = this.#services.routes.known(this.#name);
      const payload = encode();
      if (route !== undefined && payload instanceof Uint8Array && this.#before === undefined) {
        return this.#send(route, payload, options);
      }
      if (this.#waiting >= this.#services.waitingMax) throw tooMany(this.#name, this.#waiting);
      return this.#sendInTurn(payload, options);
    } catch (error) {
      return Promise.reject(error as Error);
    }
  }

  /**
   * Produces many messages at once, in their order, and as one piece where that can be.
   *
   * @param trace - What those go on in that name no trace themselves.
   * @returns What became of each; it does not reject.
   */
  produceBatch(
    payloads: Payloads,
    options: BatchOptions,
    trace?: TraceContext,
  ): Promise<BatchOutcome> {
    const { tracing } = this.#services;
    const produce = (shared: TraceContext | undefined): Promise<BatchOutcome> =>
      this.#produceBatch(payloads, inTrace(options, shared), shared);
    if (tracing === undefined) return produce(trace);
    return batchInSpan(tracing, this.#name, payloads.count, options, trace, produce);
  }

  /** @param trace - What all go on in, where nothing is said about any. */
  async #produceBatch(
    payloads: Payloads,
    options: BatchOptions,
    trace: TraceContext | undefined,
  ): Promise<BatchOutcome> {
    const all =
      options === undefined && trace !== undefined ? { headers: { ...trace } } : noOptions;
    const optionsOf = (index: number): ProduceOptions => options?.[index] ?? all;
    const { link, routes, nowMs } = this.#services;
    const route = routes.known(this.#name);
    const isConditionalBatch = options?.some((each) => each !== undefined && isConditional(each));
    if (
      route === undefined ||
      this.#before !== undefined ||
      link.isClosed ||
      isConditionalBatch === true
    ) {
      return producedOneByOne(payloads, (payload, index) =>
        this.#produce(() => payload, optionsOf(index)),
      );
    }
    this.#identity.enter(route.station);
    const messages = new BatchMessages(
      {
        route,
        stamp: this.#identity.stampLine + applicationLines(all.headers ?? {}),
        derivesFrom: (station) => this.#identity.derivesFrom(station),
        nowMs: nowMs(),
        turn: this.#turn,
        freshOf: (messageId) => this.#cancelled.freshOf(messageId),
        checkSize: (sizeBytes) => checkSize(link, sizeBytes),
      },
      payloads,
      options,
    );
    this.#turn += messages.turns;
    const { tally } = this.#identity;
    const alone = (index: number): Promise<Acknowledgement> =>
      this.#produce(() => messages.payload(index), optionsOf(index));
    const batch = new BatchAttempt(
      {
        station: route.station,
        timeoutMs: this.#services.requests.timeoutMs,
        alone,
        onKept: (kept, bytes) => count(tally, bytes, kept),
      },
      messages,
      messages.outcome,
    );
    batch.send(this.#services.bulks());
    await Promise.all([batch.done, noteEach(messages.outcome, messages.later, alone)]);
    return messages.outcome;
  }

  /** Removes what waits for its time under this id. @returns Whether there was anything. */
  async cancelScheduled(messageId: string): Promise<boolean> {
    const { routes } = this.#services;
    const { streams } = await routes.find(this.#name);
    const manager = await routes.manager();
    const purged = await inParallel(streams, (stream) =>
      manager.streams.purge(stream, { filter: `${stream}.${laterKey(messageId)}` }),
    );
    const isCancelled = purged.some(({ purged: count }) => count > 0);
    if (isCancelled) this.#cancelled.add(messageId);
    return isCancelled;
  }

  /** For who has to wait, for the way to the station or for a schema that takes its time: later ones wait, too. */
  #sendInTurn(
    payload: Uint8Array | Promise<Uint8Array>,
    options: ProduceOptions,
  ): Promise<Acknowledgement> {
    const before = this.#before;
    const { ids, link, onAbandoned } = this.#services;
    const messageId = options.messageId ?? ids.next();
    this.#waiting++;
    let acknowledged: Promise<Acknowledgement> | undefined;
    const sent = (async () => {
      try {
        const bytes = await payload;
        await before;
        const route = await this.#services.routes.findOrMake(this.#name);
        acknowledged = this.#send(route, bytes, options, messageId);
      } catch (error) {
        await before;
        if (link.isClosed) onAbandoned({ station: this.#name, messageId, key: options.key });
        acknowledged = Promise.reject(error as Error);
      }
      // Whoever produces is told; here nobody is yet.
      acknowledged.catch(() => undefined);
    })();
    this.#before = sent;
    return sent.then(() => {
      this.#waiting--;
      if (this.#before === sent) this.#before = undefined;
      return acknowledged as Promise<Acknowledgement>;
    });
  }

  #send(
    route: Route,
    payload: Uint8Array,
    options: ProduceOptions,
    messageId: string = options.messageId ?? this.#services.ids.next(),
  ): Promise<Acknowledgement> {
    const content = route.isByContent ? idOfContent(options.key, payload) : undefined;
    const known = content ?? options.messageId;
    const address = addressOf(route, options.key, options.partition, known, this.#turn);
    if (options.key === undefined) this.#turn++;
    const due = dueAt(options, this.#services.nowMs());
    if (due !== undefined) checkLater(route);
    this.#identity.enter(route.station);
    if (options.parent !== undefined) this.#identity.derivesFrom(options.parent.station);
    const headers = encodedHeaders(
      headerLines(
        options,
        content ?? this.#cancelled.freshOf(messageId),
        this.#identity.stampLine,
        due && { subject: address.subject, at: due },
      ),
    );
    checkSize(this.#services.link, payload.length + sizeOf(headers));
    const subject =
      due === undefined ? address.subject : `${address.stream}.${laterKey(messageId)}`;
    const { tally } = this.#identity;
    return new Promise((resolve, reject) => {
      const done = (acknowledgement: Acknowledgement): void => {
        count(tally, payload.length);
        resolve(acknowledgement);
      };
      const attempt = new MessageAttempt(this.#services, options, messageId, content, done, reject);
      attempt.send(route.station, address, { subject, payload, headers });
    });
  }
}

function idOfContent(key: string | undefined, payload: Uint8Array): string {
  return contentId(Buffer.from(key ?? ""), payload);
}

function tooMany(station: string, count: number): Error {
  const text = `${count} messages wait until it is known where station ${station} is, and no more are kept: wait for a connection (ox.status()), and produce again. The bound is connect's buffer.messagesMax`;
  return clientError("BUFFER_FULL", text);
}

function checkLater({ station, isManaged, isUntilAcknowledged }: Route): void {
  const why = isUntilAcknowledged
    ? "keeps messages only until all groups have acknowledged them, so that one could be gone before its time"
    : isManaged
      ? undefined
      : "is the stream of a plain client, where the client has no subject to keep it on";
  if (why === undefined) return;
  throw clientError("MESSAGE_INVALID", `delayMs, at: station ${station} ${why}`);
}

function sizeOf(headers: MsgHdrs): number {
  return (headers as unknown as { encode(): Uint8Array }).encode().length;
}

function checkSize({ nc }: Link, size: number): void {
  const most = nc.info?.max_payload;
  if (most === undefined || size <= most) return;
  const text = `the message has ${size} bytes with its headers, and the server takes ${most}: produce something smaller, or raise max_payload`;
  throw clientError("MESSAGE_TOO_LARGE", text);
}
