import {
  DeliverPolicy,
  JetStreamApiError,
  type JetStreamClient,
  type JetStreamManager,
  type StoredMsg,
} from "@nats-io/jetstream";
import type { Resend, ResendCounts } from "oxbow/control";
import { inParallel, platformError } from "oxbow/internal";
import { isConflict } from "./letter-store.ts";
import { present } from "./origin.ts";
import {
  jobCancelSubject,
  jobOfSubject,
  jobStateSubject,
  jobSubject,
  jobSubjects,
  resendStream,
} from "./places.ts";
import { ResendDocuments, type ResendState, stateSchema } from "./resend-documents.ts";
import { parsed, type ResendJob, readJob } from "./resend-request.ts";

export type { Resend, ResendCounts };

/** What was asked to be resent, and how far it is. */
export class Resends {
  readonly #js: JetStreamClient;
  readonly #manager: JetStreamManager;
  readonly #documents: ResendDocuments;

  constructor(js: JetStreamClient, manager: JetStreamManager) {
    this.#js = js;
    this.#manager = manager;
    this.#documents = new ResendDocuments(js, manager);
  }

  /** @throws OxbowError `DEAD_LETTER_INVALID`, `DEAD_LETTER_UNAVAILABLE` */
  async start(job: ResendJob, id: string): Promise<Resend> {
    if (!/^[A-Za-z0-9]{8,64}$/.test(id)) {
      const message = `${JSON.stringify(id)} is no id of a resend: use 8 to 64 letters and digits`;
      throw platformError("DEAD_LETTER_INVALID", message);
    }
    try {
      await this.#js.publish(jobSubject(id), JSON.stringify(job), {
        expect: { lastSubjectSequence: 0 },
      });
    } catch (error) {
      if (!isConflict(error)) {
        if (!(error instanceof JetStreamApiError)) throw error;
        const message = `the resend can't be kept: ${error.message}`;
        throw platformError("DEAD_LETTER_UNAVAILABLE", message, { cause: error });
      }
    }
    return this.get(id);
  }

  async list(): Promise<Resend[]> {
    const { state } = await this.#manager.streams.info(resendStream, {
      subjects_filter: jobSubjects,
    });
    const ids = Object.keys(state.subjects ?? {}).map(jobOfSubject);
    const found = await inParallel(ids, (id) => this.#find(id));
    return found
      .filter((each) => each !== undefined)
      .sort((a, b) => (a.createdAt < b.createdAt ? 1 : -1));
  }

  /** @throws OxbowError `RESEND_NOT_FOUND` */
  async get(id: string): Promise<Resend> {
    const found = /^[A-Za-z0-9]{1,64}$/.test(id) ? await this.#find(id) : undefined;
    if (found !== undefined) return found;
    throw platformError("RESEND_NOT_FOUND", `there is no resend ${JSON.stringify(id)}`);
  }

  async *watch(id: string): AsyncGenerator<Resend, void, undefined> {
    const first = await this.get(id);
    yield first;
    if (first.state === "done" || first.state === "cancelled") return;
    const consumer = await this.#js.consumers.get(resendStream, {
      deliver_policy: DeliverPolicy.LastPerSubject,
      filter_subjects: [jobStateSubject(id)],
    });
    const messages = await consumer.consume();
    try {
      for await (const message of messages) {
        const state = parsed(stateSchema, message.string());
        if (state === undefined) continue;
        yield { ...first, ...progressOf(state) };
        if (state.endedAt !== null) return;
      }
    } finally {
      await messages.close();
    }
  }

  /** @throws OxbowError `RESEND_NOT_FOUND` */
  async cancel(id: string): Promise<Resend> {
    await this.get(id);
    await this.#js.publish(jobCancelSubject(id), "");
    return this.get(id);
  }

  async #find(id: string): Promise<Resend | undefined> {
    const stored = await this.#last(jobSubject(id));
    const job = stored === undefined ? undefined : readJob(stored.string());
    if (stored === undefined || job === undefined) return undefined;
    const { to, keep, delayMs, resendsMax } = job;
    const createdAt = stored.time.toISOString();
    const station = job.filter.station ?? null;
    const asked = { id, createdAt, station, to, keep, delayMs, resendsMax };
    const { document: state } = await this.#documents.read(jobStateSubject(id), stateSchema);
    if (state !== undefined) return { ...asked, ...progressOf(state) };
    const isCancelled = (await this.#last(jobCancelSubject(id))) !== undefined;
    return { ...asked, ...nothingYet, state: isCancelled ? "cancelled" : "waiting" };
  }

  #last(subject: string): Promise<StoredMsg | undefined> {
    return present(async () => {
      const query = { last_by_subj: subject };
      return (await this.#manager.streams.getMessage(resendStream, query)) ?? undefined;
    });
  }
}

const nothingYet = {
  matched: 0,
  sent: 0,
  skipped: 0,
  failed: 0,
  problems: [],
  startedAt: null,
  endedAt: null,
} as const;

function progressOf(
  kept: ResendState,
): ResendCounts & Pick<Resend, "state" | "startedAt" | "endedAt"> {
  const { state, matched, sent, skipped, failed, problems, startedAt, endedAt } = kept;
  return { state, matched, sent, skipped, failed, problems, startedAt, endedAt };
}
