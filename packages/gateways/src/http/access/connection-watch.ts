import type { IncomingMessage, Server } from "node:http";
import type { Socket } from "node:net";
import type { Clock, Timer } from "@oxbow/base";
import type { HttpLimits } from "../limits.ts";

declare module "fastify" {
  interface FastifyContextConfig {
    /** Whether what is sent there may take as long as it goes on. */
    readonly isUpload?: true;
  }
}

type WatchLimits = Pick<
  HttpLimits,
  | "connectionsMax"
  | "headersTimeoutMs"
  | "requestTimeoutMs"
  | "keepAliveTimeoutMs"
  | "uploadBytesMin"
>;

/** How often it is looked after who is late. */
const sweepMs = 1_000;
const tooLate = "HTTP/1.1 408 Request Timeout\r\nConnection: close\r\nContent-Length: 0\r\n\r\n";

/** What a connection is doing. */
interface Watched {
  /** The request that is being answered, if any. */
  request: IncomingMessage | undefined;
  /** When that began, or the wait for it; of an upload, when it was last seen to go on. */
  sinceMs: number;
  /** Bytes that had come by then. */
  bytesBefore: number;
  /** Whether what is sent may take as long as it goes on. */
  isUpload: boolean;
  /** Whether it has asked for anything yet. */
  isNew: boolean;
}

/**
 * The connections of a server, no more than there may be, and none that takes its time to ask: whoever sends the headers or
 * the body of a request byte by byte (slow loris) is sent away. An upload may take its time as long as it goes on. A server
 * of Node looks after that only where it listens itself.
 */
export class ConnectionWatch {
  readonly #clock: Clock;
  readonly #limits: WatchLimits;
  readonly #watched: Map<Socket, Watched> = new Map();
  #sweep: Timer | undefined = undefined;

  constructor(server: Server, clock: Clock, limits: WatchLimits) {
    this.#clock = clock;
    this.#limits = limits;
    server.on("request", (request, response) => {
      const { socket } = request;
      this.#begin(socket, request);
      response.once("close", () => this.#end(socket, request));
    });
    // From there on it is somebody else's.
    server.on("upgrade", (_request, socket) => {
      const watched = this.#watched.get(socket as Socket);
      if (watched !== undefined) watched.sinceMs = Number.POSITIVE_INFINITY;
    });
  }

  /** Connections there are. */
  get size(): number {
    return this.#watched.size;
  }

  /** Takes somebody in who has just connected. @returns Whether there was room. */
  take(socket: Socket): boolean {
    if (this.#watched.size >= this.#limits.connectionsMax) return false;
    const sinceMs = this.#clock.monotonicMs();
    this.#watched.set(socket, {
      request: undefined,
      sinceMs,
      bytesBefore: 0,
      isUpload: false,
      isNew: true,
    });
    socket.once("close", () => this.#watched.delete(socket));
    this.#sweep ??= this.#clock.setTimer(sweepMs, () => this.#sweepOut());
    return true;
  }

  /** Has a request take as long as it goes on, to be said once it is known who sends it. */
  expectUpload(request: IncomingMessage): void {
    // That may be known at once, before a request is heard of here.
    this.#begin(request.socket, request);
    const watched = this.#watched.get(request.socket);
    if (watched !== undefined) watched.isUpload = true;
  }

  close(): void {
    this.#sweep?.cancel();
    this.#sweep = undefined;
  }

  #begin(socket: Socket, request: IncomingMessage): void {
    const watched = this.#watched.get(socket);
    if (watched === undefined || watched.request === request) return;
    watched.request = request;
    watched.sinceMs = this.#clock.monotonicMs();
    watched.bytesBefore = socket.bytesRead;
    watched.isUpload = false;
    watched.isNew = false;
  }

  #end(socket: Socket, request: IncomingMessage): void {
    const watched = this.#watched.get(socket);
    if (watched === undefined || watched.request !== request) return;
    watched.request = undefined;
    watched.sinceMs = this.#clock.monotonicMs();
    watched.bytesBefore = socket.bytesRead;
  }

  #sweepOut(): void {
    const nowMs = this.#clock.monotonicMs();
    for (const [socket, watched] of this.#watched) {
      if (nowMs - watched.sinceMs < this.#allowedMs(socket, watched)) continue;
      if (watched.isUpload && this.#hasGoneOn(socket, watched, nowMs)) continue;
      if (watched.request === undefined) socket.write(tooLate);
      socket.destroySoon();
      this.#watched.delete(socket);
    }
    const isEmpty = this.#watched.size === 0;
    this.#sweep = isEmpty ? undefined : this.#clock.setTimer(sweepMs, () => this.#sweepOut());
  }

  /** Whether enough has come since it was looked at last; then it has as long again. */
  #hasGoneOn({ bytesRead }: Socket, watched: Watched, nowMs: number): boolean {
    if (watched.request === undefined) return false;
    if (bytesRead - watched.bytesBefore < this.#limits.uploadBytesMin) return false;
    watched.sinceMs = nowMs;
    watched.bytesBefore = bytesRead;
    return true;
  }

  #allowedMs(socket: Socket, { request, isNew, bytesBefore }: Watched): number {
    const { headersTimeoutMs, requestTimeoutMs, keepAliveTimeoutMs } = this.#limits;
    if (request !== undefined)
      return request.complete ? Number.POSITIVE_INFINITY : requestTimeoutMs;
    const hasBegun = isNew || socket.bytesRead > bytesBefore;
    return hasBegun ? headersTimeoutMs : keepAliveTimeoutMs + sweepMs;
  }
}
