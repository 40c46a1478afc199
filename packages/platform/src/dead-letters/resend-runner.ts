import type { JetStreamClient, JetStreamManager } from "@nats-io/jetstream";
import { inParallel, type Tracing } from "oxbow/internal";
import type { Groups } from "../groups/groups.ts";
import type { Stations } from "../stations/stations.ts";
import { header } from "./letter-headers.ts";
import { LetterResend, type Resent } from "./letter-resend.ts";
import { type FoundLetter, scanLetters } from "./letter-scan.ts";
import type { LetterStore } from "./letter-store.ts";
import { present } from "./origin.ts";
import { intakeStream, jobCancelSubject, jobStateSubject, resendStream } from "./places.ts";
import { ResendDocuments, type ResendState, stateSchema } from "./resend-documents.ts";
import type { ResendJob } from "./resend-request.ts";
import { ResendTargets } from "./resend-target.ts";
import type { OnStep } from "./steps.ts";

/** Dead letters that are resent at a time, and counted together. */
const chunkMax = 32;
const problemsMax = 10;

/** What resends work with. */
export interface ResendParts {
  readonly js: JetStreamClient;
  readonly manager: JetStreamManager;
  readonly stations: Stations;
  readonly groups: Groups;
  readonly store: LetterStore;
  readonly onStep: OnStep;
  /** Writes down what is resent, once it gives something that does. */
  readonly tracing: (() => Tracing | undefined) | undefined;
}

/**
 * Carries a resend out, from where it was left. A chunk of dead letters is resent, then counted, then taken out: one that
 * was resent and not counted is found to be resent when it is its turn again, and those that were counted and not taken
 * out are written down with the count.
 */
export class ResendRunner {
  readonly #parts: ResendParts;
  readonly #documents: ResendDocuments;

  constructor(parts: ResendParts) {
    this.#parts = parts;
    this.#documents = new ResendDocuments(parts.js, parts.manager);
  }

  /**
   * @param goesOn - Called now and then, while it goes on; ends it there by saying no.
   * @returns Whether it is at its end, was ended before, or is under way elsewhere, at another worker.
   */
  async run(
    id: string,
    job: ResendJob,
    goesOn: () => boolean,
  ): Promise<"over" | "ended" | "elsewhere"> {
    const place = jobStateSubject(id);
    const kept = await this.#documents.read(place, stateSchema);
    let { sequence } = kept;
    let state = kept.document ?? (await this.#first(job));
    if (state.state !== "running") return "over";
    const write = async (next: ResendState): Promise<boolean> => {
      const written = await this.#documents.write(place, next, sequence);
      if (written === undefined) return false;
      sequence = written;
      state = next;
      return true;
    };
    if (kept.document === undefined && !(await write(state))) return "elsewhere";
    await this.#settle(state);
    let isEnding = await this.#isCancelled(id);
    for await (const chunk of this.#chunks(job, state.cursor)) {
      const last = chunk.at(-1)?.letter.id;
      if (last === undefined) break;
      if (!goesOn()) return "ended";
      const results = await this.#resend(id, job, chunk, isEnding);
      if (!(await write(counted(state, job, chunk, results, last)))) return "elsewhere";
      await this.#parts.onStep("resend.counted");
      await this.#settle(state);
      await this.#parts.onStep("resend.settled");
      // What was begun when it ended is in the first chunk.
      if (isEnding) break;
      isEnding = await this.#isCancelled(id);
    }
    const endedAt = new Date(await this.#nowMs()).toISOString();
    const end = isEnding ? "cancelled" : "done";
    return (await write({ ...state, state: end, unsettled: [], endedAt })) ? "over" : "elsewhere";
  }

  /** What it would come to now. */
  async foresee(
    job: ResendJob,
  ): Promise<Pick<ResendState, "matched" | "sent" | "skipped" | "failed" | "problems">> {
    let state = { ...nothingYet, startedAt: "" };
    const targets = this.#targets(job);
    for await (const chunk of this.#chunks(job, 0)) {
      const resend = this.#letterResend("", job, targets);
      const results = await inParallel(chunk, (found) => resend.foresee(found));
      state = {
        ...state,
        ...counted(state, job, chunk, results, 0),
        matched: state.matched + chunk.length,
      };
    }
    return state;
  }

  async #first(job: ResendJob): Promise<ResendState> {
    let matched = 0;
    for await (const _ of this.#scan(job, 1)) matched++;
    return { ...nothingYet, matched, startedAt: new Date(await this.#nowMs()).toISOString() };
  }

  async #resend(
    id: string,
    job: ResendJob,
    chunk: readonly FoundLetter[],
    isEnding: boolean,
  ): Promise<Resent[]> {
    const resend = this.#letterResend(id, job, this.#targets(job));
    return inParallel(chunk, (found) => resend.resend(found, isEnding));
  }

  #targets({ to }: ResendJob): ResendTargets {
    const { stations, groups, manager } = this.#parts;
    return new ResendTargets(manager, stations, groups, to);
  }

  #letterResend(id: string, job: ResendJob, targets: ResendTargets): LetterResend {
    return new LetterResend({ ...this.#parts, documents: this.#documents }, id, job, targets);
  }

  async *#chunks(job: ResendJob, cursor: number): AsyncGenerator<FoundLetter[], void, undefined> {
    let chunk: FoundLetter[] = [];
    for await (const found of this.#scan(job, cursor + 1)) {
      chunk.push(found);
      if (chunk.length < chunkMax) continue;
      yield chunk;
      chunk = [];
    }
    if (chunk.length > 0) yield chunk;
  }

  #scan({ filter, upTo }: ResendJob, from: number): AsyncGenerator<FoundLetter, void, undefined> {
    return scanLetters(this.#parts.js, this.#parts.manager, filter, { from, to: upTo });
  }

  async #settle({ unsettled }: ResendState): Promise<void> {
    if (unsettled.length === 0) return;
    const { manager, store } = this.#parts;
    const { state } = await manager.streams.info(intakeStream);
    await inParallel(unsettled, ([subject, sequence, hasRest]) =>
      store.drop(subject, sequence, state.last_seq, hasRest),
    );
  }

  async #isCancelled(id: string): Promise<boolean> {
    const query = { last_by_subj: jobCancelSubject(id) };
    const found = await present(() => this.#parts.manager.streams.getMessage(resendStream, query));
    return found !== undefined && found !== null;
  }

  /** By the server's clock. */
  async #nowMs(): Promise<number> {
    const { ts } = await this.#parts.manager.streams.info(resendStream);
    return Date.parse(String(ts));
  }
}

const nothingYet: Omit<ResendState, "startedAt"> = {
  version: 1,
  state: "running",
  matched: 0,
  sent: 0,
  skipped: 0,
  failed: 0,
  problems: [],
  cursor: 0,
  unsettled: [],
  endedAt: null,
};

function counted(
  before: ResendState,
  { keep }: ResendJob,
  chunk: readonly FoundLetter[],
  results: readonly Resent[],
  cursor: number,
): ResendState {
  const count = (outcome: Resent["outcome"]): number =>
    results.filter((each) => each.outcome === outcome).length;
  const problems = new Set(before.problems);
  for (const result of results) {
    if ("problem" in result && problems.size < problemsMax) problems.add(result.problem);
  }
  const sent = chunk.filter((_, index) => results[index]?.outcome === "sent");
  return {
    ...before,
    sent: before.sent + count("sent"),
    skipped: before.skipped + count("skipped"),
    failed: before.failed + count("failed"),
    problems: [...problems],
    cursor,
    unsettled: keep ? [] : sent.map(unsettledOf),
  };
}

function unsettledOf({ stored }: FoundLetter): ResendState["unsettled"][number] {
  return [stored.subject, stored.seq, (stored.header?.get(header.rest) ?? "") !== ""];
}
