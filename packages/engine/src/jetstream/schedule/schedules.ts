import { type Clock, DueHeap, type Timer } from "@oxbow/base";
import { ByteReader, type ByteWriter, type DurableState, type Log, RecordView } from "@oxbow/log";
import { type Arrival, giveArrival, takeArrival } from "../ingest/arrival.ts";
import type { IngestContext } from "../ingest/ingest-context.ts";
import { takeSingle } from "../ingest/single-publish.ts";
import { underStoredSubject } from "../stream/input-transform.ts";
import { readRecord } from "../stream/read-record.ts";
import { nextTime, timeText } from "./schedule-spec.ts";
import { readSchedule, type StoredSchedule, scheduledMessage } from "./scheduled-message.ts";

const FORMAT = 1;
/** Timers never wait longer, so that a clock that steps is noticed. */
const CHECK_MS_MAX = 60 * 60 * 1000;
/** Schedules that fire in one go, before others get their turn. */
const FIRED_PER_TURN_MAX = 1_000;
/** How long to wait before what could not be read or stored is tried again. */
const RETRY_MS = 1_000;
/** Entries of the heap for schedules that are gone or were moved, that are always tolerated. */
const STALE_MIN = 1_024;
/** In the state, in the place of a time: the schedule fires no more. */
const ENDED = 0;
/** Says that a schedule does not fire again, and has its message removed. */
const PURGE = "purge";

/** A schedule, by the sequence of its message. */
interface Entry {
  readonly subjectId: number;
  /** When it fires, as it says. */
  atMs: number;
  /** When it is tried. */
  dueMs: number;
}

/**
 * The schedules among the messages of a stream (ADR-51): when each fires next, which is all that is kept of it beside its
 * message, in a durable state of the stream's own. When one fires, the message it makes, its next time, and its removal if
 * it fires no more are in one commit.
 *
 * A schedule ends when its message goes, for whatever reason, and when another message of its subject is stored.
 */
export class Schedules {
  readonly #context: IngestContext;
  readonly #clock: Clock;
  readonly #state: DurableState | undefined;
  readonly #entries: Map<number, Entry> = new Map();
  readonly #bySubject: Map<number, number> = new Map();
  readonly #heap = new DueHeap();
  readonly #view = new RecordView();
  readonly #sourceView = new RecordView();
  /** Schedules that are new or were moved since the state was written. */
  #changed: Set<number> = new Set();
  #timer: Timer | undefined;
  #armedAtMs = Number.POSITIVE_INFINITY;
  /** Whether it fires, or waits to go on with that. */
  #isBusy = false;
  #isClosed = false;

  /** @param state - Where its times are kept; `undefined` for a stream that does not survive the process. */
  constructor(context: IngestContext, clock: Clock, state: DurableState | undefined) {
    this.#context = context;
    this.#clock = clock;
    this.#state = state;
    const recovered = state?.recovered;
    if (recovered !== undefined) {
      this.#restore(new ByteReader(recovered.snapshot), true);
      for (const delta of recovered.deltas) this.#restore(new ByteReader(delta), false);
    }
    state?.adopt({
      encodeSnapshot: (writer) => this.#encode(writer, this.#entries.keys(), true),
      encodeDelta: (writer) => this.#encode(writer, this.#changed, false),
    });
  }

  get #log(): Log {
    return this.#context.log;
  }

  get size(): number {
    return this.#entries.size;
  }

  /** Whether the message is a schedule that goes on. */
  has(sequence: number): boolean {
    return this.#entries.has(sequence);
  }

  /** Begins to fire: at once what should have fired already. */
  start(): void {
    if (!this.#isBusy) this.#arm();
  }

  /** Finds the schedules among the messages themselves, where no state knows them. */
  async rebuild(): Promise<void> {
    const log = this.#log;
    const view = new RecordView();
    const end = log.lastSequence;
    for (let at = log.nextSequence(0); at <= end; at = log.nextSequence(at + 1)) {
      if (!log.hasHeaders(at) || log.subjects.last(log.subjectIdOf(at)) !== at) continue;
      if (!(await readRecord(log, at, view)) || this.#isClosed) continue;
      const schedule = readSchedule(view);
      const nowMs = this.#clock.nowMs();
      const atMs = schedule && nextTime(schedule.spec, view.timestampMs, nowMs);
      if (atMs !== undefined) this.#set(at, log.subjectIdOf(at), atMs);
    }
    this.start();
  }

  /** A message was stored: it is a schedule, or ends the one that lay under its subject. */
  onStored(arrival: Arrival, sequence: number): void {
    const subjectId = this.#log.subjectIdOf(sequence);
    if (subjectId === 0) return;
    if (arrival.scheduleAtMs !== undefined) {
      this.#set(sequence, subjectId, arrival.scheduleAtMs);
      if (!this.#isBusy && arrival.scheduleAtMs < this.#armedAtMs) this.#arm();
      return;
    }
    const isByScheduler = arrival.hasRequests && arrival.headers.asks("scheduler");
    if (!isByScheduler) this.#end(this.#bySubject.get(subjectId) ?? 0);
  }

  /** A message is gone. */
  onRemoved(sequence: number): void {
    const entry = this.#entries.get(sequence);
    if (entry === undefined) return;
    this.#entries.delete(sequence);
    this.#changed.delete(sequence);
    if (this.#bySubject.get(entry.subjectId) === sequence) this.#bySubject.delete(entry.subjectId);
  }

  /** Many messages are gone. */
  onTruncated(): void {
    for (const sequence of this.#entries.keys()) {
      if (this.#log.subjectIdOf(sequence) === 0) this.onRemoved(sequence);
    }
  }

  /** Fires no more; what is known stays in the store. */
  close(): void {
    this.#isClosed = true;
    this.#timer?.cancel();
  }

  /** The same, and forgets all. */
  delete(): void {
    this.close();
    this.#state?.delete();
  }

  /** It fires no more, though its message may stay. */
  #end(sequence: number): void {
    if (!this.#entries.has(sequence)) return;
    this.onRemoved(sequence);
    this.#note(sequence);
  }

  #note(sequence: number): void {
    if (this.#state === undefined) return;
    this.#changed.add(sequence);
    this.#state.markDirty();
  }

  #set(sequence: number, subjectId: number, atMs: number): void {
    this.#entries.set(sequence, { subjectId, atMs, dueMs: atMs });
    this.#bySubject.set(subjectId, sequence);
    this.#push(sequence, atMs);
    this.#note(sequence);
  }

  #push(sequence: number, dueMs: number): void {
    this.#heap.push(sequence, dueMs);
    if (this.#heap.size <= 2 * this.#entries.size + STALE_MIN) return;
    this.#heap.clear();
    for (const [each, entry] of this.#entries) this.#heap.push(each, entry.dueMs);
  }

  /** The next schedule to fire, without those that are gone or were moved; 0 if there is none. */
  get #next(): number {
    const heap = this.#heap;
    while (heap.nextId > 0 && this.#entries.get(heap.nextId)?.dueMs !== heap.nextAtMs) heap.pop();
    return heap.nextId;
  }

  #arm(): void {
    this.#timer?.cancel();
    this.#timer = undefined;
    this.#armedAtMs = Number.POSITIVE_INFINITY;
    // A sealed stream takes nothing, be it due or not.
    if (this.#isClosed || this.#next === 0 || this.#context.config.sealed) return;
    this.#armedAtMs = this.#heap.nextAtMs;
    const delayMs = Math.min(Math.max(1, this.#armedAtMs - this.#clock.nowMs()), CHECK_MS_MAX);
    this.#timer = this.#clock.setTimer(delayMs, this.#run);
  }

  readonly #run = (): void => {
    this.#isBusy = true;
    for (let left = FIRED_PER_TURN_MAX; left > 0; left--) {
      if (this.#isClosed) return;
      const nowMs = this.#clock.nowMs();
      const sequence = this.#next;
      if (sequence === 0 || this.#heap.nextAtMs > nowMs || this.#context.config.sealed) {
        this.#isBusy = false;
        this.#arm();
        return;
      }
      if (!this.#fire(sequence, this.#entries.get(sequence) as Entry, nowMs)) return;
    }
    this.#clock.afterTurn(this.#run);
  };

  /** Fires one schedule; false if something must be read from the disk before. */
  #fire(sequence: number, entry: Entry, nowMs: number): boolean {
    const result = this.#read(sequence, this.#view);
    if (result === "pending") return false;
    const schedule = result === "ready" ? readSchedule(this.#view) : undefined;
    if (schedule === undefined) {
      this.#end(sequence);
      return true;
    }
    const record = this.#recordFor(schedule);
    if (record === undefined) return false;
    const repeats = schedule.spec.kind !== "at";
    const nextMs = nextTime(schedule.spec, entry.atMs, nowMs);
    const next = nextMs === undefined || !repeats ? PURGE : timeText(schedule.spec, nextMs);
    const isStored = this.#publish(schedule, record, next);
    // A subscriber may have removed it meanwhile, and it does so itself if it fires no more.
    if (this.#entries.get(sequence) !== entry) return true;
    if (next === PURGE && isStored) this.#end(sequence);
    else if (next === PURGE) this.#delay(sequence, entry, nowMs);
    else this.#set(sequence, entry.subjectId, nextMs as number);
    return true;
  }

  /** What to send: the last message of the source if there is one, or else its own; `undefined` if that is to be read. */
  #recordFor({ source }: StoredSchedule): RecordView | undefined {
    if (source === "") return this.#view;
    const bytes = Buffer.from(source);
    const { subjects } = this.#log;
    const sequence = subjects.last(subjects.find(bytes, 0, bytes.length));
    if (sequence === 0) return this.#view;
    const result = this.#read(sequence, this.#sourceView);
    if (result === "pending") return undefined;
    return result === "ready" ? this.#sourceView : this.#view;
  }

  #read(sequence: number, view: RecordView): "ready" | "pending" | "gone" {
    const result = this.#log.read(sequence, view);
    if (result === "pending") this.#log.load(sequence, this.#onRead);
    return result === "ready" || result === "pending" ? result : "gone";
  }

  readonly #onRead = (error: Error | null): void => {
    if (error === null) this.#run();
    else if (!this.#isClosed) this.#timer = this.#clock.setTimer(RETRY_MS, this.#run);
  };

  /** Stores what a schedule makes; false if the stream does not take it. */
  #publish(schedule: StoredSchedule, record: RecordView, next: string): boolean {
    const context = this.#context;
    const message = scheduledMessage(schedule, record, next);
    const { inputTransform: transform } = context;
    const arrival = takeArrival(
      transform === undefined ? message : underStoredSubject(transform, message),
    );
    arrival.isSourced = true;
    const before = this.#log.lastSequence;
    takeSingle(context, arrival);
    giveArrival(arrival);
    return this.#log.lastSequence > before;
  }

  #delay(sequence: number, entry: Entry, nowMs: number): void {
    entry.dueMs = nowMs + RETRY_MS;
    this.#push(sequence, entry.dueMs);
  }

  #encode(writer: ByteWriter, sequences: Iterable<number>, isWhole: boolean): void {
    if (isWhole) writer.integer(FORMAT);
    for (const sequence of sequences) {
      const entry = this.#entries.get(sequence);
      writer.integer(sequence);
      writer.integer(entry === undefined ? ENDED : Math.max(1, Math.floor(entry.atMs)));
    }
    this.#changed = new Set();
  }

  #restore(reader: ByteReader, isWhole: boolean): void {
    if (isWhole && reader.integer() !== FORMAT) return;
    while (!reader.done && !reader.failed) {
      const sequence = reader.integer();
      const atMs = reader.integer();
      this.onRemoved(sequence);
      const subjectId = this.#log.subjectIdOf(sequence);
      // Messages may have gone without a word here.
      if (reader.failed || atMs === ENDED || subjectId === 0) continue;
      this.#entries.set(sequence, { subjectId, atMs, dueMs: atMs });
      this.#bySubject.set(subjectId, sequence);
      this.#push(sequence, atMs);
    }
  }
}
