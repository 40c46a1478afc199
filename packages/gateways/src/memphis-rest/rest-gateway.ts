import type { Socket } from "node:net";
import type { NatsConnection } from "@nats-io/nats-core";
import type { Clock, Logger, OxbowError } from "@oxbow/base";
import fastify, { type FastifyError, type FastifyInstance } from "fastify";
import type { Tracing } from "oxbow/internal";
import type { ClientAddress, Credentials } from "../credentials.ts";
import { checkLoopbackHost, checkOrigin } from "../http/access/browser-guard.ts";
import { LoginThrottle } from "../http/access/login-throttle.ts";
import { httpLimits } from "../http/limits.ts";
import { explained } from "../http/problems/explained.ts";
import { statusOf } from "../http/problems/problem.ts";
import { traceRequests } from "../http/tracing/trace-requests.ts";
import { registerAuth } from "./auth-routes.ts";
import { registerConsume } from "./consume-route.ts";
import { restLimits } from "./limits.ts";
import { registerProduce } from "./produce-routes.ts";
import { RestSessions } from "./rest-sessions.ts";
import { TakenConnections } from "./taken-connections.ts";

/** How often it is looked whether a request takes too long to come. */
const timesCheckedEveryMs = 2_000;

/** The server behind the gateway. */
export interface MemphisRestEngine {
  /** Whether who shows no credentials may come in. */
  readonly isOpen: boolean;
  /** @throws nats-core's `AuthorizationError` for credentials that are not right */
  connectAs(credentials: Credentials, client: ClientAddress): Promise<NatsConnection>;
}

/** The world of the gateway, as far as it reaches. */
interface MemphisRestServices {
  readonly clock: Clock;
  readonly logger: Logger;
  readonly engine: MemphisRestEngine;
  /** Writes down what is asked for as spans; by default nothing. */
  readonly tracing?: Tracing;
}

/**
 * The REST gateway of Memphis, with its paths, bodies and answers, but that a message which is said to be produced is
 * stored. It listens nowhere by itself: whoever does hands over the connections.
 */
export class MemphisRestGateway {
  readonly #app: FastifyInstance;
  readonly #connections: TakenConnections;

  private constructor(app: FastifyInstance) {
    this.#app = app;
    this.#connections = new TakenConnections(app.server, restLimits.connectionsMax);
  }

  static async open({
    clock,
    logger,
    engine,
    tracing,
  }: MemphisRestServices): Promise<MemphisRestGateway> {
    const app = newApp();
    if (tracing !== undefined) traceRequests(app, tracing);
    const sessions = new RestSessions(clock, restLimits, tracing);
    answerFailures(app, logger);
    app.addHook("onRequest", async (request) => {
      const { method, host, protocol, headers } = request;
      if (engine.isOpen) checkLoopbackHost(host);
      const textOf = (name: string): string | undefined => [headers[name]].flat()[0];
      checkOrigin({
        ...{ method, host, protocol, origin: headers.origin },
        fetchSite: textOf("sec-fetch-site"),
        fetchMode: textOf("sec-fetch-mode"),
      });
    });
    app.addHook("onClose", () => sessions.close());
    app.get("/monitoring/status", async () => "ok");
    registerAuth(app, engine, sessions, new LoginThrottle(clock, httpLimits));
    await app.register(async (bodies) => registerProduce(bodies, sessions));
    registerConsume(app, sessions);
    await app.ready();
    return new MemphisRestGateway(app);
  }

  /** Takes in somebody who has just connected. */
  accept(socket: Socket): void {
    this.#connections.take(socket);
  }

  /** Answers what is under way, and ends. */
  close(): Promise<void> {
    return this.#connections.close(async () => this.#app.close());
  }
}

function newApp(): FastifyInstance {
  const { headerBytesMax, headersTimeoutMs, requestTimeoutMs, keepAliveTimeoutMs } = httpLimits;
  return fastify({
    logger: false,
    bodyLimit: httpLimits.bodyBytesMax,
    requestTimeout: requestTimeoutMs,
    keepAliveTimeout: keepAliveTimeoutMs,
    forceCloseConnections: "idle",
    routerOptions: { maxParamLength: 512, ignoreTrailingSlash: true },
    http: {
      maxHeaderSize: headerBytesMax,
      headersTimeout: headersTimeoutMs,
      connectionsCheckingInterval: timesCheckedEveryMs,
    },
  });
}

/** In the shapes that clients of Memphis read. */
function answerFailures(app: FastifyInstance, logger: Logger): void {
  app.setErrorHandler((thrown: FastifyError | OxbowError, _request, reply) => {
    const { error } = explained(thrown);
    if (error.kind === "internal") logger.error({ error: thrown.stack }, "a REST request failed");
    const status = statusOf(error);
    if (status === 401) return reply.code(401).send({ message: "Unauthorized" });
    // The gateway of Memphis knows 400 for what a schema refuses, and 500 for what can't be done.
    const code = status === 422 || status === 404 ? 400 : status;
    return reply.code(code).send({ success: false, error: error.message });
  });
  app.setNotFoundHandler((_request, reply) =>
    reply.code(404).send({ message: "there is nothing at this path" }),
  );
}
