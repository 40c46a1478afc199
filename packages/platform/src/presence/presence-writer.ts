import type { NatsConnection } from "@nats-io/nats-core";
import type { Logger } from "@oxbow/base";
import type { PresenceBoard } from "./presence-board.ts";
import { presenceLimits } from "./presence-limits.ts";
import type { PresenceRecord } from "./presence-record.ts";
import { PresenceRecords } from "./presence-records.ts";
import { type Present, remembered, timeText } from "./present.ts";

/** What is kept of those who stay is written again before its time is over. */
const refreshMs = 24 * 60 * 60 * 1_000;

/** Records those on a board who are there for long, and that they are gone. */
export class PresenceWriter {
  readonly #connection: NatsConnection;
  readonly #board: PresenceBoard;
  readonly #settleMs: number;
  readonly #logger: Logger | undefined;
  #records: Promise<PresenceRecords> | undefined = undefined;

  constructor(
    connection: NatsConnection,
    board: PresenceBoard,
    settleMs: number,
    logger: Logger | undefined,
  ) {
    this.#connection = connection;
    this.#board = board;
    this.#settleMs = settleMs;
    this.#logger = logger;
  }

  /** Puts those on the board who were there when it was last written. */
  async remember(nowMs: number, lapseMs: number): Promise<void> {
    for (const { id, record, revision } of await (await this.#open()).here()) {
      if (this.#board.isFull) return;
      this.#board.add({
        ...remembered(id, { record, revision }, nowMs),
        heldUntilMs: nowMs + lapseMs,
      });
    }
  }

  /** Writes what is due; what can't be written now is written later. */
  async write(nowMs: number): Promise<void> {
    const due = this.#board.all().filter((present) => this.#isDue(present, nowMs));
    for (let index = 0; index < due.length; index += presenceLimits.writesMax) {
      const some = due.slice(index, index + presenceLimits.writesMax);
      await Promise.all(some.map((present) => this.#writeOne(present, nowMs)));
    }
  }

  #isDue({ leaving, record, firstSeenMs }: Present, nowMs: number): boolean {
    if (leaving !== undefined) return true;
    if (record?.state === "here") return nowMs - record.atMs >= refreshMs;
    return nowMs - firstSeenMs >= this.#settleMs;
  }

  async #writeOne(present: Present, nowMs: number): Promise<void> {
    const { leaving, record, id } = present;
    // Nobody has been told of it.
    if (leaving !== undefined && record?.state !== "here") {
      this.#board.remove(present);
      return;
    }
    const wanted = recordOf(present, leaving, this.#board.remaining(present.place), nowMs);
    try {
      const records = await this.#open();
      const { revision, record: stored } = await records.write(id, wanted, record?.revision ?? 0);
      present.record = { revision, state: stored.state, atMs: nowMs };
      // It may have come back meanwhile.
      if (stored.state === "gone" && present.leaving !== undefined) this.#board.remove(present);
    } catch (error) {
      this.#records = undefined;
      if (this.#connection.isClosed()) return;
      const problem = { name: present.looks.name, error: (error as Error).message };
      this.#logger?.warn(problem, "who is there can't be recorded");
    }
  }

  #open(): Promise<PresenceRecords> {
    if (this.#records === undefined) {
      const opening = PresenceRecords.open(this.#connection);
      this.#records = opening;
      opening.catch(() => (this.#records = undefined));
    }
    return this.#records;
  }
}

function recordOf(
  { place, isAnnounced, looks, firstSeenMs, lastSeenMs }: Present,
  leaving: Present["leaving"],
  remaining: number,
  nowMs: number,
): PresenceRecord {
  const isGone = leaving !== undefined;
  return {
    version: 1,
    state: isGone ? "gone" : "here",
    at: timeText(nowMs),
    ...place,
    isAnnounced,
    ...looks,
    firstSeenAt: timeText(firstSeenMs),
    lastSeenAt: isGone ? timeText(lastSeenMs) : null,
    how: leaving ?? null,
    remaining: isGone ? remaining : null,
  };
}
