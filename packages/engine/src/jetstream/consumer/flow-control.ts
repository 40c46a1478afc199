import type { Random } from "@oxbow/base";
import { randomName } from "../../random-name.ts";

/** Bytes that may be on their way to a client at most. */
const WINDOW_MAX = 32 * 1024 * 1024;
/** With as many it begins; each answer doubles the window. */
const WINDOW_START: number = WINDOW_MAX / 16;
/** Letters at the end of the subject that a request is answered on. */
const REQUEST_NAME_SIZE = 4;

/**
 * The flow control of a push consumer (ADR-9): a client is asked now and then to say that it has come this far, and
 * what it has not answered for fills a window. Windows begin small and grow with each answer, as nats-server's do.
 */
export class FlowControl {
  /** Where the answer to the last request goes; empty while none is awaited. */
  requestSubject = "";
  readonly #prefix: string;
  readonly #random: Random;
  #window = WINDOW_START;
  #pendingBytes = 0;
  /** Bytes of {@link FlowControl.#pendingBytes} that the next answer stands for. */
  #requestedBytes = 0;

  /** @param prefix - `$JS.FC.<stream>.<consumer>.` */
  constructor(prefix: string, random: Random) {
    this.#prefix = prefix;
    this.#random = random;
  }

  /** Whether nothing may be sent until an answer comes. */
  get isFull(): boolean {
    return this.#pendingBytes > this.#window;
  }

  /** A message of `size` bytes was sent; true if the client is to be asked now. */
  sent(size: number): boolean {
    this.#pendingBytes += size;
    if (this.requestSubject === "") return this.#pendingBytes > this.#window / 2;
    if (this.#pendingBytes - this.#requestedBytes >= this.#window) this.#requestedBytes += size;
    return false;
  }

  /** Begins to wait for an answer; returns the subject that it has to come on. */
  begin(): string {
    this.#requestedBytes = this.#pendingBytes;
    this.requestSubject = `${this.#prefix}${randomName(this.#random, REQUEST_NAME_SIZE)}`;
    return this.requestSubject;
  }

  /** An answer came on `subject`; false if it is not the one that is awaited. */
  answered(subject: string): boolean {
    if (this.requestSubject === "" || subject !== this.requestSubject) return false;
    this.#window = Math.min(this.#window * 2, WINDOW_MAX);
    this.#pendingBytes = Math.max(0, this.#pendingBytes - this.#requestedBytes);
    this.#requestedBytes = 0;
    this.requestSubject = "";
    return true;
  }
}
