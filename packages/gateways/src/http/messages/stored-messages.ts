import {
  type CompletionResult,
  type DirectBatchOptions,
  JetStreamApiError,
  type JetStreamManager,
  jetstreamManager,
  type StoredMsg,
} from "@nats-io/jetstream";
import { errors, type NatsConnection } from "@nats-io/nats-core";
import { causeOf } from "@oxbow/base";
import { messageLimits } from "./limits.ts";

const noMessageFound = 10037;

/** Messages that were read at once. */
interface StoredBlock {
  readonly messages: readonly StoredMsg[];
  /** Whether there may be more before the count, since those are large. */
  readonly isCut: boolean;
}

/** Messages of streams by their sequences, in batches; one after the other where a stream does not allow that. */
export class StoredMessages {
  readonly #manager: JetStreamManager;
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
    bytesMax: number = messageLimits.pageBytesMax,
  ): Promise<StoredBlock> {
    const subject = filter === undefined ? {} : { next_by_subj: filter };
    const limits = { batch: count, max_bytes: bytesMax, ...subject };
    let messages: StoredMsg[] = [];
    try {
      messages = await this.#batch(stream, { seq: sequence, ...limits });
    } catch (error) {
      if (isNone(error)) return { messages: [], isCut: false };
      if (!isWithoutDirect(error)) throw error;
      return this.#oneByOne(stream, sequence, count, filter);
    }
    return { messages, isCut: bytesOf(messages) >= bytesMax / 2 };
  }

  /** Without the iterator of the client, which makes a promise for each message. */
  #batch(stream: string, query: DirectBatchOptions): Promise<StoredMsg[]> {
    const { promise, resolve, reject } = Promise.withResolvers<StoredMsg[]>();
    const messages: StoredMsg[] = [];
    const callback = (done: CompletionResult | null, message: StoredMsg): void => {
      if (done === null) messages.push(message);
      else if (done.err === undefined) resolve(messages);
      else reject(done.err);
    };
    this.#manager.direct.getBatch(stream, { ...query, callback }).catch(reject);
    return promise;
  }

  /** The first messages from a sequence on, and how many of the same subjects there are behind them. */
  async first(
    stream: string,
    sequence: number,
    count: number,
    filter?: string,
  ): Promise<{ readonly messages: readonly StoredMsg[]; readonly pending: number }> {
    const { messages } = await this.read(stream, sequence, count, filter);
    const pending = messages.at(-1)?.pending ?? 0;
    if (messages.length < count || pending >= 0) return { messages, pending: Math.max(0, pending) };
    // Read one by one, where nobody says how many there are.
    const last = await this.lastSequence(stream);
    return { messages, pending: Math.max(0, last - (messages.at(-1)?.seq ?? last)) };
  }

  async lastSequence(stream: string): Promise<number> {
    const { state } = await this.#manager.streams.info(stream);
    return state.last_seq;
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
      const [message] = (await this.#oneByOne(stream, middle, 1)).messages;
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
  ): Promise<StoredBlock> {
    const messages: StoredMsg[] = [];
    let bytes = 0;
    for (let next = sequence; messages.length < count; ) {
      const query = { seq: next, next_by_subj: filter };
      const message = await this.#manager.streams.getMessage(stream, query).catch(none);
      if (message === null || message === undefined) break;
      messages.push(message);
      next = message.seq + 1;
      bytes += message.data.length;
      if (bytes >= messageLimits.pageBytesMax) return { messages, isCut: true };
    }
    return { messages, isCut: false };
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
