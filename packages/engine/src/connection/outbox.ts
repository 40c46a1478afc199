import type { Clock, Farewell, Socket, Timer } from "@oxbow/base";
import { copyBytes, messageHeadSizeMax, writeMessageHead } from "@oxbow/wire/nats";
import type { MessageView } from "../routing/message.ts";
import type { Flushable, FlushScheduler } from "./flush-scheduler.ts";
import {
  type ChunkOwner,
  largeChunkSize,
  type OutputChunk,
  type OutputChunkPool,
  smallChunkSize,
} from "./output-chunk.ts";
import type { ProtocolTrace } from "./protocol-trace.ts";

/** What an outbox of any connection needs of its engine. */
export interface OutboxServices {
  readonly clock: Clock;
  readonly chunks: OutputChunkPool;
  readonly flushes: FlushScheduler;
  readonly limits: { readonly pendingBytesMax: number; readonly writeDeadlineMs: number };
}

/**
 * With more than this share of what may wait, a client is congested, and clients that publish to it are slowed down, as
 * long as it has taken something within the patience: one that is stuck is left to be cut off.
 */
const congestedShare = 0.5;
const congestionPatienceMs = 1_000;

const carriageReturn = 0x0d;
const lineFeed = 0x0a;
const lineEndSize = 2;
const lineEnd: Buffer = Buffer.from("\r\n");
/** With a payload above this, a message is written in parts. */
const partedPayloadSize: number = largeChunkSize / 2;

/** Why a client is a slow consumer: too much waits for it, or it has taken nothing for too long. */
export type SlowReason = "pending-bytes" | "write-deadline";

/**
 * What waits to be sent to one client. Frames are written into a chunk, which goes to the socket when it is full or the
 * turn is over; no chunk is held while nothing waits.
 *
 * A client that does not keep up is reported once, during a write or later. Clients that publish to one that is far
 * behind, but still takes what it gets, are slowed down by a bounded amount; for one that is stuck nobody waits.
 */
export class Outbox implements Flushable, ChunkOwner {
  /** Whether those who publish to this client should wait a moment, so that it can catch up. */
  isCongested = false;
  /** Hears of everything that is written, where the protocol is traced. */
  trace: ProtocolTrace | undefined = undefined;
  readonly #socket: Socket;
  readonly #services: OutboxServices;
  readonly #onSlow: (reason: SlowReason) => void;
  #chunk: OutputChunk | undefined = undefined;
  /** Bytes written to the chunk. */
  #size = 0;
  /** Whether a flush after this turn is under way. */
  #isScheduled = false;
  #isClosed = false;
  /** Bytes written since the last turn's flush: tells whether the next turn needs a large chunk from the start. */
  #turnSize = 0;
  #isBusy = false;
  #sentCount = 0;
  /** When a chunk left the process, or began to wait as the only one. */
  #progressAtMs = 0;
  #deadline: Timer | undefined = undefined;

  constructor(socket: Socket, services: OutboxServices, onSlow: (reason: SlowReason) => void) {
    this.#socket = socket;
    this.#services = services;
    this.#onSlow = onSlow;
  }

  /** Bytes that have not left the process. */
  get pendingBytes(): number {
    return this.#size + this.#socket.pendingBytes;
  }

  /** Writes a protocol line, or several, as they are. */
  writeBytes(bytes: Uint8Array): void {
    if (this.#isClosed) return;
    if (this.trace !== undefined) this.trace.onLineSent(bytes);
    const chunk = this.#reserve(bytes.length);
    chunk.buffer.set(bytes, this.#size);
    this.#size += bytes.length;
  }

  /**
   * Writes a message for the subscription with id `sid`.
   *
   * @param takesHeaders - Whether the client can read headers; else they are left out.
   */
  writeMessage(sid: Buffer, message: MessageView, takesHeaders: boolean): void {
    if (this.#isClosed) return;
    const { subjectStart, subjectEnd, replyStart, replyEnd, payloadEnd } = message;
    const headersSize = takesHeaders ? message.headersSize : 0;
    if (this.trace !== undefined) this.trace.onMessageSent(sid, message, headersSize);
    const payloadStart = message.payloadStart + message.headersSize - headersSize;
    const payloadSize = payloadEnd - payloadStart;
    const isLarge = payloadSize > partedPayloadSize;
    const headSizeMax = messageHeadSizeMax(
      subjectEnd - subjectStart,
      sid.length,
      replyEnd - replyStart,
    );
    const partSize = this.#chunk === undefined ? largeChunkSize : 0;
    const target = this.#reserve(
      isLarge ? Math.max(headSizeMax, partSize) : headSizeMax + payloadSize + lineEndSize,
    ).buffer;
    let at = writeMessageHead(
      target,
      this.#size,
      message.subjectBuffer,
      subjectStart,
      subjectEnd,
      sid,
      0,
      sid.length,
      message.replyBuffer,
      replyStart,
      replyEnd,
      headersSize,
      payloadSize,
      message.hasBlankReply,
    );
    if (isLarge) {
      this.#size = at;
      this.#writeInParts(message.payloadBuffer, payloadStart, payloadEnd);
      this.#writeInParts(lineEnd, 0, lineEndSize);
      return;
    }
    at = copyBytes(message.payloadBuffer, payloadStart, payloadEnd, target, at);
    target[at] = carriageReturn;
    target[at + 1] = lineFeed;
    this.#size = at + lineEndSize;
  }

  /** Writes bytes into as many chunks as they take: one made to measure would not be used again. */
  #writeInParts(source: Buffer, start: number, end: number): void {
    let at = start;
    while (at < end && !this.#isClosed) {
      const left = end - at;
      const room = this.#chunk === undefined ? 0 : this.#chunk.buffer.length - this.#size;
      const { buffer } = this.#reserve(room > 0 ? Math.min(left, room) : 1);
      const size = Math.min(left, buffer.length - this.#size);
      source.copy(buffer, this.#size, at, at + size);
      this.#size += size;
      at += size;
    }
  }

  /** Sends what has been written. */
  flush(): void {
    this.#isScheduled = false;
    if (this.#isClosed) return;
    this.#isBusy = this.#turnSize > smallChunkSize;
    this.#turnSize = 0;
    this.#send();
    this.#watch();
  }

  /** Sends what has been written, then closes the connection. Writes nothing from here on. */
  end(farewell?: Farewell): void {
    if (this.#isClosed) return;
    this.#send();
    this.#close();
    this.#socket.end(farewell);
  }

  /** Closes the connection, dropping what waits. */
  destroy(): void {
    this.#close();
    this.#socket.destroy();
  }

  onChunkSent(): void {
    this.#sentCount++;
    this.#progressAtMs = this.#services.clock.monotonicMs();
    if (this.isCongested) this.#judge();
  }

  /** The chunk to write the next `size` bytes into, from `#size` on. */
  #reserve(size: number): OutputChunk {
    this.#turnSize += size;
    if (!this.#isScheduled) {
      this.#isScheduled = true;
      this.#services.flushes.schedule(this);
    }
    const chunk = this.#chunk;
    if (chunk !== undefined && this.#size + size <= chunk.buffer.length) return chunk;
    return this.#replace(size);
  }

  /** Sends the chunk, if any, and takes one with room for `size` bytes. */
  #replace(size: number): OutputChunk {
    const isFirst = this.#chunk === undefined;
    this.#send();
    const least = isFirst && !this.#isBusy ? size : Math.max(size, largeChunkSize);
    this.#chunk = this.#services.chunks.take(least, this);
    return this.#chunk;
  }

  #send(): void {
    const chunk = this.#chunk;
    if (chunk === undefined) return;
    const size = this.#size;
    this.#chunk = undefined;
    this.#size = 0;
    const pendingBytes = this.#socket.pendingBytes;
    if (pendingBytes + size > this.#services.limits.pendingBytesMax) {
      this.#services.chunks.give(chunk);
      this.#onSlow("pending-bytes");
      return;
    }
    if (pendingBytes === 0) this.#progressAtMs = this.#services.clock.monotonicMs();
    this.#socket.write(chunk.buffer.subarray(0, size), chunk.sent);
    this.#judge();
  }

  #judge(): void {
    const { clock, limits } = this.#services;
    this.isCongested =
      this.#socket.pendingBytes > limits.pendingBytesMax * congestedShare &&
      clock.monotonicMs() - this.#progressAtMs < congestionPatienceMs;
  }

  /** While something waits, checks now and then that the client takes some of it. */
  #watch(): void {
    if (this.#deadline !== undefined || this.#isClosed || this.#socket.pendingBytes === 0) return;
    const sentBefore = this.#sentCount;
    this.#deadline = this.#services.clock.setTimer(this.#services.limits.writeDeadlineMs, () => {
      this.#deadline = undefined;
      if (this.#isClosed || this.#socket.pendingBytes === 0) return;
      if (this.#sentCount === sentBefore) this.#onSlow("write-deadline");
      else this.#watch();
    });
  }

  #close(): void {
    this.#isClosed = true;
    this.#deadline?.cancel();
    this.#deadline = undefined;
    if (this.#chunk !== undefined) this.#services.chunks.give(this.#chunk);
    this.#chunk = undefined;
    this.#size = 0;
  }
}
