import { removeHeader } from "@oxbow/wire/nats";
import { encodeAnswer } from "../../json/encode.ts";
import type { MessageView } from "../../routing/message.ts";
import { isLevelOffered } from "../api/required-level.ts";
import { type JsApiError, jsError } from "../config/errors.ts";
import { DUPLICATE_DETAIL } from "../stream/publish-acks.ts";
import { headerName } from "../stream/publish-headers.ts";
import { refuse, wantsAnswer } from "./answers.ts";
import { type Arrival, giveArrival, takeArrival } from "./arrival.ts";
import { BATCH_ID_SIZE_MAX } from "./atomic-batches.ts";
import { BatchChanges, batchedProblem } from "./batch-checks.ts";
import { awaitsCounter } from "./counter-check.ts";
import { expectedMessageIdProblem } from "./expectation-checks.ts";
import { FastBatch } from "./fast-batch.ts";
import { FAST_COMMIT_EOB, FAST_PING, FastReply } from "./fast-reply.ts";
import { IdleTimer } from "./idle-timer.ts";
import type { IngestContext } from "./ingest-context.ts";
import { roomProblem } from "./limit-checks.ts";
import { fitsRecord, messageSizeProblem } from "./size-checks.ts";
import { stateProblem } from "./state-check.ts";
import { append, storeArrival } from "./store-arrival.ts";
import { duplicateTraceText, passTrace, traceTextOf } from "./traced-arrival.ts";

/** One for all, for a message is read and done with. */
const reply = new FastReply();
const changes = new BatchChanges();

/**
 * The open fast batches of a stream (ADR-50): each message is stored by itself as it comes, but only now and then, and at
 * the end, the publisher is told how far the batch is; never beyond what is durable.
 */
export class FastBatches {
  readonly #context: IngestContext;
  readonly #open = new Map<string, FastBatch>();
  readonly #idle: IdleTimer<FastBatch>;
  /** The one that was asked for last: mostly it is the next one, too. */
  #recent: FastBatch | undefined;

  constructor(context: IngestContext) {
    this.#context = context;
    const { timeoutMs } = context.ingestRoom.limits.batch;
    const onIdle = (batch: FastBatch): void => this.#forget(batch);
    this.#idle = new IdleTimer(context.clock, timeoutMs, () => this.#open.values(), onIdle);
  }

  /** Takes a message whose reply subject says that it is one of a fast batch. */
  take(message: MessageView): void {
    const context = this.#context;
    const { isPlain, config, store } = context;
    const passes =
      isPlain &&
      message.headersSize === 0 &&
      message.trace === undefined &&
      config.allow_batched &&
      fitsRecord(message) &&
      store.failure === undefined;
    if (passes && reply.read(message)) {
      const batch = this.#find();
      if (batch !== undefined && this.#isNext(batch)) {
        this.#append(batch, message);
        return;
      }
    }
    const arrival = takeArrival(message);
    arrival.dropRequestInfo();
    this.#takeChecked(arrival);
    giveArrival(arrival);
  }

  /** The same for one that a gate did not let in. */
  takeRefused(arrival: Arrival): void {
    arrival.dropRequestInfo();
    this.#takeChecked(arrival);
  }

  #takeChecked(arrival: Arrival): void {
    const context = this.#context;
    if (awaitsCounter(context, arrival)) return;
    arrival.nowMs = context.turnClock.nowMs();
    const problem =
      stateProblem(context) ??
      messageSizeProblem(context, arrival) ??
      (context.config.allow_batched ? undefined : jsError(10205)) ??
      (reply.read(arrival) ? this.#takeInto(arrival) : jsError(10206));
    if (problem !== undefined) refuse(context, arrival, problem);
  }

  /** Forgets all batches, without a word: the stream takes none any more. */
  clear(): void {
    for (const batch of this.#open.values()) this.#forget(batch);
    this.#idle.cancel();
  }

  /** Whether the message that was read last is the next one of the batch, and nothing else. */
  #isNext(batch: FastBatch): boolean {
    return (
      reply.sequence === batch.lastSequence + 1 &&
      reply.operation !== FAST_PING &&
      reply.operation !== FAST_COMMIT_EOB
    );
  }

  /** Stores the next message of a batch, which asks nothing, in a stream that does not either. */
  #append(batch: FastBatch, message: MessageView): void {
    const context = this.#context;
    const nowMs = context.turnClock.nowMs();
    const isLast = reply.isCommit;
    batch.lastSequence++;
    batch.activeAtMs = nowMs;
    context.lastMessageId = "";
    if (isLast) this.#forget(batch);
    batch.stored(append(context, message, nowMs));
    this.#tell(batch, message, isLast);
  }

  #takeInto(arrival: Arrival): JsApiError | undefined {
    if (reply.idEnd - reply.idStart > BATCH_ID_SIZE_MAX) return jsError(10207);
    const known = this.#find();
    const unopened = known === undefined ? this.#openProblem() : undefined;
    if (unopened !== undefined) return unopened;
    const batch = known ?? this.#begin();
    batch.activeAtMs = arrival.nowMs;
    const level = this.#levelProblem(batch, arrival);
    if (level !== undefined) return level;
    if (reply.operation === FAST_PING) this.#ping(batch, arrival);
    else if (this.#isInOrder(batch, arrival)) this.#takeInOrder(batch, arrival);
    return undefined;
  }

  #find(): FastBatch | undefined {
    const { buffer, idStart, idEnd } = reply;
    const id = this.#recent?.idBytes;
    if (id !== undefined && reply.isOf(id)) {
      return this.#recent;
    }
    if (this.#open.size === 0) return undefined;
    const batch = this.#open.get(buffer.toString("utf8", idStart, idEnd));
    if (batch !== undefined) this.#recent = batch;
    return batch;
  }

  /** Why no batch can begin with this message. */
  #openProblem(): JsApiError | undefined {
    if (reply.sequence !== 1 || reply.operation === FAST_PING) return jsError(10208);
    const { ingestRoom } = this.#context;
    const { perStreamMax, totalMax } = ingestRoom.limits.fastBatch;
    const isFull = this.#open.size >= perStreamMax || ingestRoom.fastBatches >= totalMax;
    return isFull ? jsError(10211) : undefined;
  }

  #begin(): FastBatch {
    const id = reply.buffer.toString("utf8", reply.idStart, reply.idEnd);
    const batch = new FastBatch(id, reply.isGapOk, reply.flow, this.#open.size === 0);
    this.#open.set(id, batch);
    this.#recent = batch;
    this.#context.ingestRoom.fastBatches++;
    this.#idle.start();
    return batch;
  }

  /** `Nats-Required-Api-Level`, which is not stored. */
  #levelProblem(batch: FastBatch, arrival: Arrival): JsApiError | undefined {
    const { hasRequests, headers } = arrival;
    if (!hasRequests || !headers.asks("requiredApiLevel")) return undefined;
    if (!isLevelOffered(headers.text("requiredApiLevel"), this.#context.apiLevel)) {
      this.#forget(batch);
      return jsError(10185);
    }
    const { payloadBuffer, payloadStart, headersSize } = arrival;
    const end = payloadStart + headersSize;
    const name = headerName("requiredApiLevel");
    arrival.replaceHeaders(removeHeader(payloadBuffer, payloadStart, end, name));
    return undefined;
  }

  /** Says again how far the batch is, and what has not come of what its publisher has sent. */
  #ping(batch: FastBatch, arrival: Arrival): void {
    if (reply.sequence > batch.lastSequence) {
      this.#tellGap(arrival, batch.lastSequence + 1, reply.sequence + 1);
      if (!batch.isGapOk) {
        this.#end(batch, arrival);
        return;
      }
      batch.lastSequence = reply.sequence;
      batch.storedSequence = reply.sequence;
      batch.isAcknowledgementDue(this.#open.size);
    }
    this.#acknowledge(batch, arrival);
  }

  /** Whether the batch goes on with this message; if not it has been ended. */
  #isInOrder(batch: FastBatch, arrival: Arrival): boolean {
    const expected = batch.lastSequence + 1;
    const { sequence } = reply;
    if (sequence !== expected) this.#tellGap(arrival, expected, sequence);
    const isGoingOn = sequence === expected || (sequence > expected && batch.isGapOk);
    if (isGoingOn) batch.lastSequence = sequence;
    else this.#end(batch, arrival);
    return isGoingOn;
  }

  #takeInOrder(batch: FastBatch, arrival: Arrival): void {
    const { sequence, isCommit, isGapOk } = reply;
    if (reply.operation === FAST_COMMIT_EOB) {
      batch.lastSequence--;
      batch.storedSequence = batch.lastSequence;
      this.#end(batch, arrival);
      return;
    }
    // The publisher waits for how fast it may be.
    if (sequence === 1 && !isCommit && wantsAnswer(this.#context, arrival)) {
      this.#send(arrival, 0, batch.acknowledgement());
    }
    const duplicate = arrival.refusal === undefined ? this.#duplicateOf(arrival) : 0;
    const problem = duplicate > 0 ? undefined : this.#storageProblem(arrival);
    if (duplicate > 0) {
      this.#takeDuplicate(batch, arrival, duplicate, isCommit, isGapOk);
    } else if (problem !== undefined) {
      this.#takeFaulty(batch, arrival, problem, isCommit, isGapOk);
    } else {
      if (arrival.trace !== undefined) passTrace(this.#context, arrival, arrival.trace);
      if (isCommit) this.#forget(batch);
      batch.stored(storeArrival(this.#context, arrival));
      this.#tell(batch, arrival, isCommit);
    }
  }

  /** Sequence in the stream of the message with the same id, 0 if there is none. */
  #duplicateOf({ messageId, nowMs }: Arrival): number {
    return messageId === "" ? 0 : this.#context.duplicates.find(messageId, nowMs);
  }

  /** What speaks against storing the message; if nothing does, room for it has been taken. */
  #storageProblem(arrival: Arrival): JsApiError | undefined {
    const context = this.#context;
    changes.clear();
    return (
      arrival.refusal?.error ??
      batchedProblem(context, arrival, changes) ??
      (arrival.hasRequests ? expectedMessageIdProblem(context, arrival) : undefined) ??
      roomProblem(context, arrival)
    );
  }

  /** A duplicate counts as stored. */
  #takeDuplicate(
    batch: FastBatch,
    arrival: Arrival,
    original: number,
    isCommit: boolean,
    isGapOk: boolean,
  ): void {
    arrival.trace?.onNotStored(duplicateTraceText);
    batch.storedSequence = batch.lastSequence;
    batch.durableSequence = Math.max(batch.durableSequence, original);
    if (batch.isAcknowledgementDue(this.#open.size)) this.#acknowledge(batch, arrival);
    if (!isCommit) return;
    if (!isGapOk && batch.lastSequence === 1) {
      // A batch of one message is answered as that message would be.
      this.#forget(batch);
      const detail = `${DUPLICATE_DETAIL},"batch":${JSON.stringify(batch.id)},"count":1`;
      this.#context.acks.push(this.#context, arrival, original, detail);
    } else {
      this.#end(batch, arrival);
    }
  }

  /** A message that can't be stored is told of at once, and ends a batch without gaps. */
  #takeFaulty(
    batch: FastBatch,
    arrival: Arrival,
    problem: JsApiError,
    isCommit: boolean,
    isGapOk: boolean,
  ): void {
    arrival.trace?.onNotStored(traceTextOf(problem));
    const sequence = batch.lastSequence;
    if (!isGapOk && sequence === 1) {
      this.#forget(batch);
      this.#send(arrival, 0, refusalOf(this.#context, problem));
      return;
    }
    const error = encodeAnswer({ ...problem }).toString();
    this.#send(arrival, 0, `{"type":"err","seq":${sequence},"error":${error}}`);
    if (isGapOk && !isCommit) return;
    batch.lastSequence--;
    batch.storedSequence = batch.lastSequence;
    this.#end(batch, arrival);
  }

  /** Says how far the batch is, if that is due, or that it has ended. */
  #tell(batch: FastBatch, message: MessageView, isLast: boolean): void {
    const context = this.#context;
    if (isLast) this.#acknowledgeAll(batch, message);
    else if (batch.isAcknowledgementDue(this.#open.size)) this.#acknowledge(batch, message);
    if (context.config.storage !== "file") return;
    context.store.commitIfLarge();
    if (context.store.isPressed) context.onPressure(message);
  }

  #tellGap(message: MessageView, expected: number, actual: number): void {
    this.#send(message, 0, `{"type":"gap","last_seq":${expected},"seq":${actual}}`);
  }

  #acknowledge(batch: FastBatch, message: MessageView): void {
    this.#send(message, batch.durableSequence, batch.acknowledgement());
  }

  #end(batch: FastBatch, message: MessageView): void {
    this.#forget(batch);
    this.#acknowledgeAll(batch, message);
  }

  /** Acknowledges the whole batch. */
  #acknowledgeAll(batch: FastBatch, message: MessageView): void {
    const { ackPrefix } = this.#context;
    const { id, streamSequence, lastSequence, durableSequence } = batch;
    const own = `,"batch":${JSON.stringify(id)},"count":${lastSequence}}`;
    this.#send(message, durableSequence, `${ackPrefix.toString()}${streamSequence}${own}`);
  }

  /** Sends `body` to the reply subject of `message` once the stream is durable up to `sequence`. */
  #send(message: MessageView, sequence: number, body: string): void {
    this.#context.acks.push(this.#context, message, sequence, body);
  }

  #forget(batch: FastBatch): void {
    this.#open.delete(batch.id);
    if (this.#recent === batch) this.#recent = undefined;
    this.#context.ingestRoom.fastBatches--;
  }
}

/** How a stream refuses a message that was published by itself. */
function refusalOf({ config }: IngestContext, error: JsApiError): string {
  return encodeAnswer({ error: { ...error }, stream: config.name, seq: 0 }).toString();
}
