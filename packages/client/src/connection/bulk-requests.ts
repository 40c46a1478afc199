import type { NatsConnection } from "@nats-io/nats-core";
import type { AnswerListener, AnswerTap } from "./answer-tap.ts";
import type { Link, LinkUser } from "./link.ts";

/** Requests of one bulk, at most. */
export const bulkRequestsMax = 16_384;

/** Many requests that are sent as one piece of bytes, each of which is answered by itself. */
export interface Bulk {
  readonly count: number;
  /** The answer to one of them lies at `[start, end)` of `bytes`, whose memory is borrowed. */
  onAnswer(index: number, bytes: Uint8Array, start: number, end: number): void;
  /** There is nobody to answer one of them. */
  onUnanswered(index: number): void;
  /** There was a time without a connection: what has no answer yet may have been lost. */
  onLost(): void;
  onForbidden(subject: string, cause: Error): void;
  onFail(error: Error): void;
}

/** Where the answers to a bulk come to: to its request number n with `prefix` and the number `first` + n. */
export interface BulkPlace {
  readonly prefix: string;
  readonly first: number;
  /** Sends commands of the NATS protocol, of which the bytes must not change any more. */
  send(commands: Buffer): void;
  /** Nothing is awaited any more. */
  leave(): void;
}

/** What of the official client takes commands that are encoded already. */
interface CommandSink {
  sendCommand?(commands: Uint8Array): void;
}

/**
 * What the official client costs for each message it publishes is more than what the server does with it. Where many go out
 * together, they are encoded together, and handed over at once.
 */
export class BulkRequests implements LinkUser, AnswerListener {
  readonly #link: Link;
  readonly #tap: AnswerTap;
  readonly #prefix: string;
  readonly #bulks = new Map<number, Bulk>();
  #made = 0;
  #isRefused = false;

  constructor(link: Link, tap: AnswerTap) {
    this.#link = link;
    this.#tap = tap;
    this.#prefix = tap.listen(this);
    link.use(this);
  }

  /** A place for the answers to a bulk; `undefined` where each request has to be sent by itself. */
  enter(bulk: Bulk): BulkPlace | undefined {
    const sink = sinkOf(this.#link.nc);
    if (!this.#link.isUp || this.#isRefused || bulk.count > bulkRequestsMax) return undefined;
    if (sink?.sendCommand === undefined) return undefined;
    this.#tap.attach();
    const number = this.#made++;
    this.#bulks.set(number, bulk);
    return {
      prefix: this.#prefix,
      first: number * bulkRequestsMax,
      send: (commands) => sink.sendCommand?.(commands),
      leave: () => this.#bulks.delete(number),
    };
  }

  onAnswer(number: number, bytes: Uint8Array, start: number, end: number): void {
    this.#bulkOf(number)?.onAnswer(number % bulkRequestsMax, bytes, start, end);
  }

  onUnanswered(number: number): void {
    this.#bulkOf(number)?.onUnanswered(number % bulkRequestsMax);
  }

  onRefused(): void {
    // What is sent one by one says what is wrong.
    this.#isRefused = true;
    for (const bulk of [...this.#bulks.values()]) bulk.onLost();
  }

  onUp(): void {
    for (const bulk of [...this.#bulks.values()]) bulk.onLost();
  }

  onForbidden(subject: string, cause: Error): void {
    for (const bulk of [...this.#bulks.values()]) bulk.onForbidden(subject, cause);
  }

  onClosed(error: Error): void {
    for (const bulk of [...this.#bulks.values()]) bulk.onFail(error);
  }

  #bulkOf(number: number): Bulk | undefined {
    return this.#bulks.get(Math.floor(number / bulkRequestsMax));
  }
}

/** It is no part of what the official client promises, so that nothing may depend on it. */
function sinkOf(nc: NatsConnection): CommandSink | undefined {
  return (nc as unknown as { readonly protocol?: CommandSink }).protocol;
}
