import type net from "node:net";
import { PendingWrites } from "../pending-writes.ts";
import { deflate } from "./deflate.ts";
import { closeFrame, frameHead, frameKinds, pongFrame } from "./frame-head.ts";

/** Messages of fewer bytes only grow by compression. */
const COMPRESSED_SIZE_MIN = 65;

/** A message that waits until the one before it is compressed. */
interface Waiting {
  readonly data: Uint8Array;
  readonly deflates: boolean;
}

/** Writes the frames of a server to a connection, in order. */
export class FrameWriter {
  /** Whether messages are compressed. */
  deflates = false;
  readonly #carrier: net.Socket;
  readonly #onDrain: () => void;
  readonly #writes: PendingWrites = new PendingWrites();
  #waiting: Waiting[] = [];
  /** Whether a message is being compressed. */
  #isDeflating = false;
  /** What is to be written when all that waits is. */
  #last: (() => void) | undefined = undefined;
  /** The last ping that came while the answer to one before it was under way. */
  #ping: Buffer | undefined = undefined;
  #isPongUnderWay = false;
  #isOver = false;
  readonly #onWritten = (error?: Error | null): void => {
    // After a failure the callbacks come out of order; the close that follows releases what is left in order.
    if (error) return;
    this.#writes.release();
    if (this.#writes.bytes === 0 && !this.#isOver) this.#onDrain();
  };

  constructor(carrier: net.Socket, onDrain: () => void) {
    this.#carrier = carrier;
    this.#onDrain = onDrain;
  }

  /** Bytes of messages that have not left the process. */
  get pendingBytes(): number {
    return this.#writes.bytes;
  }

  /** Writes a message. */
  write(data: Uint8Array, flushed: (() => void) | undefined): void {
    this.#writes.add(data.length, flushed);
    const deflates = this.deflates && data.length >= COMPRESSED_SIZE_MIN;
    if (this.#isDeflating) this.#waiting.push({ data, deflates });
    else this.#begin(data, deflates);
  }

  /** Answers a ping. While one answer is under way only the last ping is kept (RFC 6455, section 5.5.3). */
  pong(payload: Buffer): void {
    if (this.#isPongUnderWay) {
      this.#ping = Buffer.from(payload);
      return;
    }
    this.#isPongUnderWay = true;
    this.#carrier.write(pongFrame(payload), (error) => {
      this.#isPongUnderWay = false;
      const next = this.#ping;
      this.#ping = undefined;
      if (next !== undefined && !error && this.#carrier.writable) this.pong(next);
    });
  }

  /** Says goodbye after all messages, and then that nothing more comes. Nothing may be written from here on. */
  close(status: number | undefined, reason?: string): void {
    const last = (): void => void this.#carrier.write(closeFrame(status, reason));
    if (this.#isDeflating) this.#last = last;
    else last();
  }

  /** Calls `ended` once everything that was written has left the process, and ends this side of the connection. */
  end(ended: () => void): void {
    const last = this.#last;
    const end = (): void => {
      last?.();
      this.#carrier.end(ended);
    };
    if (this.#isDeflating) this.#last = end;
    else this.#carrier.end(ended);
  }

  /** The connection is over: calls back everybody who waits. */
  releaseAll(): void {
    this.#isOver = true;
    this.#waiting = [];
    this.#last = undefined;
    this.#writes.releaseAll();
  }

  #begin(data: Uint8Array, deflates: boolean): void {
    if (!deflates) {
      this.#send(frameKinds.binary, data);
      return;
    }
    this.#isDeflating = true;
    deflate(data, (deflated) => {
      this.#isDeflating = false;
      if (this.#isOver) return;
      const isSmaller = !(deflated instanceof Error) && deflated.length < data.length;
      if (isSmaller) this.#send(frameKinds.deflatedBinary, deflated);
      else this.#send(frameKinds.binary, data);
      this.#goOn();
    });
  }

  #goOn(): void {
    while (!this.#isDeflating) {
      const next = this.#waiting.shift();
      if (next === undefined) break;
      this.#begin(next.data, next.deflates);
    }
    if (this.#isDeflating) return;
    this.#last?.();
    this.#last = undefined;
  }

  #send(kind: number, payload: Uint8Array): void {
    this.#carrier.cork();
    this.#carrier.write(frameHead(kind, payload.length));
    this.#carrier.write(payload, this.#onWritten);
    this.#carrier.uncork();
  }
}
