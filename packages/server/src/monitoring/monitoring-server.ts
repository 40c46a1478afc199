import { once } from "node:events";
import type { IncomingMessage, Server, ServerResponse } from "node:http";
import type { Server as HttpsServer } from "node:https";
import type { AddressInfo } from "node:net";
import { htmlAnswer, type MonitoringAnswer, textAnswer } from "./answer.ts";
import { indexPage } from "./index-page.ts";
import { type Monitored, monitoringRoutes } from "./routes.ts";

// Not imported: an import of node:http loads its WebSocket client, too, which costs every start 40 ms.
const { createServer } = process.getBuiltinModule("node:http");

/** Bounds on what somebody who asks can use up. */
const connectionsMax = 256;
const headerBytesMax = 16 * 1024;
const headersTimeoutMs = 5_000;
const requestTimeoutMs = 10_000;
const keepAliveTimeoutMs = 5_000;
/** Bytes of answers that may wait for those who asked, beside the one that is made. */
const unsentBytesMax = 256 * 1024 * 1024;

/** Where monitoring is served, and how. */
export interface MonitoringServerOptions {
  readonly host: string;
  /** 0 picks a free one. */
  readonly port: number;
  /** `""`, or a path such as `/nats`. */
  readonly basePath: string;
  /** Certificate and key, PEM: then it is HTTPS. */
  readonly tls?: MonitoringCertificate;
}

/** A certificate and its key, PEM. */
export interface MonitoringCertificate {
  readonly cert: string;
  readonly key: string;
}

/**
 * The HTTP server for monitoring: pages from a table, GET and HEAD only, JSON that any web page may read. There is no
 * JSONP: a `callback` is passed over.
 */
export class MonitoringServer {
  readonly #server: Server;
  readonly #monitored: Monitored;
  readonly #host: string;
  readonly #basePath: string;
  readonly #requests: Map<string, number> = new Map();
  #unsentBytes = 0;

  private constructor(
    server: Server,
    monitored: Monitored,
    { host, basePath }: MonitoringServerOptions,
  ) {
    this.#server = server;
    this.#host = host;
    this.#monitored = monitored;
    this.#basePath = basePath;
  }

  /**
   * Opens it.
   *
   * @throws The error of the network with its `code` (`EADDRINUSE` …).
   */
  static async open(
    options: MonitoringServerOptions,
    monitored: Monitored,
  ): Promise<MonitoringServer> {
    const settings = {
      maxHeaderSize: headerBytesMax,
      headersTimeout: headersTimeoutMs,
      requestTimeout: requestTimeoutMs,
      keepAliveTimeout: keepAliveTimeoutMs,
    };
    const { tls, host, port } = options;
    const server =
      tls === undefined
        ? createServer(settings)
        : process.getBuiltinModule("node:https").createServer({ ...settings, ...tls });
    server.maxConnections = connectionsMax;
    const monitoring = new MonitoringServer(server, monitored, options);
    server.on("request", (request, response) => monitoring.#onRequest(request, response));
    await listenOn(server, host, port);
    return monitoring;
  }

  get host(): string {
    return this.#host;
  }

  get port(): number {
    return this.#address.port;
  }

  /** Requests so far, by path. */
  get requests(): Readonly<Record<string, number>> {
    return Object.fromEntries(this.#requests);
  }

  /** Shows another certificate to connections that come from now on. Without effect where there is none. */
  changeCertificate(certificate: MonitoringCertificate): void {
    const server: Partial<HttpsServer> = this.#server as Server & Partial<HttpsServer>;
    server.setSecureContext?.(certificate);
  }

  /** Ends all connections. May be called twice. */
  async close(): Promise<void> {
    if (!this.#server.listening) return;
    const closed = once(this.#server, "close");
    this.#server.close();
    this.#server.closeAllConnections();
    await closed;
  }

  get #address(): AddressInfo {
    return this.#server.address() as AddressInfo;
  }

  #onRequest(request: IncomingMessage, response: ServerResponse): void {
    // Bodies mean nothing here; one that is sent is dropped as it comes.
    request.resume();
    void this.#answer(request).then((answer) => {
      // Whoever asked has gone.
      if (response.destroyed) return;
      const body = Buffer.from(answer.body);
      if (this.#unsentBytes + body.length > unsentBytesMax) {
        const text = "too much waits to be read by others: ask again later";
        send(request, response, textAnswer(503, text), Buffer.from(text));
        return;
      }
      this.#unsentBytes += body.length;
      response.once("close", () => {
        this.#unsentBytes -= body.length;
      });
      send(request, response, answer, body);
    });
  }

  async #answer(request: IncomingMessage): Promise<MonitoringAnswer> {
    if (request.method !== "GET" && request.method !== "HEAD") {
      return textAnswer(405, "method not allowed: use GET");
    }
    const [path = "", query = ""] = (request.url ?? "").split("?", 2);
    const page = this.#pageOf(path);
    if (page === "/") {
      this.#count(page);
      return htmlAnswer(indexPage(monitoringRoutes));
    }
    const route =
      page !== undefined && Object.hasOwn(monitoringRoutes, page)
        ? monitoringRoutes[page]
        : undefined;
    if (page === undefined || route === undefined) return textAnswer(404, "404 page not found");
    this.#count(route.countedAs ?? page);
    try {
      return await route.answer(this.#monitored, new URLSearchParams(query));
    } catch (error) {
      return textAnswer(500, error instanceof Error ? error.message : String(error));
    }
  }

  #count(page: string): void {
    this.#requests.set(page, (this.#requests.get(page) ?? 0) + 1);
  }

  /** The page a path names below the base path, if it names one. */
  #pageOf(path: string): string | undefined {
    const base = this.#basePath;
    if (path === base || path === `${base}/`) return "/";
    return path.startsWith(`${base}/`) ? path.slice(base.length) : undefined;
  }
}

/** As for clients, every address of IPv4 means those of IPv6 as well, where there are any. */
async function listenOn(server: Server, host: string, port: number): Promise<void> {
  if (host === "0.0.0.0") {
    try {
      server.listen(port, "::");
      await once(server, "listening");
      return;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === "EADDRINUSE") throw error;
    }
  }
  server.listen(port, host);
  await once(server, "listening");
}

function send(
  request: IncomingMessage,
  response: ServerResponse,
  answer: MonitoringAnswer,
  body: Buffer,
): void {
  response.writeHead(answer.status, {
    "Access-Control-Allow-Origin": "*",
    "Content-Type": answer.contentType,
    "Content-Length": body.length,
    "X-Content-Type-Options": "nosniff",
  });
  response.end(request.method === "HEAD" ? undefined : body);
}
