import type { IncomingMessage, Server, ServerResponse } from "node:http";
import type net from "node:net";
import type { Duplex } from "node:stream";
import type { UpgradeJudge, WebSocketContext, WebSocketContextOptions } from "@oxbow/base";
import { type ServerOptions, type WebSocket, WebSocketServer } from "ws";

/** How long a connection that we closed waits for the peer's close frame. */
const CLOSE_TIMEOUT_MS = 1_000;

/** Frames of one message. */
const FRAGMENTS_MAX = 16 * 1024;

/** Bytes of request line and headers. */
const REQUEST_SIZE_MAX = 8 * 1024;

/** Messages that are compressed or decompressed at a time, in this process: bounds the memory of all of them. */
const CONCURRENT_DEFLATES = 4;

/** Not imported: an import of node:http loads its WebSocket client, too, which costs every start 40 ms. */
const http = process.getBuiltinModule("node:http");

type Done = (result: WebSocket | Error) => void;

/** An upgrade that is waited for. */
interface Pending {
  readonly judge: UpgradeJudge;
  readonly done: Done;
  /** Headers for the answer, once the judge has said yes. */
  headers: Readonly<Record<string, string>>;
}

/**
 * Upgrades of connections that exist. A server of Node that does not listen reads the requests, the `ws` package answers
 * them; what is decided is decided by the judge of each connection.
 */
export class NodeWebSocketContext implements WebSocketContext {
  readonly kind = "web-socket-context";
  readonly options: WebSocketContextOptions;
  readonly #http: Server;
  readonly #plain: WebSocketServer;
  readonly #deflating: WebSocketServer | undefined;
  readonly #pending: Map<Duplex, Pending> = new Map();

  constructor(options: WebSocketContextOptions) {
    this.options = options;
    this.#plain = this.#createServer(options.messageSizeMax, false);
    if (options.compression) this.#deflating = this.#createServer(options.inflatedSizeMax, true);
    this.#http = http.createServer({ maxHeaderSize: REQUEST_SIZE_MAX, requireHostHeader: false });
    this.#http.on("request", (request, response) => this.#refuse(request, response));
    this.#http.on("upgrade", (request, socket, head) => this.#onUpgrade(request, socket, head));
    this.#http.on("clientError", (error, socket) => this.#onBroken(error, socket));
  }

  /** Reads the request on `socket`, which nobody else reads. Returns what makes it forget about it. */
  upgrade(socket: net.Socket, judge: UpgradeJudge, done: Done): () => void {
    this.#pending.set(socket, { judge, done, headers: {} });
    socket.once("close", () => this.#finish(socket, new Error("closed before the upgrade")));
    this.#http.emit("connection", socket);
    socket.resume();
    return () => this.#pending.delete(socket);
  }

  #createServer(maxPayload: number, deflates: boolean): WebSocketServer {
    // The types do not know of `closeTimeout` and `maxFragments` yet.
    const options: ServerOptions & { closeTimeout: number; maxFragments: number } = {
      noServer: true,
      clientTracking: false,
      maxPayload,
      maxFragments: FRAGMENTS_MAX,
      // Text is taken for bytes: what is in them is checked by whoever reads them.
      skipUTF8Validation: true,
      closeTimeout: CLOSE_TIMEOUT_MS,
      handleProtocols: () => false,
      perMessageDeflate: deflates && {
        serverNoContextTakeover: true,
        clientNoContextTakeover: true,
        threshold: 0,
        concurrencyLimit: CONCURRENT_DEFLATES,
        // 160 KiB for each connection, instead of 256, for hardly larger messages.
        zlibDeflateOptions: { level: 1, memLevel: 6 },
      },
    };
    const server = new WebSocketServer(options);
    server.on("headers", (lines, request) => {
      const { headers } = this.#pending.get(request.socket) ?? { headers: {} };
      for (const [name, value] of Object.entries(headers)) lines.push(`${name}: ${value}`);
    });
    server.on("wsClientError", (error, socket, request) => {
      this.#finish(socket, error);
      this.#answer(request.socket, 400);
    });
    return server;
  }

  #onUpgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    const pending = this.#pending.get(socket);
    if (pending === undefined) return;
    const answer = judge(pending, request);
    if ("status" in answer) {
      this.#finish(socket, new Error(`upgrade refused with status ${answer.status}`));
      this.#answer(socket, answer.status);
      return;
    }
    pending.headers = answer.headers;
    const server = (offersDeflate(request) && this.#deflating) || this.#plain;
    server.handleUpgrade(request, socket, head, (webSocket) => this.#finish(socket, webSocket));
  }

  /** A request that is none for an upgrade, in Node's eyes. */
  #refuse(request: IncomingMessage, response: ServerResponse): void {
    const pending = this.#pending.get(request.socket);
    if (pending === undefined) return;
    const answer = judge(pending, request);
    const status = "status" in answer ? answer.status : 400;
    this.#finish(request.socket, new Error(`upgrade refused with status ${status}`));
    response.writeHead(status, refusalHeaders).end(`${http.STATUS_CODES[status]}\n`);
  }

  #onBroken(error: Error, socket: Duplex): void {
    this.#finish(socket, error);
    this.#answer(socket, 400);
  }

  #answer(socket: Duplex, status: number): void {
    if (!socket.writable) {
      socket.destroy();
      return;
    }
    const body = `${http.STATUS_CODES[status]}\n`;
    const head = [
      `HTTP/1.1 ${status} ${http.STATUS_CODES[status]}`,
      ...Object.entries(refusalHeaders).map(([name, value]) => `${name}: ${value}`),
      `Content-Length: ${body.length}`,
    ];
    socket.end(`${head.join("\r\n")}\r\n\r\n${body}`);
    setTimeout(() => socket.destroy(), CLOSE_TIMEOUT_MS).unref();
  }

  #finish(socket: Duplex, result: WebSocket | Error): void {
    const pending = this.#pending.get(socket);
    this.#pending.delete(socket);
    pending?.done(result);
  }
}

/** As nats-server answers what it refuses. */
const refusalHeaders = {
  "Content-Type": "text/plain; charset=utf-8",
  "X-Content-Type-Options": "nosniff",
  "Sec-WebSocket-Version": "13",
  Connection: "close",
} as const;

function judge(pending: Pending, request: IncomingMessage): ReturnType<UpgradeJudge> {
  return pending.judge({
    method: request.method ?? "",
    target: request.url ?? "",
    headers: request.headers as Record<string, string | undefined>,
  });
}

function offersDeflate(request: IncomingMessage): boolean {
  return /\bpermessage-deflate\b/i.test(request.headers["sec-websocket-extensions"] ?? "");
}
