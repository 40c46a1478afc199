import { Socket } from "node:net";
import { Duplex, Readable } from "node:stream";
import { setImmediate, setTimeout } from "node:timers";
import { TLSSocket } from "node:tls";
import type { SimRandom } from "../sim/index.ts";

/** A chunk of more bytes is not cut: tests that move a lot take long enough as it is. */
const cutBytesMax = 20_000;
/** With so many pieces waiting, what comes is not cut any more, for the same reason. */
const cutPiecesMax = 50;
const cutsMax = 3;
const lineFeed = 10;

/** What was read; `null` for its end. */
type Piece = Buffer | null;

/**
 * From now on everything that any socket of this process reads, pipes of child processes among them, comes later and in
 * pieces, as on a busy machine: after another turn of the event loop, 1 ms, 8 ms or, rarely, 200 ms, cut anywhere, but
 * more often at the end of a line. No byte is lost and none overtakes another one, of the same socket; those of two
 * sockets overtake each other all the time. A socket that nobody reads is still not read from.
 *
 * What was read before the connection failed, or before TLS begins on it, is handed on at once.
 *
 * @param random - Each socket has a generator of its own, forked from this one by the order in which they read first.
 * @returns What ends it, for sockets that read first from then on.
 */
export function delayReads(random: SimRandom): () => void {
  const sockets = new WeakMap<Socket, LateReads>();
  let count = 0;
  const push = function (this: Socket, chunk: Piece): boolean {
    let reads = sockets.get(this);
    if (reads === undefined) {
      reads = new LateReads(this, random.fork(String(count++)));
      sockets.set(this, reads);
    }
    return reads.add(chunk);
  };
  const destroy = function (this: Socket, ...args: [error?: Error]): Socket {
    if (args[0] !== undefined) sockets.get(this)?.handOnAll();
    return Duplex.prototype.destroy.apply(this, args) as Socket;
  };
  // Called when a TLS socket takes a plain one over, with what that one has read so far.
  const wrapHandle = function (this: TLSSocket, ...args: [Socket | null]): unknown {
    if (args[0] !== null) sockets.get(args[0])?.handOnAll();
    return originalWrapHandle.apply(this, args);
  };
  const restores = [
    replace(Socket.prototype, "push", push),
    replace(Socket.prototype, "destroy", destroy),
    replace(TLSSocket.prototype, "_wrapHandle", wrapHandle),
  ];
  return () => {
    for (const restore of restores) restore();
  };
}

// The property is Node's own, and not of its types.
const originalWrapHandle = Reflect.get(TLSSocket.prototype, "_wrapHandle") as (
  ...args: unknown[]
) => unknown;

/** Replaces a method; gives what puts things back as they were. */
function replace(prototype: object, name: string, value: unknown): () => void {
  const before = Object.getOwnPropertyDescriptor(prototype, name);
  Object.defineProperty(prototype, name, { value, configurable: true, writable: true });
  return () => {
    if (before === undefined) Reflect.deleteProperty(prototype, name);
    else Object.defineProperty(prototype, name, before);
  };
}

/** What one socket has read and not handed on yet. */
class LateReads {
  readonly #socket: Socket;
  readonly #random: SimRandom;
  readonly #waiting: Piece[] = [];
  #isArmed = false;
  /** What the socket said last when it was given something. */
  #wantsMore = true;

  constructor(socket: Socket, random: SimRandom) {
    this.#socket = socket;
    this.#random = random;
  }

  /** Says, as `Readable.push` does, whether to go on reading: the socket begins again by itself once it wants more. */
  add(chunk: Piece): boolean {
    this.#waiting.push(...this.#cut(chunk));
    this.#arm();
    return this.#wantsMore;
  }

  handOnAll(): void {
    while (this.#waiting.length > 0) this.#handOn();
  }

  #arm(): void {
    if (this.#isArmed || this.#waiting.length === 0) return;
    this.#isArmed = true;
    const handOn = (): void => {
      this.#isArmed = false;
      this.#handOn();
      this.#arm();
    };
    const delayMs = this.#delayMs();
    if (delayMs === 0) setImmediate(handOn);
    else setTimeout(handOn, delayMs);
  }

  #delayMs(): number {
    const chance = this.#random.fraction();
    if (chance < 0.3) return 0;
    if (chance < 0.9) return 1;
    return chance < 0.998 ? 8 : 200;
  }

  #handOn(): void {
    const piece = this.#waiting.shift();
    if (piece === undefined || this.#socket.destroyed) return;
    this.#wantsMore = Readable.prototype.push.call(this.#socket, piece);
    // As the socket does itself at its end, so that one that nobody reads says that it has ended.
    if (piece === null) this.#socket.read(0);
  }

  #cut(chunk: Piece): Piece[] {
    const isCut =
      chunk !== null && chunk.length <= cutBytesMax && this.#waiting.length < cutPiecesMax;
    if (!isCut) return [chunk];
    const cuts = Array.from({ length: 1 + this.#random.below(cutsMax) }, () => this.#cutIn(chunk));
    const ends = [...cuts, chunk.length].sort((a, b) => a - b);
    const pieces = ends.map((end, index) => chunk.subarray(ends[index - 1] ?? 0, end));
    return pieces.filter((piece) => piece.length > 0);
  }

  #cutIn(chunk: Buffer): number {
    const position = Math.floor(this.#random.fraction() * chunk.length);
    const lineEnd = chunk.indexOf(lineFeed, position);
    return lineEnd !== -1 && this.#random.chance(0.7) ? lineEnd + 1 : position;
  }
}
