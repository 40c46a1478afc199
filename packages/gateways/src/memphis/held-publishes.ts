import type { PartitionCounts } from "./partition-counts.ts";
import { resolveAlias, type StreamAlias } from "./stream-aliases.ts";

/** A message of a client that is to be passed on. */
export interface Publish {
  readonly reply: Buffer;
  readonly headers: Buffer;
  readonly payload: Buffer;
}

/** Where they go on to. */
export type PassOn = (subject: Buffer, publish: Publish) => void;

interface Held extends Publish {
  readonly alias: StreamAlias;
}

/**
 * Passes on what goes to an alias of a stream, once it is known which one is meant. What goes to one station keeps its
 * order.
 */
export class HeldPublishes {
  readonly #counts: PartitionCounts;
  readonly #passOn: PassOn;
  readonly #flush: () => void;
  readonly #waiting = new Map<string, Held[]>();
  #bytes = 0;
  #turn = 0;

  /** @param flush - Called when something was written later than at once. */
  constructor(counts: PartitionCounts, passOn: PassOn, flush: () => void) {
    this.#counts = counts;
    this.#passOn = passOn;
    this.#flush = flush;
  }

  /** Bytes that wait. */
  get bytes(): number {
    return this.#bytes;
  }

  /** Buffers are borrowed during the call only. */
  pass(alias: StreamAlias, publish: Publish): void {
    const waiting = this.#waiting.get(alias.station);
    const count = this.#counts.known(alias.station);
    if (waiting === undefined && count !== undefined) {
      this.#write(alias, publish, count);
      return;
    }
    const held = {
      alias,
      reply: Buffer.from(publish.reply),
      headers: Buffer.from(publish.headers),
      payload: Buffer.from(publish.payload),
    };
    this.#bytes += sizeOf(held);
    if (waiting !== undefined) {
      waiting.push(held);
      return;
    }
    this.#waiting.set(alias.station, [held]);
    // Where it can't be found out the subject stays as it is, and the engine says what is wrong with it.
    void this.#counts
      .find(alias.station)
      .catch(() => 0)
      .then((found) => this.#release(alias.station, found));
  }

  #release(station: string, count: number): void {
    const held = this.#waiting.get(station) ?? [];
    this.#waiting.delete(station);
    for (const each of held) {
      this.#bytes -= sizeOf(each);
      this.#write(each.alias, each, count);
    }
    this.#flush();
  }

  #write(alias: StreamAlias, publish: Publish, count: number): void {
    const turn = alias.isQuestion ? this.#turn++ : 0;
    const subject = Buffer.from(resolveAlias(alias, count, turn), "latin1");
    this.#passOn(subject, publish);
  }
}

function sizeOf({ reply, headers, payload }: Publish): number {
  return reply.length + headers.length + payload.length;
}
