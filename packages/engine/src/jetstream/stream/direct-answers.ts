import { type Log, RecordView } from "@oxbow/log";
import { encodeHeaders, type HeaderEntry } from "@oxbow/wire/nats";
import type { MessageGetRequest } from "../config/requests.ts";
import type { JetStreamServices } from "../services.ts";
import { readLasts } from "./direct-lasts.ts";
import { DirectProgress, directMessage } from "./direct-message.ts";
import { readRequested, startOf } from "./message-request.ts";
import { readRecord } from "./read-record.ts";
import type { Stream } from "./stream.ts";
import { SubjectFilter } from "./subject-search.ts";

const noBytes: Buffer = Buffer.alloc(0);

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
    const fail = (error: Error): void => {
      this.#services.logger.error({ stream: this.#stream.name }, error.message);
      this.status(reply, 500, "Internal Error");
    };
    this.#stream.waiting.behind(() => void work().catch(fail));
  }

  async #sendOne(reply: Buffer, request: MessageGetRequest): Promise<void> {
    const { log } = this.#stream;
    const view = new RecordView();
    if ((await readRequested(log, request, view)) === 0) {
      this.status(reply, 404, "Message Not Found");
    } else {
      this.#sendMessage(reply, view, request.no_hdr, []);
    }
  }

  async #sendBatch(reply: Buffer, request: MessageGetRequest): Promise<void> {
    const { log } = this.#stream;
    const { next_by_subj: filter, no_hdr: withoutHeaders, batch } = request;
    const { matches } = new SubjectFilter(log, filter === "" ? [] : [filter]);
    let next = await startOf(log, request);
    const progress = new DirectProgress(countFrom(log, next, matches), request.max_bytes);
    const knownSequence = log.lastSequence;
    const view = new RecordView();
    for (let left = batch; left > 0 && !progress.isFull; left--) {
      next = log.nextMatching(next, matches);
      if (next > log.lastSequence) break;
      // What is damaged, or goes in this moment, is left out.
      if (await readRecord(log, next, view)) {
        // Without headers nobody counts, as in nats-server.
        if (!withoutHeaders) progress.pending--;
        this.#sendMessage(reply, view, withoutHeaders, progress.entries);
        progress.add(view);
      }
      next++;
    }
    if (progress.lastSequence === 0 && batch > 0) {
      this.status(reply, 404, "Message Not Found");
      return;
    }
    if (log.lastSequence > knownSequence) progress.pending = countFrom(log, next, matches);
    this.status(reply, 204, "EOB", progress.entries);
  }

  async #sendLasts(reply: Buffer, request: MessageGetRequest): Promise<void> {
    const { config, log } = this.#stream;
    const answer = await readLasts(config, log, request);
    if (answer === "too many") {
      this.status(reply, 413, "Too Many Results");
    } else if (answer === "none") {
      this.status(reply, 404, "No Results");
    } else {
      const { sender } = this.#services;
      for (const { headers, payload } of answer.messages) sender.send(reply, payload, headers);
      const { progress, upToSequence } = answer;
      const end: HeaderEntry = ["Nats-UpTo-Sequence", String(upToSequence)];
      this.status(reply, 204, "EOB", [...progress.entries, end]);
    }
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
    const { headers, payload } = directMessage(this.#stream.name, view, entries);
    sender.send(reply, payload, headers);
  }
}

function countFrom(log: Log, from: number, matches: (subjectId: number) => boolean): number {
  let count = 0;
  log.forEach(from, (_, subjectId) => {
    if (matches(subjectId)) count++;
  });
  return count;
}
