import type { Clock, Socket, SocketHandler } from "@oxbow/base";

/** A write that has not reached the other end. */
interface Parcel {
  readonly data: Uint8Array;
  /** Whether it was given away, and need not be copied for the other end. */
  readonly isGiven: boolean;
  readonly flushed: (() => void) | undefined;
}

/** One end of a connection within this process. */
export interface InProcessSocket extends Socket {
  /** As `write`, of what nobody else uses any more: it goes to the other end as it is. */
  give(data: Buffer): void;
}

/** What the other end gets: a copy that is its own, and lies in memory of its own. */
function copyOf(data: Uint8Array): Buffer {
  const copy = Buffer.allocUnsafeSlow(data.length);
  copy.set(data);
  return copy;
}

/** Makes a connection within this process, and gives both of its ends. */
export function makePipe(clock: Clock): readonly [InProcessSocket, InProcessSocket] {
  const near = new PipeEnd(clock);
  const far = new PipeEnd(clock);
  near.pair(far);
  far.pair(near);
  return [near, far];
}

/**
 * One end of a connection that never leaves the process. What is written reaches the other end after the turn of the
 * event loop, never at once: who writes must not be called back in the middle of what it does.
 */
class PipeEnd implements InProcessSocket {
  readonly remoteAddress = "";
  readonly remotePort = 0;
  readonly tls: undefined = undefined;
  readonly #clock: Clock;
  #peer: PipeEnd | undefined = undefined;
  #handler: SocketHandler | undefined = undefined;
  /** What the other end has not got yet. */
  #parcels: Parcel[] = [];
  #pendingBytes = 0;
  #isPaused = false;
  #isScheduled = false;
  /** Nothing more is written; the connection ends once everything has arrived. */
  #isEnding = false;
  #isClosed = false;
  /** Whoever listened then has heard of the end. */
  #isCloseTold = false;
  readonly #run = (): void => {
    this.#isScheduled = false;
    this.#deliver();
  };

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** To be called once, before anything else. */
  pair(peer: PipeEnd): void {
    this.#peer = peer;
  }

  get pendingBytes(): number {
    return this.#pendingBytes;
  }

  get #other(): PipeEnd {
    return this.#peer as PipeEnd;
  }

  attach(handler: SocketHandler): void {
    this.#handler = handler;
    if (this.#isCloseTold) this.#clock.afterTurn(() => handler.onClose(undefined));
    else this.#other.#schedule();
  }

  write(data: Uint8Array, flushed?: () => void): void {
    this.#send({ data, isGiven: false, flushed });
  }

  give(data: Buffer): void {
    this.#send({ data, isGiven: true, flushed: undefined });
  }

  pause(): void {
    this.#isPaused = true;
  }

  resume(): void {
    this.#isPaused = false;
    this.#other.#schedule();
  }

  end(): void {
    this.#isEnding = true;
    // From here on, what comes in is thrown away.
    this.resume();
    this.#schedule();
  }

  destroy(): void {
    this.#close();
    this.#other.#close();
  }

  trust(): void {}

  startTls(): void {
    throw new Error("a connection within the process needs no encryption");
  }

  startWebSocket(): void {
    throw new Error("a connection within the process speaks no HTTP");
  }

  #send(parcel: Parcel): void {
    const { data, flushed } = parcel;
    if (this.#isEnding || this.#isClosed) {
      if (flushed !== undefined) this.#clock.afterTurn(flushed);
      return;
    }
    this.#pendingBytes += data.length;
    this.#parcels.push(parcel);
    this.#schedule();
  }

  #schedule(): void {
    if (this.#isScheduled || this.#isClosed) return;
    this.#isScheduled = true;
    this.#clock.afterTurn(this.#run);
  }

  /** Brings what was written to the other end, as far as that takes it. */
  #deliver(): void {
    const peer = this.#other;
    const parcels = this.#parcels;
    let count = 0;
    while (count < parcels.length && peer.#takes && !this.#isClosed) {
      const { data, isGiven, flushed } = parcels[count++] as Parcel;
      if (!peer.#isEnding) peer.#handler?.onData(isGiven ? (data as Buffer) : copyOf(data));
      this.#pendingBytes -= data.length;
      flushed?.();
    }
    parcels.splice(0, count);
    if (this.#isClosed) return;
    if (parcels.length === 0 && count > 0) this.#handler?.onDrain();
    if (parcels.length === 0 && this.#isEnding) this.destroy();
  }

  get #takes(): boolean {
    return this.#handler !== undefined && !this.#isPaused;
  }

  #close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    // Later, as everything: also the writes that were dropped are called back.
    this.#clock.afterTurn(() => {
      this.#isCloseTold = true;
      this.#pendingBytes = 0;
      for (const { flushed } of this.#parcels.splice(0)) flushed?.();
      this.#handler?.onClose(undefined);
    });
  }
}
