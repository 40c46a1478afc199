import { assert, type Socket, type SocketHandler } from "@oxbow/base";
import { errnoError } from "./errno.ts";
import type { Life } from "./life.ts";
import type { SimRandom } from "./sim-random.ts";

/** How long an end that was closed waits for the other to close too, as the real socket does. */
const LINGER_MS = 1000;

/** @internal What one end of a connection has of its process and the network. */
export interface SocketSide {
  readonly life: Life;
  readonly name: string;
  readonly random: SimRandom;
  readonly windowBytes: number;
  schedule(label: string, run: () => void, extraMs?: number): void;
  isReset(): boolean;
  opened(socket: SimSocket): void;
  closed(socket: SimSocket): void;
}

interface PendingWrite {
  readonly data: Uint8Array;
  /** What `data` held when it was written: it must not change before `flushed`. */
  readonly copy: Buffer;
  readonly flushed: (() => void) | undefined;
  sentBytes: number;
}

/** `ending`: what is pending is sent, then the connection ends. `over`: `onClose` has been, or is about to be, called. */
type SocketState = "open" | "ending" | "over";

/**
 * One end of a simulated connection. Bytes wait in the outbox (`pendingBytes`), move in random pieces into the inbox of
 * the peer, as far as its window lets them, and from there in random pieces to its handler.
 */
export class SimSocket implements Socket {
  readonly remoteAddress = "127.0.0.1";
  readonly remotePort: number;
  readonly tls: undefined = undefined;
  readonly #side: SocketSide;
  #pairedWith: SimSocket | undefined;
  #handler: SocketHandler | undefined;
  #state: SocketState = "open";
  #isPaused = false;
  readonly #outbox: PendingWrite[] = [];
  #pendingBytes = 0;
  #isSending = false;
  #inbox: Buffer = Buffer.alloc(0);
  #isDelivering = false;
  /** The peer has sent its last byte. */
  #isInboxFinal = false;
  /** We have told the peer that we sent our last byte. */
  #isFinSent = false;
  #closeError: Error | undefined;
  #isCloseCalled = false;

  constructor(side: SocketSide, remotePort: number) {
    this.#side = side;
    this.remotePort = remotePort;
    side.opened(this);
    side.life.onEnd(() => {
      side.closed(this);
      this.#peer.resetByPeer();
    });
  }

  /** @internal */
  pair(peer: SimSocket): void {
    this.#pairedWith = peer;
  }

  get #peer(): SimSocket {
    assert(this.#pairedWith, "a socket is used before it is paired");
    return this.#pairedWith;
  }

  get pendingBytes(): number {
    return this.#pendingBytes;
  }

  attach(handler: SocketHandler): void {
    this.#handler = handler;
    if (this.#state === "over") this.#scheduleClose();
    else this.#deliverLater();
  }

  write(data: Uint8Array, flushed?: () => void): void {
    if (this.#state !== "open") {
      if (flushed) this.#side.schedule("dropped", flushed);
      return;
    }
    this.#pendingBytes += data.length;
    this.#outbox.push({ data, copy: Buffer.from(data), flushed, sentBytes: 0 });
    this.#sendLater();
  }

  pause(): void {
    this.#isPaused = true;
  }

  resume(): void {
    this.#isPaused = false;
    this.#deliverLater();
  }

  end(): void {
    if (this.#state !== "open") return;
    this.#state = "ending";
    // What still comes is thrown away, paused or not.
    this.#isPaused = false;
    this.#deliverLater();
    this.#sendLater();
  }

  destroy(): void {
    if (this.#state === "over") return;
    // A kernel answers the peer with a reset if there is input that nobody read.
    if (this.#inbox.length > 0) this.#peer.resetByPeer();
    else this.#peer.finish();
    this.#over(undefined);
  }

  trust(): void {}

  startTls(): void {
    throw new Error("the simulated network has no TLS");
  }

  startWebSocket(): void {
    throw new Error("the simulated network has no WebSocket");
  }

  /** @internal Ends both ends at once; what is under way is lost. */
  reset(): void {
    this.#peer.resetByPeer();
    this.resetByPeer();
  }

  /** @internal */
  resetByPeer(): void {
    if (this.#state === "over") return;
    this.#inbox = Buffer.alloc(0);
    this.#over(errnoError("ECONNRESET", "connection reset by peer"));
  }

  /** @internal The peer will send no more. */
  finish(): void {
    this.#isInboxFinal = true;
    this.#deliverLater();
  }

  #sendLater(): void {
    if (this.#isSending || this.#state === "over" || this.#isFinSent) return;
    if (this.#pendingBytes > 0 && this.#windowBytes() === 0) return;
    this.#isSending = true;
    this.#side.schedule("send", () => {
      this.#isSending = false;
      this.#send();
    });
  }

  #windowBytes(): number {
    const peer = this.#peer;
    // A peer that is gone takes anything, to answer it with a reset.
    if (peer.#state === "over") return Infinity;
    return Math.max(0, this.#side.windowBytes - peer.#inbox.length);
  }

  #send(): void {
    if (this.#state === "over") return;
    if (this.#side.isReset() || (this.#peer.#state === "over" && this.#pendingBytes > 0)) {
      this.reset();
      return;
    }
    const hadPending = this.#outbox.length > 0;
    let left = this.#pieceBytes(Math.min(this.#pendingBytes, this.#windowBytes()));
    const pieces: Buffer[] = [];
    for (let next = this.#outbox[0]; next; next = this.#outbox[0]) {
      const count = Math.min(left, next.copy.length - next.sentBytes);
      pieces.push(next.copy.subarray(next.sentBytes, next.sentBytes + count));
      next.sentBytes += count;
      left -= count;
      this.#pendingBytes -= count;
      if (next.sentBytes < next.copy.length) break;
      this.#outbox.shift();
      this.#flushed(next);
    }
    this.#peer.#receive(Buffer.concat(pieces));
    if (this.#outbox.length === 0 && hadPending) this.#handler?.onDrain();
    if (this.#outbox.length > 0) this.#sendLater();
    else if (this.#state === "ending") this.#sendFin();
  }

  #flushed(write: PendingWrite): void {
    assert(write.copy.equals(write.data), "a buffer has changed between write and flushed");
    write.flushed?.();
  }

  #sendFin(): void {
    this.#isFinSent = true;
    this.#peer.finish();
    if (this.#isInboxFinal && this.#inbox.length === 0) this.#over(undefined);
    else this.#side.schedule("linger", () => this.#over(undefined), LINGER_MS);
  }

  #receive(bytes: Buffer): void {
    if (this.#state === "over") return;
    this.#inbox = Buffer.concat([this.#inbox, bytes]);
    this.#deliverLater();
  }

  #deliverLater(): void {
    if (this.#isDelivering || this.#isPaused || !this.#handler || this.#state === "over") return;
    if (this.#inbox.length === 0 && !this.#isInboxFinal) return;
    this.#isDelivering = true;
    this.#side.schedule("deliver", () => {
      this.#isDelivering = false;
      this.#deliver();
    });
  }

  #deliver(): void {
    if (this.#isPaused || this.#state === "over") return;
    const count = this.#pieceBytes(this.#inbox.length);
    const chunk = Buffer.from(this.#inbox.subarray(0, count));
    this.#inbox = this.#inbox.subarray(count);
    this.#peer.#sendLater();
    if (count > 0 && this.#state === "open") this.#handler?.onData(chunk);
    if (this.#inbox.length > 0) this.#deliverLater();
    else if (this.#isInboxFinal) this.#peerEnded();
  }

  /** The peer's end is ours too, once what we had to say is sent. */
  #peerEnded(): void {
    if (this.#isFinSent) this.#over(undefined);
    else this.end();
  }

  /** How many of `available` bytes move at once: mostly all, sometimes few. */
  #pieceBytes(available: number): number {
    if (available === 0 || this.#side.random.chance(0.6)) return available;
    return 1 + this.#side.random.below(available);
  }

  #over(error: Error | undefined): void {
    if (this.#state === "over") return;
    this.#state = "over";
    this.#closeError = error;
    this.#side.closed(this);
    if (this.#handler) this.#scheduleClose();
  }

  #scheduleClose(): void {
    this.#side.schedule("close", () => {
      if (this.#isCloseCalled) return;
      this.#isCloseCalled = true;
      this.#pendingBytes = 0;
      for (const write of this.#outbox.splice(0)) this.#flushed(write);
      this.#handler?.onClose(this.#closeError);
    });
  }
}
