import { once } from "node:events";
import type { ServerResponse } from "node:http";
import type { Clock, Timer } from "@oxbow/base";
import type { FastifyReply } from "fastify";

/** What a client is told to wait before it comes back. */
const retryMs = 1_000;

/** An answer that goes on: server-sent events, as fast as whoever reads takes them. */
export class EventStream {
  readonly #response: ServerResponse;
  readonly #clock: Clock;
  readonly #heartbeatMs: number;
  #heartbeat: Timer | undefined = undefined;

  /** Begins the answer. */
  constructor(reply: FastifyReply, clock: Clock, heartbeatMs: number) {
    reply.hijack();
    this.#response = reply.raw;
    this.#clock = clock;
    this.#heartbeatMs = heartbeatMs;
    this.#response.writeHead(200, {
      "Content-Type": "text/event-stream; charset=utf-8",
      "Cache-Control": "no-store",
      "X-Content-Type-Options": "nosniff",
      "X-Accel-Buffering": "no",
    });
    this.#response.write(`retry: ${retryMs}\n\n`);
    this.#response.once("close", () => this.#heartbeat?.cancel());
    this.#beat();
  }

  /** Whether whoever read it has left. */
  get isOver(): boolean {
    return this.#response.destroyed || this.#response.writableEnded;
  }

  /**
   * Resolves once there is room for more.
   *
   * @param id - What the client says in `Last-Event-ID` when it comes back; of one line.
   */
  send(event: string, data: unknown, id?: string): Promise<void> {
    return this.sendText(event, JSON.stringify(data), id);
  }

  /** The same, of what is JSON already. */
  async sendText(event: string, data: string, id?: string): Promise<void> {
    if (this.isOver) return;
    const hasRoom = this.#response.write(
      `${id === undefined ? "" : `id: ${id}\n`}event: ${event}\ndata: ${data}\n\n`,
    );
    if (hasRoom) return;
    await Promise.race([once(this.#response, "drain"), once(this.#response, "close")]).catch(
      () => undefined,
    );
  }

  end(): void {
    this.#heartbeat?.cancel();
    this.#response.end();
  }

  /** Proxies end what is silent for long. */
  #beat(): void {
    this.#heartbeat = this.#clock.setTimer(this.#heartbeatMs, () => {
      if (this.isOver) return;
      this.#response.write(":\n\n");
      this.#beat();
    });
  }
}
