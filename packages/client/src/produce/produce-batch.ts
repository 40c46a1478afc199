import type { Bulk, BulkPlace, BulkRequests } from "../connection/bulk-requests.ts";
import { permissionDenied } from "../connection/forbidden.ts";
import { clientError } from "../errors.ts";
import { type Acknowledgement, readAnswer } from "./acknowledgement.ts";
import type { BatchOutcome } from "./batch-outcome.ts";
import { encodedBatch } from "./encoded-batch.ts";
import type { Payloads } from "./payloads.ts";

/** What a batch needs of who sends it. */
export interface BatchSender {
  readonly station: string;
  readonly timeoutMs: number;
  /** Sends one of them by itself. */
  alone(index: number): Promise<Acknowledgement>;
  /** Counts those that are kept, of those that were sent together. */
  onKept(messages: number, payloadBytes: number): void;
}

/** How the messages of a batch are addressed, by their numbers. */
export interface Addressed {
  readonly payloads: Payloads;
  /** Where each goes. */
  subject(index: number): string;
  /** The lines of its headers. */
  lines(index: number): string;
  /** Whether it is sent; others are looked after elsewhere. */
  isSent(index: number): boolean;
  /** Whether the station knows it by something if it comes again. */
  isKnown(index: number): boolean;
}

/** Messages to one station that are sent at once; one promise stands for all of them. */
export class BatchAttempt implements Bulk {
  readonly count: number;
  /** Resolves once all of them are settled. */
  readonly done: Promise<void>;
  readonly #sender: BatchSender;
  readonly #messages: Addressed;
  readonly #outcome: BatchOutcome;
  readonly #resolve: () => void;
  /** Whether an answer is awaited that comes here. */
  readonly #isAwaited: boolean[];
  #left = 0;
  #keptMessages = 0;
  #keptBytes = 0;
  #place: BulkPlace | undefined;
  #timer: NodeJS.Timeout | undefined;

  /** @param outcome - Is told what becomes of each; where they go stands in it. */
  constructor(sender: BatchSender, messages: Addressed, outcome: BatchOutcome) {
    this.#sender = sender;
    this.#messages = messages;
    this.#outcome = outcome;
    this.count = messages.payloads.count;
    this.#isAwaited = new Array<boolean>(this.count).fill(false);
    const { promise, resolve } = Promise.withResolvers<void>();
    this.done = promise;
    this.#resolve = resolve;
  }

  send(bulks: BulkRequests): void {
    for (let index = 0; index < this.count; index++) {
      if (!this.#messages.isSent(index)) continue;
      this.#isAwaited[index] = true;
      this.#left++;
    }
    if (this.#left === 0) {
      this.#resolve();
      return;
    }
    const place = bulks.enter(this);
    if (place === undefined) {
      this.#forEachAwaited((index) => this.#sendAlone(index));
      return;
    }
    this.#place = place;
    this.#timer = setTimeout(() => this.onFail(this.#late()), this.#sender.timeoutMs);
    this.#timer.unref();
    place.send(encodedBatch(this.#messages, place));
  }

  onUnanswered(index: number): void {
    if (this.#isAwaited[index] === true) this.#sendAlone(index);
  }

  onAnswer(index: number, bytes: Uint8Array, start: number, end: number): void {
    if (this.#isAwaited[index] !== true) return;
    const result = readAnswer(this.#sender.station, bytes, start, end);
    if (result instanceof Error) this.#failed(index, result);
    else this.#kept(index, result.sequence, result.isDuplicate && this.#messages.isKnown(index));
  }

  onLost(): void {
    this.#forEachAwaited((index) => {
      if (this.#messages.isKnown(index)) this.#sendAlone(index);
      else this.#failed(index, this.#lost());
    });
  }

  onForbidden(subject: string, cause: Error): void {
    this.#forEachAwaited((index) => {
      if (this.#messages.subject(index) === subject) this.#failed(index, permissionDenied(cause));
    });
  }

  onFail(error: Error): void {
    this.#forEachAwaited((index) => this.#failed(index, error));
  }

  #sendAlone(index: number): void {
    this.#isAwaited[index] = false;
    this.#sender.alone(index).then(
      ({ partition, sequence, isDuplicate }) => {
        this.#outcome.partitions[index] = partition;
        this.#outcome.sequences[index] = sequence;
        if (isDuplicate) this.#outcome.duplicates.add(index);
        this.#settled();
      },
      (error: Error) => {
        this.#outcome.errors.set(index, error);
        this.#settled();
      },
    );
  }

  #forEachAwaited(act: (index: number) => void): void {
    for (let index = 0; index < this.count; index++) {
      if (this.#isAwaited[index] === true) act(index);
    }
  }

  #kept(index: number, sequence: number, isDuplicate: boolean): void {
    const { starts, ends } = this.#messages.payloads;
    this.#isAwaited[index] = false;
    this.#outcome.sequences[index] = sequence;
    if (isDuplicate) this.#outcome.duplicates.add(index);
    this.#keptMessages++;
    this.#keptBytes += (ends[index] as number) - (starts[index] as number);
    this.#settled();
  }

  #failed(index: number, error: Error): void {
    this.#isAwaited[index] = false;
    this.#outcome.errors.set(index, error);
    this.#settled();
  }

  #settled(): void {
    if (--this.#left > 0) return;
    if (this.#keptMessages > 0) this.#sender.onKept(this.#keptMessages, this.#keptBytes);
    clearTimeout(this.#timer);
    this.#place?.leave();
    this.#resolve();
  }

  #lost(): Error {
    const text = `station ${this.#sender.station}: the connection was lost while the message was under way, and as it has no id it is not sent again: look whether it is there`;
    return clientError("REQUEST_TIMEOUT", text);
  }

  #late(): Error {
    const { station, timeoutMs } = this.#sender;
    const text = `station ${station}: no answer in ${timeoutMs} ms: the message may be stored or not. Look at the server, or allow more with requestTimeoutMs`;
    return clientError("REQUEST_TIMEOUT", text);
  }
}
