import { removeHeader } from "@oxbow/wire/nats";
import type { BatchAbandonReason } from "../advisories.ts";
import { isLevelOffered } from "../api/required-level.ts";
import { type JsApiError, jsError } from "../config/errors.ts";
import { headerName } from "../stream/publish-headers.ts";
import { acknowledgeStaged, refuse } from "./answers.ts";
import type { Arrival } from "./arrival.ts";
import { AtomicBatch } from "./atomic-batch.ts";
import { awaitsCounters, commitBatch } from "./atomic-commit.ts";
import { IdleTimer } from "./idle-timer.ts";
import type { IngestContext } from "./ingest-context.ts";
import { messageSizeProblem } from "./size-checks.ts";
import { stateProblem } from "./state-check.ts";

/** Bytes of a batch's id at most. */
export const BATCH_ID_SIZE_MAX = 64;
/** Bytes that the messages of a batch take at most: they are held in memory, and committed by one write. */
const BATCH_BYTES_MAX = 128 * 1024 * 1024;
/** The same for all open batches of the server. */
const STAGED_BYTES_MAX = 256 * 1024 * 1024;

/** What the header `Nats-Batch-Commit` asks. */
type Commit = "no" | "with" | "without" | "invalid";

/**
 * The open atomic batches of a stream (ADR-50): their messages are staged, and stored all together or not at all. A batch
 * to which nothing comes for a while is forgotten.
 */
export class AtomicBatches {
  readonly #context: IngestContext;
  readonly #open = new Map<string, AtomicBatch>();
  /** The one that was asked for last: mostly it is the next one, too. */
  #recent: AtomicBatch | undefined;
  readonly #idle: IdleTimer<AtomicBatch>;

  constructor(context: IngestContext) {
    this.#context = context;
    const { timeoutMs } = context.ingestRoom.limits.batch;
    const onIdle = (batch: AtomicBatch): void => this.#abandon(batch, "timeout");
    this.#idle = new IdleTimer(context.clock, timeoutMs, () => this.#open.values(), onIdle);
  }

  /** Open batches. */
  get size(): number {
    return this.#open.size;
  }

  /** Takes a message with a `Nats-Batch-Id`. */
  take(arrival: Arrival): void {
    const context = this.#context;
    const commit = commitOf(arrival);
    const batch = this.#find(arrival);
    // First of all, for the message will be taken again.
    if (commit !== "no" && awaitsCounters(context, arrival, batch)) return;
    arrival.nowMs = context.turnClock.nowMs();
    const problem =
      stateProblem(context) ??
      messageSizeProblem(context, arrival) ??
      (context.config.allow_atomic ? undefined : jsError(10174)) ??
      this.#takeInto(batch, arrival, commit);
    if (problem !== undefined) refuse(context, arrival, problem);
  }

  /** Forgets all batches, without a word: the stream takes none any more. */
  clear(): void {
    for (const batch of this.#open.values()) this.#forget(batch);
    this.#idle.cancel();
  }

  #takeInto(
    known: AtomicBatch | undefined,
    arrival: Arrival,
    commit: Commit,
  ): JsApiError | undefined {
    if (arrival.headers.sizeOf("batchId") > BATCH_ID_SIZE_MAX) return jsError(10179);
    if (arrival.refusal !== undefined) {
      if (known !== undefined) this.#abandon(known, "incomplete");
      return arrival.refusal.error;
    }
    const sequence = arrival.headers.integer("batchSequence") ?? -1;
    if (sequence < 0) return jsError(10175);
    const unopened = known === undefined ? this.#openProblem(sequence, commit) : undefined;
    if (unopened !== undefined) return unopened;
    const batch = known ?? this.#begin(arrival);
    if (commit === "invalid") {
      this.#forget(batch);
      return jsError(10200);
    }
    const problem =
      this.#levelProblem(batch, arrival) ?? this.#sequenceProblem(batch, sequence, commit);
    if (problem !== undefined) return problem;
    batch.activeAtMs = arrival.nowMs;
    if (commit !== "without" && !this.#stage(batch, arrival)) return jsError(10023);
    if (commit === "no") {
      acknowledgeStaged(this.#context, arrival);
      return undefined;
    }
    // Before the commit, which may make others publish in turn; its messages are needed until then.
    this.#unlist(batch);
    const refusal = commitBatch(this.#context, batch, arrival, commit === "without");
    batch.release();
    return refusal;
  }

  #find(arrival: Arrival): AtomicBatch | undefined {
    const { headers } = arrival;
    const recent = this.#recent;
    if (recent !== undefined && headers.is("batchId", recent.idBytes)) return recent;
    if (this.#open.size === 0) return undefined;
    const batch = this.#open.get(headers.text("batchId"));
    if (batch !== undefined) this.#recent = batch;
    return batch;
  }

  /** Why no batch can begin with this message. */
  #openProblem(sequence: number, commit: Commit): JsApiError | undefined {
    const { ingestRoom } = this.#context;
    const { messagesMax, perStreamMax, totalMax } = ingestRoom.limits.batch;
    if (sequence !== 1) {
      const isTooLarge = sequence - (commit === "without" ? 1 : 0) > messagesMax;
      return isTooLarge ? jsError(10199, { size: messagesMax }) : jsError(10176);
    }
    const isFull = this.#open.size >= perStreamMax || ingestRoom.atomicBatches >= totalMax;
    return isFull ? jsError(10210) : undefined;
  }

  #begin(arrival: Arrival): AtomicBatch {
    const batch = new AtomicBatch(arrival.headers.text("batchId"));
    batch.activeAtMs = arrival.nowMs;
    this.#open.set(batch.id, batch);
    this.#recent = batch;
    this.#context.ingestRoom.atomicBatches++;
    this.#idle.start();
    return batch;
  }

  /** `Nats-Required-Api-Level`, which is not stored. */
  #levelProblem(batch: AtomicBatch, arrival: Arrival): JsApiError | undefined {
    const { headers } = arrival;
    if (!headers.asks("requiredApiLevel")) return undefined;
    if (!isLevelOffered(headers.text("requiredApiLevel"), this.#context.apiLevel)) {
      this.#abandon(batch, "unsupported");
      return jsError(10185);
    }
    const { payloadBuffer, payloadStart, headersSize } = arrival;
    const name = headerName("requiredApiLevel");
    const end = payloadStart + headersSize;
    arrival.replaceHeaders(removeHeader(payloadBuffer, payloadStart, end, name));
    return undefined;
  }

  /** Whether the message is the next one of its batch. */
  #sequenceProblem(batch: AtomicBatch, sequence: number, commit: Commit): JsApiError | undefined {
    batch.lastSequence++;
    if (batch.lastSequence !== sequence || (sequence === 1 && commit === "without")) {
      this.#abandon(batch, "incomplete");
      return jsError(10176);
    }
    const { messagesMax } = this.#context.ingestRoom.limits.batch;
    if (sequence - (commit === "without" ? 1 : 0) <= messagesMax) return undefined;
    this.#abandon(batch, "large");
    return jsError(10199, { size: messagesMax });
  }

  /** Copies a message into its batch; false if there is no room for it, and so none for the batch. */
  #stage(batch: AtomicBatch, arrival: Arrival): boolean {
    const { ingestRoom } = this.#context;
    const before = batch.size;
    const size =
      arrival.subjectEnd - arrival.subjectStart + arrival.payloadEnd - arrival.payloadStart;
    if (before + size > BATCH_BYTES_MAX || ingestRoom.stagedBytes + size > STAGED_BYTES_MAX) {
      this.#abandon(batch, "large");
      return false;
    }
    batch.stage(arrival);
    ingestRoom.stagedBytes += batch.size - before;
    return true;
  }

  #abandon(batch: AtomicBatch, reason: BatchAbandonReason): void {
    this.#forget(batch);
    const { advisories, config } = this.#context;
    advisories.batchAbandoned(config.name, batch.id, reason);
  }

  #forget(batch: AtomicBatch): void {
    this.#unlist(batch);
    batch.release();
  }

  #unlist(batch: AtomicBatch): void {
    const { ingestRoom } = this.#context;
    this.#open.delete(batch.id);
    if (this.#recent === batch) this.#recent = undefined;
    ingestRoom.atomicBatches--;
    ingestRoom.stagedBytes -= batch.size;
  }
}

function commitOf({ headers }: Arrival): Commit {
  if (!headers.has("batchCommit")) return "no";
  const value = headers.text("batchCommit");
  if (value === "1") return "with";
  return value === "eob" ? "without" : "invalid";
}
