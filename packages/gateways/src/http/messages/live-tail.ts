import type { WebSocket } from "@fastify/websocket";
import type { Clock, Timer } from "@oxbow/base";

/** What of a tail waits to be sent. */
interface LiveTailLimits {
  /** Bytes that may wait; beyond that messages are left out. */
  readonly bufferBytesMax: number;
  /** How often it is asked whether there is still somebody. */
  readonly heartbeatMs: number;
}

/**
 * Messages for somebody who looks on, over a WebSocket: what is not taken as fast as it comes is left out, and counted, as
 * nobody wants to see the past in a live view.
 */
export class LiveTail {
  readonly #socket: WebSocket;
  readonly #clock: Clock;
  readonly #limits: LiveTailLimits;
  #dropped = 0;
  #isAlive = true;
  #heartbeat: Timer | undefined = undefined;

  constructor(socket: WebSocket, clock: Clock, limits: LiveTailLimits) {
    this.#socket = socket;
    this.#clock = clock;
    this.#limits = limits;
    socket.on("pong", () => {
      this.#isAlive = true;
    });
    socket.once("close", () => this.#heartbeat?.cancel());
    // It is closed behind it, and there is nobody to tell.
    socket.on("error", () => undefined);
    this.#beat();
  }

  /** Whether whoever looked on has left. */
  get isOver(): boolean {
    return this.#socket.readyState >= this.#socket.CLOSING;
  }

  /** Sends something that must not be left out. */
  tell(type: string, fields: object): void {
    if (!this.isOver) this.#socket.send(JSON.stringify({ type, ...fields }));
  }

  /** Sends a message, if there is room. @param make - Makes it; not called where there is none. */
  async show(make: () => Promise<object>): Promise<void> {
    if (this.#isFull) {
      this.#dropped++;
      return;
    }
    const message = await make();
    if (this.#dropped > 0) {
      this.tell("dropped", { count: this.#dropped });
      this.#dropped = 0;
    }
    this.tell("message", { message });
  }

  end(): void {
    this.#heartbeat?.cancel();
    this.#socket.close(1000);
  }

  get #isFull(): boolean {
    return this.#socket.bufferedAmount >= this.#limits.bufferBytesMax;
  }

  /** Who does not answer has gone without a word. */
  #beat(): void {
    this.#heartbeat = this.#clock.setTimer(this.#limits.heartbeatMs, () => {
      if (this.isOver) return;
      if (!this.#isAlive) {
        this.#socket.terminate();
        return;
      }
      this.#isAlive = false;
      if (this.#dropped > 0 && !this.#isFull) {
        this.tell("dropped", { count: this.#dropped });
        this.#dropped = 0;
      }
      this.#socket.ping();
      this.#beat();
    });
  }
}
