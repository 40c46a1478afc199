import {
  JetStreamApiError,
  type JetStreamManager,
  jetstreamManager,
  type StoredMsg,
} from "@nats-io/jetstream";
import { errors, type NatsConnection } from "@nats-io/nats-core";
import { causeOf } from "@oxbow/base";
import { messageLimits } from "./limits.ts";

const noMessageFound = 10037;

/** Messages of streams by their sequences, in batches; one after the other where a stream does not allow that. */
export class StoredMessages {
  readonly #manager: JetStreamManager;
  /** Whether the last batch ended for its size. */
  isCut = false;

  private constructor(manager: JetStreamManager) {
    this.#manager = manager;
  }

  static async open(connection: NatsConnection): Promise<StoredMessages> {
    return new StoredMessages(await jetstreamManager(connection, { checkAPI: false }));
  }

  /**
   * Reads messages from a sequence on.
   *
   * @param filter - Only those of these subjects, with wildcards.
   * @returns At most `count`, and fewer if they are large, or at the end.
   */
  async read(
    stream: string,
    sequence: number,
    count: number,
    filter?: string,
  ): Promise<StoredMsg[]> {
    const subject = filter === undefined ? {} : { next_by_subj: filter };
    const limits = { batch: count, max_bytes: messageLimits.pageBytesMax, ...subject };
    const messages: StoredMsg[] = [];
    try {
      const batch = await this.#manager.direct.getBatch(stream, { seq: sequence, ...limits });
      for await (const message of batch) messages.push(message);
    } catch (error) {
      if (isNone(error)) return [];
      if (!isWithoutDirect(error)) throw error;
      return this.#oneByOne(stream, sequence, count, filter);
    }
    this.isCut = bytesOf(messages) >= messageLimits.pageBytesMax / 2;
    return messages;
  }

  /** One message; `undefined` if it is not there. */
  async one(stream: string, sequence: number): Promise<StoredMsg | undefined> {
    const message = await this.#manager.streams.getMessage(stream, { seq: sequence }).catch(none);
    return message ?? undefined;
  }

  /** The sequence of the first message that was stored at a time or later. */
  async firstSince(stream: string, time: string): Promise<number | undefined> {
    try {
      const query = { start_time: new Date(time), batch: 1 };
      const batch = await this.#manager.direct.getBatch(stream, query);
      for await (const { seq } of batch) return seq;
      return undefined;
    } catch (error) {
      if (isNone(error)) return undefined;
      if (!isWithoutDirect(error)) throw error;
      return this.#searchSince(stream, Date.parse(time));
    }
  }

  /** By halves, as times go up with sequences. */
  async #searchSince(stream: string, timeMs: number): Promise<number | undefined> {
    const { state } = await this.#manager.streams.info(stream);
    let [low, high] = [state.first_seq, state.last_seq + 1];
    while (low < high) {
      const middle = Math.floor((low + high) / 2);
      const [message] = await this.#oneByOne(stream, middle, 1);
      if (message === undefined || message.time.getTime() >= timeMs) high = middle;
      else low = message.seq + 1;
    }
    return low > state.last_seq ? undefined : low;
  }

  async #oneByOne(
    stream: string,
    sequence: number,
    count: number,
    filter = ">",
  ): Promise<StoredMsg[]> {
    const messages: StoredMsg[] = [];
    for (let next = sequence; messages.length < count; ) {
      const query = { seq: next, next_by_subj: filter };
      const message = await this.#manager.streams.getMessage(stream, query).catch(none);
      if (message === null || message === undefined) break;
      messages.push(message);
      next = message.seq + 1;
      this.isCut = bytesOf(messages) >= messageLimits.pageBytesMax;
      if (this.isCut) break;
    }
    return messages;
  }
}

function bytesOf(messages: readonly StoredMsg[]): number {
  return messages.reduce((sum, { data }) => sum + data.length, 0);
}

function none(error: unknown): undefined {
  if (isNone(error)) return undefined;
  throw error;
}

function isNone(error: unknown): boolean {
  if (error instanceof JetStreamApiError) return error.code === noMessageFound;
  return error instanceof Error && /message not found/i.test(error.message);
}

/** A stream that does not allow to be read past its leader has nobody who answers. */
function isWithoutDirect(error: unknown): boolean {
  if (causeOf(error, errors.NoRespondersError) !== undefined) return true;
  // The client has a class of its own for it which it does not export.
  const { name, message } = error as Error;
  return name === "JetStreamStatusError" && message === "no responders";
}
