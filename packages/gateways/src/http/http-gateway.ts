import type { Server } from "node:http";
import type { Socket } from "node:net";
import cookie from "@fastify/cookie";
import type { Clock, Logger } from "@oxbow/base";
import fastify, { type FastifyInstance, type FastifyRequest } from "fastify";
import { validatorCompiler } from "fastify-type-provider-zod";
import type { Tracing } from "oxbow/internal";
import { isLoopbackName } from "./access/browser-guard.ts";
import { ConnectionWatch } from "./access/connection-watch.ts";
import { DoorKeeper } from "./access/door-keeper.ts";
import { protect } from "./access/protect.ts";
import { refuseUpgrade } from "./access/refuse-upgrade.ts";
import { identifyCallers } from "./access/request-caller.ts";
import { registerEndpoints } from "./api/endpoints-route.ts";
import { checkJsonDepth } from "./api/json-depth.ts";
import { registerOpenApi } from "./api/open-api.ts";
import { changesOwnPassword } from "./api/own-password.ts";
import { registerApi } from "./api/register-api.ts";
import { registerSessions } from "./api/session-routes.ts";
import { registerConsole, type SendPage } from "./console/register-console.ts";
import type { HttpEngine } from "./http-engine.ts";
import { registerIdempotency } from "./idempotency/register-idempotency.ts";
import { IngestTenants } from "./ingest/ingest-tenants.ts";
import { registerIngest } from "./ingest/register-ingest.ts";
import { type HttpLimits, httpLimits } from "./limits.ts";
import { registerMessages } from "./messages/register-messages.ts";
import { registerHealth } from "./observe/health-routes.ts";
import { registerMetrics } from "./observe/metrics-route.ts";
import type { ServerFacts } from "./observe/server-facts.ts";
import { answerNonsense, answerProblems, answerUnreadable } from "./problems/answer-problems.ts";
import { registerStorage } from "./register-storage.ts";
import { registerSystem } from "./system/register-system.ts";
import type { SystemPort } from "./system/system-port.ts";
import { traceRequests } from "./tracing/trace-requests.ts";

/** The world of the gateway, as far as it reaches. */
export interface HttpServices {
  readonly clock: Clock;
  readonly logger: Logger;
  readonly engine: HttpEngine;
  /** Version of the program, for documents. */
  readonly version: string;
  /** Where the console was built; without it, there is none. */
  readonly consoleDirectory?: string;
  /** Addresses and networks of proxies that are believed what they say of whom they ask for; none by default. */
  readonly trustedProxies?: readonly string[];
  /** The process itself, where it can be seen. */
  readonly system?: SystemPort;
  readonly limits?: Partial<HttpLimits>;
  /** Writes down what is asked for as spans; by default nothing. */
  readonly tracing?: Tracing;
  /** What the server of this process tells about itself; without it, only what any server tells. */
  readonly facts?: ServerFacts;
}

/**
 * The door for HTTP: the API for programs. It listens nowhere by itself: whoever does hands over the connections. All that
 * is asked for is asked of the engine in the name of who asks, so that the engine decides what that may do.
 */
export class HttpGateway implements AsyncDisposable {
  readonly #app: FastifyInstance;
  readonly #keeper: DoorKeeper;
  readonly #connections: ConnectionWatch;

  private constructor(app: FastifyInstance, keeper: DoorKeeper, connections: ConnectionWatch) {
    this.#app = app;
    this.#keeper = keeper;
    this.#connections = connections;
  }

  static async open(services: HttpServices): Promise<HttpGateway> {
    const { clock, engine, version, tracing } = services;
    const limits = { ...httpLimits, ...services.limits };
    const keeper = new DoorKeeper(engine, clock, limits, tracing);
    const app = newApp(limits, services.trustedProxies ?? []);
    const connections = new ConnectionWatch(app.server, clock, limits);
    if (tracing !== undefined) traceRequests(app, tracing);
    const page = await consolePage(app, services);
    answerProblems(app, services, page);
    // Hooks without promises: each would cost every request a turn of the queue of promises.
    app.addHook("onRequest", (request, reply, done) => {
      refuseUpgrade(request, reply);
      if (request.routeOptions.config.isIngest !== true) keeper.guard(request);
      done();
    });
    app.addHook("onSend", (request, reply, _payload, done) => {
      if (isFarAndEncrypted(request)) reply.header("Strict-Transport-Security", hsts);
      protect(reply);
      done();
    });
    // Cookies are read by who wants one.
    await app.register(cookie, { hook: false });
    await registerOpenApi(app, version, page);
    registerSessions(app, keeper, limits.sessionMs);
    registerHealth(app, services.facts);
    await app.register(async (api) => {
      identifyCallers(api, keeper);
      api.addHook("onRequest", async ({ routeOptions, raw }) => {
        if (routeOptions.config.isUpload === true) connections.expectUpload(raw);
      });
      registerIdempotency(api, clock);
      const changePassword = changesOwnPassword(keeper, clock, limits);
      registerApi(api, { "user.changePassword": changePassword });
      registerStorage(api, clock);
      registerEndpoints(api);
      registerMessages(api, clock);
      registerMetrics(api, version, services.facts);
      const { system } = services;
      if (system !== undefined) {
        await api.register(async (part) => registerSystem(part, system, clock));
      }
    });
    if (engine.connectTo !== undefined) {
      const tenants = new IngestTenants((tenant) => engine.connectTo?.(tenant) ?? nobody, tracing);
      app.addHook("onClose", () => tenants.close());
      await app.register(async (webhooks) => registerIngest(webhooks, tenants, clock));
    }
    await app.ready();
    return new HttpGateway(app, keeper, connections);
  }

  /** Takes in somebody who has just connected. */
  accept(socket: Socket): void {
    if (this.#connections.take(socket)) this.#server.emit("connection", socket);
    else socket.destroy();
  }

  /** Answers what is under way, and ends. May be called twice. */
  async close(): Promise<void> {
    this.#connections.close();
    this.#server.closeIdleConnections();
    await this.#app.close();
    this.#server.closeAllConnections();
    await this.#keeper.close();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  get #server(): Server {
    return this.#app.server;
  }
}

const nobody = Promise.resolve(undefined);

/** Serves the console, where it was built. */
async function consolePage(
  app: FastifyInstance,
  { consoleDirectory, logger }: HttpServices,
): Promise<SendPage | undefined> {
  if (consoleDirectory === undefined) return undefined;
  try {
    return await registerConsole(app, consoleDirectory);
  } catch (error) {
    const { message } = error as Error;
    logger.warn({ error: message }, "the console is not built: write npm run build");
    return undefined;
  }
}

/** For a year, browsers do not ask this name without encryption. */
const hsts = "max-age=31536000";

/** On this machine, other programs are asked under the same name, which may have no encryption. */
function isFarAndEncrypted({ protocol, host }: FastifyRequest): boolean {
  return protocol === "https" && !isLoopbackName(host);
}

function newApp(limits: HttpLimits, trustedProxies: readonly string[]): FastifyInstance {
  const app = fastify({
    logger: false,
    bodyLimit: limits.bodyBytesMax,
    trustProxy: trustedProxies.length > 0 && [...trustedProxies],
    requestTimeout: limits.requestTimeoutMs,
    keepAliveTimeout: limits.keepAliveTimeoutMs,
    forceCloseConnections: "idle",
    frameworkErrors: answerUnreadable,
    clientErrorHandler: answerNonsense,
    routerOptions: { maxParamLength: 512, ignoreTrailingSlash: true },
    http: {
      maxHeaderSize: limits.headerBytesMax,
      headersTimeout: limits.headersTimeoutMs,
      // A request without one is refused by the keeper of the door, with a problem.
      requireHostHeader: false,
    },
  });
  const parse = app.getDefaultJsonParser("error", "error");
  app.removeAllContentTypeParsers();
  app.addContentTypeParser("application/json", { parseAs: "string" }, (request, body, done) => {
    if (body === "") {
      done(null, undefined);
      return;
    }
    try {
      checkJsonDepth(body as string);
    } catch (error) {
      done(error as Error);
      return;
    }
    void parse(request, body as string, done);
  });
  app.setValidatorCompiler((part) => validatorCompiler(part as never));
  app.setSerializerCompiler(() => (answer) => JSON.stringify(answer));
  return app;
}
