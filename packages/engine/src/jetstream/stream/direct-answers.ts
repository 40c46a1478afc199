import { type Log, RecordView } from "@oxbow/log";
import { appendHeaders, encodeHeaders, type HeaderEntry } from "@oxbow/wire/nats";
import type { MessageGetRequest } from "../config/requests.ts";
import { formatTimestamp } from "../config/timestamp.ts";
import type { JetStreamServices } from "../services.ts";
import { findRequested, startOf } from "./message-request.ts";
import { sequenceSince } from "./message-time.ts";
import { readRecord } from "./read-record.ts";
import type { Stream } from "./stream.ts";
import { lastSequences, SubjectFilter } from "./subject-search.ts";

const noBytes: Buffer = Buffer.alloc(0);
/** Subjects whose last messages one request can ask for. */
const LASTS_MAX = 1024;
/** Bytes that a batch brings at most, unless the request says otherwise. */
const BATCH_BYTES_DEFAULT = 64 * 1024 * 1024;

/** How far a batch has come. */
interface BatchState {
  bytesLeft: number;
  lastSequence: number;
}

/** Sends what direct gets ask for: one message, some from a place on, or the last ones of some subjects. */
export class DirectAnswers {
  readonly #stream: Stream;
  readonly #services: JetStreamServices;

  constructor(stream: Stream, services: JetStreamServices) {
    this.#stream = stream;
    this.#services = services;
  }

  status(reply: Buffer, code: number, text: string, entries: readonly HeaderEntry[] = []): void {
    this.#services.sender.send(reply, noBytes, encodeHeaders({ code, text }, entries));
  }

  sendOne(reply: Buffer, request: MessageGetRequest): void {
    this.#run(reply, () => this.#sendOne(reply, request));
  }

  /** Sends up to `batch` messages from a place on, and then says that this was all. */
  sendBatch(reply: Buffer, request: MessageGetRequest): void {
    this.#run(reply, () => this.#sendBatch(reply, request));
  }

  /** Sends the last message of each subject that `multi_last` means, and then says that this was all. */
  sendLasts(reply: Buffer, request: MessageGetRequest): void {
    this.#run(reply, () => this.#sendLasts(reply, request));
  }

  #run(reply: Buffer, work: () => Promise<void>): void {
    work().catch((error: Error) => {
      this.#services.logger.error({ stream: this.#stream.name }, error.message);
      this.status(reply, 500, "Internal Error");
    });
  }

  async #sendOne(reply: Buffer, request: MessageGetRequest): Promise<void> {
    const { log } = this.#stream;
    const sequence = await findRequested(log, request);
    const view = new RecordView();
    if (sequence === 0 || !(await readRecord(log, sequence, view))) {
      this.status(reply, 404, "Message Not Found");
    } else {
      this.#sendMessage(reply, view, request.no_hdr, []);
    }
  }

  async #sendBatch(reply: Buffer, request: MessageGetRequest): Promise<void> {
    const { log } = this.#stream;
    const { next_by_subj: filter } = request;
    const { matches } = new SubjectFilter(log, filter === "" ? [] : [filter]);
    const state = batchState(request);
    let next = await startOf(log, request);
    let pending = countFrom(log, next, matches);
    const knownSequence = log.lastSequence;
    const view = new RecordView();
    for (let left = request.batch; left > 0 && state.bytesLeft > 0; left--) {
      next = log.nextMatching(next, matches);
      if (next > log.lastSequence) break;
      // What is damaged, or goes in this moment, is left out.
      if (await readRecord(log, next, view))
        this.#sendOfBatch(reply, view, request, --pending, state);
      next++;
    }
    if (state.lastSequence === 0) {
      this.status(reply, 404, "Message Not Found");
      return;
    }
    if (log.lastSequence > knownSequence) pending = countFrom(log, next, matches);
    this.status(reply, 204, "EOB", batchEntries(pending, state.lastSequence));
  }

  async #sendLasts(reply: Buffer, request: MessageGetRequest): Promise<void> {
    const { log } = this.#stream;
    const { up_to_seq: upToSequence, up_to_time: upToTime } = request;
    let end = upToSequence > 0 ? upToSequence : log.lastSequence;
    if (upToTime !== null) end = (await sequenceSince(log, upToTime)) - 1;
    const sequences = lastSequences(log, request.multi_last, end);
    if (sequences.length > LASTS_MAX) {
      this.status(reply, 413, "Too Many Results");
      return;
    }
    if (sequences.length === 0) {
      this.status(reply, 404, "No Results");
      return;
    }
    const state = batchState(request);
    const view = new RecordView();
    let pending = sequences.length;
    let sent = 0;
    for (const sequence of sequences) {
      pending--;
      if (sequence < request.seq || !(await readRecord(log, sequence, view))) continue;
      this.#sendOfBatch(reply, view, request, pending, state);
      if (state.bytesLeft <= 0 || ++sent === request.batch) break;
    }
    const entries = batchEntries(pending, state.lastSequence);
    this.status(reply, 204, "EOB", [...entries, ["Nats-UpTo-Sequence", String(end)]]);
  }

  #sendOfBatch(
    reply: Buffer,
    view: RecordView,
    request: MessageGetRequest,
    pending: number,
    state: BatchState,
  ): void {
    state.bytesLeft -= view.bodyEnd - view.subjectStart;
    this.#sendMessage(reply, view, request.no_hdr, batchEntries(pending, state.lastSequence));
    state.lastSequence = view.sequence;
  }

  #sendMessage(
    reply: Buffer,
    view: RecordView,
    withoutHeaders: boolean,
    entries: readonly HeaderEntry[],
  ): void {
    const { sender } = this.#services;
    if (withoutHeaders) {
      sender.send(reply, view.payload());
      return;
    }
    const headersEnd = view.bodyStart + view.headersSize;
    const headers = appendHeaders(view.bytes, view.bodyStart, headersEnd, [
      ["Nats-Stream", this.#stream.name],
      ["Nats-Subject", view.subject()],
      ["Nats-Sequence", String(view.sequence)],
      ["Nats-Time-Stamp", formatTimestamp(view.timestampSeconds, view.timestampNanos)],
      ...entries,
    ]);
    sender.send(reply, view.payload(), headers);
  }
}

function batchState({ max_bytes: bytesMax }: MessageGetRequest): BatchState {
  return { bytesLeft: bytesMax > 0 ? bytesMax : BATCH_BYTES_DEFAULT, lastSequence: 0 };
}

function batchEntries(pending: number, lastSequence: number): HeaderEntry[] {
  return [
    ["Nats-Num-Pending", String(Math.max(0, pending))],
    ["Nats-Last-Sequence", String(lastSequence)],
  ];
}

function countFrom(log: Log, from: number, matches: (subjectId: number) => boolean): number {
  let count = 0;
  log.forEach(from, (_, subjectId) => {
    if (matches(subjectId)) count++;
  });
  return count;
}
