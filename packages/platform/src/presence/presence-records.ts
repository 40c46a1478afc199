import {
  JetStreamApiError,
  type JetStreamClient,
  type JetStreamManager,
  jetstream,
} from "@nats-io/jetstream";
import type { NatsConnection } from "@nats-io/nats-core";
import { isMissing } from "oxbow/internal";
import { type PresenceRecord, readPresenceRecord } from "./presence-record.ts";
import {
  ensurePresenceStream,
  idOfSubject,
  presenceStream,
  recordSubject,
} from "./presence-stream.ts";

/** JetStream's codes (errors.json of nats-server). */
const wrongLastSequence = [10071, 10164];
const noMessageFound = 10037;

/** A record as it is stored. */
export interface StoredPresence {
  readonly id: string;
  readonly record: PresenceRecord;
  /** Sequence in the stream: what the next record of it expects before itself. */
  readonly revision: number;
}

/**
 * What is kept of those who are there for long: that they are here, and then that they are gone, each in one write that
 * expects the one before. So however many processes watch, one of them writes that somebody is gone, once.
 */
export class PresenceRecords {
  readonly #js: JetStreamClient;
  readonly #manager: JetStreamManager;
  #isMade = false;

  private constructor(js: JetStreamClient, manager: JetStreamManager) {
    this.#js = js;
    this.#manager = manager;
  }

  /** @param connection - Stays the caller's. */
  static async open(connection: NatsConnection): Promise<PresenceRecords> {
    const js = jetstream(connection);
    return new PresenceRecords(js, await js.jetstreamManager());
  }

  /** Those who are here by the records; none if nothing was ever recorded. */
  async here(): Promise<StoredPresence[]> {
    const found: StoredPresence[] = [];
    for (const id of await this.#ids()) {
      const stored = await this.find(id);
      if (stored?.record.state === "here") found.push(stored);
    }
    return found;
  }

  /** The last record of a presence. */
  async find(id: string): Promise<StoredPresence | undefined> {
    try {
      const message = await this.#manager.streams.getMessage(presenceStream, {
        last_by_subj: recordSubject(id),
      });
      if (message === null) return undefined;
      const record = readPresenceRecord(message.string());
      return record && { id, record, revision: message.seq };
    } catch (error) {
      if (isMissing(error) || isApiError(error, [noMessageFound])) return undefined;
      throw error;
    }
  }

  /**
   * Writes a record, if the one before is still the last one.
   *
   * @param after - The revision of the one before; 0 for none.
   * @returns What is stored now: this one, or the one that somebody else has written.
   */
  async write(id: string, record: PresenceRecord, after: number): Promise<StoredPresence> {
    if (!this.#isMade) await ensurePresenceStream(this.#manager);
    this.#isMade = true;
    try {
      const { seq } = await this.#js.publish(recordSubject(id), JSON.stringify(record), {
        expect: { streamName: presenceStream, lastSubjectSequence: after },
      });
      return { id, record, revision: seq };
    } catch (error) {
      if (!isApiError(error, wrongLastSequence)) {
        this.#isMade = false;
        throw error;
      }
      const stored = await this.find(id);
      if (stored !== undefined || after === 0) return stored ?? { id, record, revision: 0 };
      // What was there has gone with its time: nothing is expected any more.
      return this.write(id, record, 0);
    }
  }

  async #ids(): Promise<string[]> {
    try {
      const { state } = await this.#manager.streams.info(presenceStream, { subjects_filter: ">" });
      return Object.keys(state.subjects ?? {}).map(idOfSubject);
    } catch (error) {
      if (isMissing(error)) return [];
      throw error;
    }
  }
}

function isApiError(error: unknown, codes: readonly number[]): boolean {
  return error instanceof JetStreamApiError && codes.includes(error.code);
}
