import type net from "node:net";
import type {
  UpgradeJudge,
  UpgradeRequest,
  WebSocketContext,
  WebSocketContextOptions,
} from "@oxbow/base";
import { acceptKey } from "./web-socket/accept-key.ts";
import { deflateAnswer, readDeflateOffer } from "./web-socket/deflate-offer.ts";
import { type RequestHead, RequestHeadReader } from "./web-socket/request-head.ts";

/** How long the peer may take to end its side of a connection that is refused. */
const CLOSE_TIMEOUT_MS = 1_000;

/** A connection that speaks WebSocket from here on. */
export interface Upgraded {
  /** What was read of its first frames. */
  readonly head: Buffer;
  /** Whether messages may be compressed. */
  readonly compression: boolean;
}

type Done = (result: Upgraded | Error) => void;

/** Upgrades of connections that exist: what is decided is decided by the judge of each connection. */
export class NodeWebSocketContext implements WebSocketContext {
  readonly kind = "web-socket-context";
  readonly options: WebSocketContextOptions;

  constructor(options: WebSocketContextOptions) {
    this.options = options;
  }

  /** Reads the request on `socket`, which nobody else reads. Returns what makes it forget about it. */
  upgrade(socket: net.Socket, judge: UpgradeJudge, done: Done): () => void {
    const reader = new RequestHeadReader();
    const onData = (chunk: Buffer): void => {
      const head = reader.read(chunk);
      if (head === undefined) return;
      forget();
      done(this.#answer(socket, head, judge));
    };
    const onClose = (): void => {
      forget();
      done(new Error("closed before the upgrade"));
    };
    const forget = (): void => {
      socket.off("data", onData);
      socket.off("close", onClose);
    };
    socket.on("data", onData);
    socket.once("close", onClose);
    socket.resume();
    return forget;
  }

  #answer(socket: net.Socket, head: RequestHead, judge: UpgradeJudge): Upgraded | Error {
    const status = head.t === "refused" ? head.status : undefined;
    const answer = head.t === "request" ? judge(head.request) : { status: status ?? 400 };
    if ("status" in answer) return refuse(socket, answer.status);
    const { request, rest } = head as RequestHead & { readonly t: "request" };
    const offersDeflate = readDeflateOffer(request.headers["sec-websocket-extensions"] ?? "");
    if (offersDeflate === undefined || !isUpgrade(request)) return refuse(socket, 400);
    const compression = this.options.compression && offersDeflate;
    const key = request.headers["sec-websocket-key"] ?? "";
    socket.write(acceptance(key, compression, answer.headers));
    return { head: rest, compression };
  }
}

/** 16 bytes in base64. */
const keyPattern = /^[A-Za-z0-9+/]{22}==$/;

/** Whether WebSocket can be spoken from here on (RFC 6455, section 4.2.1), whatever the judge says. */
function isUpgrade({ method, headers }: UpgradeRequest): boolean {
  return (
    method === "GET" &&
    /(?:^|,)\s*websocket\s*(?:,|$)/i.test(headers["upgrade"] ?? "") &&
    headers["sec-websocket-version"] === "13" &&
    keyPattern.test(headers["sec-websocket-key"] ?? "")
  );
}

/** The answer with which an upgrade begins. */
function acceptance(
  key: string,
  compression: boolean,
  headers: Readonly<Record<string, string>>,
): string {
  const lines = [
    "HTTP/1.1 101 Switching Protocols",
    "Upgrade: websocket",
    "Connection: Upgrade",
    `Sec-WebSocket-Accept: ${acceptKey(key)}`,
  ];
  if (compression) lines.push(`Sec-WebSocket-Extensions: ${deflateAnswer}`);
  for (const [name, value] of Object.entries(headers)) lines.push(`${name}: ${value}`);
  return `${lines.join("\r\n")}\r\n\r\n`;
}

const reasons: Readonly<Record<number, string>> = {
  400: "Bad Request",
  403: "Forbidden",
  404: "Not Found",
  405: "Method Not Allowed",
  431: "Request Header Fields Too Large",
};

/** Answers as nats-server does what it refuses, and ends the connection. */
function refuse(socket: net.Socket, status: number): Error {
  const reason = reasons[status] ?? "Refused";
  const body = `${reason}\n`;
  const lines = [
    `HTTP/1.1 ${status} ${reason}`,
    "Content-Type: text/plain; charset=utf-8",
    "X-Content-Type-Options: nosniff",
    "Sec-WebSocket-Version: 13",
    "Connection: close",
    `Content-Length: ${body.length}`,
  ];
  // What else comes is read to be thrown away.
  socket.resume();
  socket.end(`${lines.join("\r\n")}\r\n\r\n${body}`);
  const timeout = setTimeout(() => socket.destroy(), CLOSE_TIMEOUT_MS).unref();
  socket.once("close", () => clearTimeout(timeout));
  return new Error(`upgrade refused with status ${status}`);
}
