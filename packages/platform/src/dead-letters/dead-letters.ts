import {
  type JetStreamClient,
  type JetStreamManager,
  jetstream,
  type StoredMsg,
} from "@nats-io/jetstream";
import { type NatsConnection, nuid } from "@nats-io/nats-core";
import type {
  DeadLetterCauses,
  DeadLetterPage,
  DeadLetterRetention,
  StationOfDeadLetters,
} from "oxbow/control";
import { inParallel, platformError, problemsIn } from "oxbow/internal";
import { z } from "zod";
import { Groups } from "../groups/groups.ts";
import { Stations } from "../stations/stations.ts";
import { CauseCounter } from "./cause.ts";
import {
  type DeadLetter,
  type DeadLetterMessage,
  deadLetterOf,
  withMessage,
} from "./dead-letter.ts";
import { ensureStreams } from "./dead-letter-streams.ts";
import { type DeadLetterFilter, readFilter } from "./letter-filter.ts";
import { header } from "./letter-headers.ts";
import { type FoundLetter, scanLetters } from "./letter-scan.ts";
import { LetterStore } from "./letter-store.ts";
import { lettersByStation } from "./letters-by-station.ts";
import { present } from "./origin.ts";
import { intakeStream, letterStream } from "./places.ts";
import { type ResendJob, type ResendRequest, readResendRequest } from "./resend-request.ts";
import { ResendRunner } from "./resend-runner.ts";
import { type Resend, type ResendCounts, Resends } from "./resends.ts";

const pageMax = 1_000;
const dropBatch = 256;
const nsPerMs = 1_000_000;
const duplicateWindowMs = 2 * 60 * 1000;

/** What is listed. */
export interface DeadLetterListRequest extends DeadLetterFilter {
  /** Only those behind this one; `next` of the page before. */
  readonly after?: number | undefined;
  /** 1 to 1,000; 100 by default. */
  readonly limit?: number | undefined;
}

export type { DeadLetterPage, DeadLetterRetention };

/** How dead letters are taken out. */
export interface DropOptions {
  /** Only count. */
  readonly isDryRun?: boolean;
}

/** How dead letters are opened. */
export interface DeadLettersOptions {
  /** Copies of their streams, in a cluster; 1 by default. */
  readonly replicas?: number;
}

const retentionSchema = z.strictObject({
  maxAgeMs: z
    .int()
    .max(100 * 365 * 24 * 60 * 60 * 1000)
    .refine((ms) => ms === 0 || ms >= 1_000, "0 for ever, or 1,000 or more"),
  maxMessages: z.int().min(1).nullable(),
  maxBytes: z.int().min(1).nullable(),
});
const pageSchema = z.object({
  after: z.int().min(0).default(0),
  limit: z.int().min(1).max(pageMax).default(100),
});

/**
 * The dead letters of an account. They are in streams, of which nothing is remembered here; a `DeadLetterWorker` makes and
 * resends them.
 */
export class DeadLetters {
  readonly #js: JetStreamClient;
  readonly #manager: JetStreamManager;
  readonly #stations: Stations;
  readonly #groups: Groups;
  readonly #store: LetterStore;
  readonly #resends: Resends;

  private constructor(
    connection: NatsConnection,
    js: JetStreamClient,
    manager: JetStreamManager,
    stations: Stations,
    groups: Groups,
  ) {
    this.#js = js;
    this.#manager = manager;
    this.#stations = stations;
    this.#groups = groups;
    this.#store = new LetterStore(connection, js, manager);
    this.#resends = new Resends(js, manager);
  }

  /**
   * Makes their streams, if they are missing: from then on nothing that dies is lost, also while no worker runs.
   *
   * @param connection - Stays the caller's.
   * @throws OxbowError `DEAD_LETTER_UNAVAILABLE`, `GROUP_UNAVAILABLE` for a server that is too old
   */
  static async open(
    connection: NatsConnection,
    { replicas = 1 }: DeadLettersOptions = {},
  ): Promise<DeadLetters> {
    const js = jetstream(connection);
    const manager = await js.jetstreamManager();
    await ensureStreams(manager, replicas);
    const stations = await Stations.open(connection);
    return new DeadLetters(connection, js, manager, stations, await Groups.open(connection));
  }

  /**
   * A page of those that match, without their messages.
   *
   * @throws OxbowError `DEAD_LETTER_INVALID`
   */
  async list({ after, limit, ...filter }: DeadLetterListRequest = {}): Promise<DeadLetterPage> {
    const page = pageSchema.safeParse({ after, limit });
    if (!page.success) throw platformError("DEAD_LETTER_INVALID", problemsIn(page.error));
    const letters: DeadLetter[] = [];
    for await (const { letter } of this.#scan(filter, page.data.after + 1)) {
      // One more than asked for says that there is a next page.
      if (letters.length === page.data.limit) {
        return { letters, next: letters.at(-1)?.id ?? null };
      }
      letters.push(letter);
    }
    return { letters, next: null };
  }

  /**
   * How many match.
   *
   * @throws OxbowError `DEAD_LETTER_INVALID`
   */
  async count(filter: DeadLetterFilter = {}): Promise<number> {
    let count = 0;
    for await (const _ of this.#scan(filter)) count++;
    return count;
  }

  /**
   * How many match, by their causes.
   *
   * @throws OxbowError `DEAD_LETTER_INVALID`
   */
  async causes(filter: DeadLetterFilter = {}): Promise<DeadLetterCauses> {
    const counter = new CauseCounter();
    for await (const { letter } of this.#scan(filter)) counter.add(letter);
    return counter.counted();
  }

  /** The stations that have dead letters, by name, and how many each has. */
  async stations(): Promise<StationOfDeadLetters[]> {
    const counts = await lettersByStation(this.#js, this.#manager);
    return [...counts]
      .map(([station, count]) => ({ station, count }))
      .sort((a, b) => (a.station < b.station ? -1 : 1));
  }

  /** One of them with its message, or `undefined`. */
  async find(id: number): Promise<DeadLetterMessage | undefined> {
    if (!Number.isSafeInteger(id) || id < 1) return undefined;
    const stored: StoredMsg | undefined = await present(
      async () => (await this.#manager.streams.getMessage(letterStream, { seq: id })) ?? undefined,
    );
    const letter = stored && deadLetterOf(stored);
    if (stored === undefined || letter === undefined) return undefined;
    return withMessage(letter, stored, await this.#store.payload(stored));
  }

  /** @throws OxbowError `DEAD_LETTER_NOT_FOUND` */
  async get(id: number): Promise<DeadLetterMessage> {
    const letter = await this.find(id);
    if (letter !== undefined) return letter;
    throw platformError("DEAD_LETTER_NOT_FOUND", `there is no dead letter ${id}`);
  }

  /**
   * Takes out those that match, for ever.
   *
   * @returns How many.
   * @throws OxbowError `DEAD_LETTER_INVALID`
   */
  async drop(filter: DeadLetterFilter, { isDryRun = false }: DropOptions = {}): Promise<number> {
    if (isDryRun) return this.count(filter);
    // What dies from here on is another death, also of the same message for the same group.
    const { state } = await this.#manager.streams.info(intakeStream);
    const end = (await this.#manager.streams.info(letterStream)).state.last_seq;
    let dropped = 0;
    let batch: FoundLetter[] = [];
    const dropBatchNow = async (): Promise<void> => {
      const outcomes = await inParallel(batch, ({ stored }) =>
        this.#store.drop(
          stored.subject,
          stored.seq,
          state.last_seq,
          (stored.header?.get(header.rest) ?? "") !== "",
        ),
      );
      dropped += outcomes.filter(Boolean).length;
      batch = [];
    };
    for await (const found of this.#scan(filter, 1, end)) {
      batch.push(found);
      if (batch.length === dropBatch) await dropBatchNow();
    }
    await dropBatchNow();
    return dropped;
  }

  /**
   * Has messages of dead letters stored again: those that match, of what there is now. Workers do it; each message is
   * stored once, whoever dies meanwhile.
   *
   * @param options - With an `id`, what was asked for under it before is not asked for again.
   * @throws OxbowError `DEAD_LETTER_INVALID`, `DEAD_LETTER_UNAVAILABLE`
   */
  async resend(
    request: ResendRequest,
    { id = nuid.next() }: { readonly id?: string } = {},
  ): Promise<Resend> {
    return this.#resends.start(await this.#job(request), id);
  }

  /**
   * What a resend would come to now.
   *
   * @throws OxbowError `DEAD_LETTER_INVALID`
   */
  async foreseeResend(request: ResendRequest): Promise<ResendCounts> {
    const runner = new ResendRunner({
      js: this.#js,
      manager: this.#manager,
      stations: this.#stations,
      groups: this.#groups,
      store: this.#store,
      onStep: () => undefined,
      tracing: undefined,
    });
    const { matched, sent, skipped, failed, problems } = await runner.foresee(
      await this.#job(request),
    );
    return { matched, sent, skipped, failed, problems };
  }

  /** All resends of the last 30 days, the newest first. */
  resends(): Promise<Resend[]> {
    return this.#resends.list();
  }

  /** @throws OxbowError `RESEND_NOT_FOUND` */
  getResend(id: string): Promise<Resend> {
    return this.#resends.get(id);
  }

  /** Tells how far a resend is, each time that it is further, until it is at its end. */
  watchResend(id: string): AsyncGenerator<Resend, void, undefined> {
    return this.#resends.watch(id);
  }

  /**
   * Ends a resend; the dead letters that are under way are finished.
   *
   * @throws OxbowError `RESEND_NOT_FOUND`
   */
  cancelResend(id: string): Promise<Resend> {
    return this.#resends.cancel(id);
  }

  async retention(): Promise<DeadLetterRetention> {
    const { config } = await this.#manager.streams.info(letterStream);
    return {
      maxAgeMs: Math.round(config.max_age / nsPerMs),
      maxMessages: config.max_msgs > 0 ? config.max_msgs : null,
      maxBytes: config.max_bytes > 0 ? config.max_bytes : null,
    };
  }

  /**
   * Changes how long dead letters are kept; what is beyond goes at once, the oldest first.
   *
   * @throws OxbowError `DEAD_LETTER_INVALID`
   */
  async setRetention(changes: Partial<DeadLetterRetention>): Promise<DeadLetterRetention> {
    const wanted = retentionSchema.safeParse({ ...(await this.retention()), ...changes });
    if (!wanted.success) throw platformError("DEAD_LETTER_INVALID", problemsIn(wanted.error));
    const { maxAgeMs, maxMessages, maxBytes } = wanted.data;
    await this.#manager.streams.update(letterStream, {
      max_age: maxAgeMs * nsPerMs,
      max_msgs: maxMessages ?? -1,
      max_bytes: maxBytes ?? -1,
      // Not longer than messages are kept, as JetStream wants it; dead letters have no ids.
      duplicate_window: Math.min(duplicateWindowMs, maxAgeMs || duplicateWindowMs) * nsPerMs,
    });
    return this.retention();
  }

  async #job(request: ResendRequest): Promise<ResendJob> {
    const { state } = await this.#manager.streams.info(letterStream);
    return { ...readResendRequest(request), upTo: state.last_seq };
  }

  #scan(
    filter: DeadLetterFilter,
    from = 1,
    to = Number.POSITIVE_INFINITY,
  ): AsyncGenerator<FoundLetter, void, undefined> {
    return scanLetters(this.#js, this.#manager, readFilter(filter), { from, to });
  }
}
