import {
  DeliverPolicy,
  JetStreamApiError,
  type JetStreamClient,
  type JetStreamManager,
  jetstream,
} from "@nats-io/jetstream";
import { type NatsConnection, nuid } from "@nats-io/nats-core";
import { type AuditAnswer, type AuditQuestion, nameToken, type Requester } from "oxbow/control";
import { platformError } from "oxbow/internal";
import { z } from "zod";
import { read } from "../users/requests.ts";
import { auditStream } from "./audit-stream.ts";
import { newestFirst } from "./newest-first.ts";
import { type BeginRecord, type EndRecord, entryOf, readRecord } from "./record.ts";
import { RecordsBackwards } from "./records-backwards.ts";

const subjectStart = "$OXBOW.AUDIT.";
const dayNs = 24 * 60 * 60 * 1_000_000_000;
const code = { streamNotFound: 10059, streamNameInUse: 10058 } as const;

/** What is kept. */
export interface AuditLimits {
  /** How long records are kept. */
  readonly ageDaysMax: number;
  /** Bytes of all records; the oldest go. */
  readonly bytesMax: number;
  /** Bytes of what a record says of one state; a larger one is told by its size. */
  readonly stateBytesMax: number;
  /** Entries that one question answers. */
  readonly entriesMax: number;
  /** Records that one question looks at. */
  readonly recordsMax: number;
}

export const auditLimits: AuditLimits = {
  ageDaysMax: 365,
  bytesMax: 1024 ** 3,
  stateBytesMax: 64 * 1024,
  entriesMax: 1_000,
  recordsMax: 100_000,
};

/** A change that is about to be made. */
export interface AuditedChange {
  /** `station.purge`. */
  readonly operation: string;
  /** Names of what it is about, by their kinds, what it is done to first. */
  readonly names: Readonly<Record<string, string>>;
  readonly who: Requester | null;
  readonly request: unknown;
  readonly before: unknown;
}

/** What a change was about, and who made it. */
export type AuditedSubject = Pick<AuditedChange, "names" | "who">;

const time = z.iso.datetime({
  offset: true,
  error: 'write a time such as "2026-11-20T12:00:00Z"',
});
const question = z
  .strictObject({
    operation: z
      .string()
      .regex(/^[a-zA-Z]+(?:\.[a-zA-Z]+)?$/, 'write "station" or "station.purge"'),
    name: z.string().min(1),
    user: z.string(),
    since: time,
    until: time,
    after: z.int().min(0),
    order: z.enum(["oldest", "newest"]),
    before: z.int().min(1),
    limit: z.int().min(1).max(auditLimits.entriesMax),
  })
  .partial()
  .refine(({ order, after }) => order !== "newest" || after === undefined, {
    path: ["after"],
    message: "the newest come first: say before",
  })
  .refine(({ order = "oldest", before }) => order === "newest" || before === undefined, {
    path: ["before"],
    message: "the oldest come first: say after, or order newest",
  });

/**
 * The records of changes of an account, in the stream `OXBOW_AUDIT`. A change is recorded before it is made: if that can't
 * be, it is not made. Then what became of it is recorded. If whoever makes it dies in between, its outcome is `unknown`.
 */
export class Audit {
  readonly #js: JetStreamClient;
  readonly #manager: JetStreamManager;
  #hasStream = false;

  private constructor(js: JetStreamClient, manager: JetStreamManager) {
    this.#js = js;
    this.#manager = manager;
  }

  /** @param connection - Stays the caller's. */
  static async open(connection: NatsConnection): Promise<Audit> {
    const js = jetstream(connection);
    return new Audit(js, await js.jetstreamManager());
  }

  /**
   * Makes a change, with its records around it.
   *
   * @param after - What it is done to is like then; asked once it is made.
   * @throws OxbowError `AUDIT_UNAVAILABLE`, and what `make` throws
   */
  async around<T>(
    change: AuditedChange,
    make: () => Promise<T>,
    after: () => Promise<unknown>,
  ): Promise<T> {
    const id = nuid.next();
    const begin: BeginRecord = {
      version: 1,
      phase: "begin",
      id,
      at: new Date().toISOString(),
      operation: change.operation,
      names: change.names,
      who: change.who,
      request: bounded(withoutSecrets(change.request)),
      before: bounded(change.before),
    };
    const [name = ""] = Object.values(change.names);
    const subject = `${subjectStart}${change.operation}.${name === "" ? "-" : nameToken(name)}`;
    await this.#write(subject, begin);
    let end: Omit<EndRecord, "at">;
    try {
      const result = await make();
      const state = bounded(await after().catch(() => null));
      end = { version: 1, phase: "end", id, outcome: "done", after: state, error: null };
      await this.#end(subject, end);
      return result;
    } catch (error) {
      const { message } = error as Error;
      end = { version: 1, phase: "end", id, outcome: "failed", after: null, error: message };
      await this.#end(subject, end);
      throw error;
    }
  }

  /**
   * Entries in the order in which the changes were begun, or the latest of them first.
   *
   * @param isVisible - Which of them may be told; all by default.
   * @throws OxbowError `AUDIT_INVALID`
   */
  async query(
    asked: AuditQuestion = {},
    isVisible: (change: AuditedSubject) => boolean = () => true,
  ): Promise<AuditAnswer> {
    const wanted = read(question, asked, "AUDIT_INVALID");
    const { limit = 100 } = wanted;
    if (!(await this.#exists())) return { entries: [], next: null };
    if (wanted.order === "newest") {
      const records = new RecordsBackwards(this.#js, this.#manager, filterOf(wanted));
      const isTold = (begin: BeginRecord): boolean => isWanted(begin, wanted) && isVisible(begin);
      return newestFirst(records, { ...wanted, limit, recordsMax: auditLimits.recordsMax }, isTold);
    }
    const begins = new Map<string, { readonly sequence: number; readonly begin: BeginRecord }>();
    const ends = new Map<string, EndRecord>();
    let lookedAt = 0;
    let next: number | null = null;
    for await (const { seq, text } of this.#records(wanted)) {
      const record = readRecord(text);
      if (++lookedAt > auditLimits.recordsMax && next === null) next = seq - 1;
      if (record?.phase === "end") {
        if (begins.has(record.id)) ends.set(record.id, record);
      } else if (
        record !== undefined &&
        next === null &&
        isWanted(record, wanted) &&
        isVisible(record)
      ) {
        if (begins.size >= limit)
          next = Math.max(...[...begins.values()].map((each) => each.sequence));
        else begins.set(record.id, { sequence: seq, begin: record });
      }
      // What was begun is almost always over by then.
      if (next !== null && (ends.size === begins.size || lookedAt > auditLimits.recordsMax)) break;
    }
    const entries = [...begins.values()].map(({ sequence, begin }) =>
      entryOf(sequence, begin, ends.get(begin.id)),
    );
    return { entries, next };
  }

  async *#records(wanted: AuditQuestion): AsyncGenerator<{ seq: number; text: string }> {
    const { after, since } = wanted;
    const consumer = await this.#js.consumers.get(auditStream, {
      filter_subjects: [filterOf(wanted)],
      ...(after !== undefined
        ? { deliver_policy: DeliverPolicy.StartSequence, opt_start_seq: after + 1 }
        : since !== undefined && {
            deliver_policy: DeliverPolicy.StartTime,
            opt_start_time: new Date(since).toISOString(),
          }),
    });
    let { num_pending: left } = await consumer.info();
    while (left > 0) {
      const batch = await consumer.fetch({ max_messages: Math.min(left, 500), expires: 5_000 });
      let count = 0;
      for await (const message of batch) {
        count++;
        left = message.info.pending;
        yield { seq: message.seq, text: message.string() };
      }
      if (count === 0) return;
    }
  }

  async #write(subject: string, record: BeginRecord | EndRecord): Promise<void> {
    try {
      if (!this.#hasStream) await this.#makeStream();
      await this.#js.publish(subject, JSON.stringify(record), {
        expect: { streamName: auditStream },
      });
    } catch (error) {
      this.#hasStream = false;
      const message = `the record of the change can't be kept, so it is not made: ${(error as Error).message}`;
      throw platformError("AUDIT_UNAVAILABLE", message, { cause: error });
    }
  }

  /** What was changed stays changed: if this fails, the outcome is unknown. */
  async #end(subject: string, end: Omit<EndRecord, "at">): Promise<void> {
    const record = { ...end, at: new Date().toISOString() };
    await this.#write(subject, record).catch(() => undefined);
  }

  async #makeStream(): Promise<void> {
    try {
      await this.#manager.streams.add({
        name: auditStream,
        description: "Who changed what",
        subjects: [`${subjectStart}>`],
        max_age: auditLimits.ageDaysMax * dayNs,
        max_bytes: auditLimits.bytesMax,
      });
    } catch (error) {
      // Somebody has settings of their own for it.
      if (!isApiError(error, code.streamNameInUse)) throw error;
    }
    this.#hasStream = true;
  }

  async #exists(): Promise<boolean> {
    try {
      await this.#manager.streams.info(auditStream);
      return true;
    } catch (error) {
      if (isApiError(error, code.streamNotFound)) return false;
      throw error;
    }
  }
}

/** The subject of the records that are asked for. */
function filterOf({ name, operation }: AuditQuestion): string {
  const token = name === undefined ? "*" : nameToken(name);
  const [noun = "*", verb = "*"] = operation?.split(".") ?? [];
  return `${subjectStart}${noun}.${verb}.${token}`;
}

function isWanted({ at, who }: BeginRecord, { user, since, until }: AuditQuestion): boolean {
  if (user !== undefined && who?.user !== user) return false;
  const atMs = Date.parse(at);
  if (since !== undefined && atMs < Date.parse(since)) return false;
  return until === undefined || atMs <= Date.parse(until);
}

/** Of users the password, and of channels of notifications all that lets one write there. */
const secretFields: readonly string[] = ["password", "current", "secret", "url"];

/** Secrets are in requests, at their top, or in what they say of the other end of a channel. */
function withoutSecrets(request: unknown): unknown {
  if (typeof request !== "object" || request === null) return request;
  const entries = Object.entries(request).map(([name, value]) => {
    if (name === "to" && !Array.isArray(value)) return [name, withoutSecrets(value)];
    return [name, secretFields.includes(name) && value !== null ? "[redacted]" : value];
  });
  return Object.fromEntries(entries) as unknown;
}

function bounded(state: unknown): unknown {
  if (state === undefined) return null;
  const bytes = Buffer.byteLength(JSON.stringify(state) ?? "null");
  return bytes <= auditLimits.stateBytesMax ? state : { bytes };
}

function isApiError(error: unknown, wanted: number): boolean {
  return error instanceof JetStreamApiError && error.code === wanted;
}
