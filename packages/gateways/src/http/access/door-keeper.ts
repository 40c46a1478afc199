import type { NatsConnection } from "@nats-io/nats-core";
import type { Clock } from "@oxbow/base";
import type { FastifyRequest } from "fastify";
import type { Tracing } from "oxbow/internal";
import type { ClientAddress, Credentials } from "../../credentials.ts";
import { httpError } from "../errors.ts";
import type { HttpEngine } from "../http-engine.ts";
import type { HttpLimits } from "../limits.ts";
import { sessionSecretOf } from "./browser-cookie.ts";
import {
  checkLoopbackHost,
  checkOrigin,
  isOfBrowser,
  type RequestOrigin,
} from "./browser-guard.ts";
import type { Caller } from "./caller.ts";
import { Callers, isRefusal } from "./callers.ts";
import { credentialsOf } from "./credentials-of.ts";
import { LoginThrottle } from "./login-throttle.ts";
import { type BegunSession, Sessions } from "./sessions.ts";
import { whoIs } from "./who-is.ts";

/** Finds out who asks, and keeps out who may not. What somebody may do then, the engine decides. */
export class DoorKeeper {
  readonly sessions: Sessions;
  readonly #engine: HttpEngine;
  readonly #callers: Callers;
  readonly #throttle: LoginThrottle;
  /** The name of this machine that was asked last, where it has to be one of its own. */
  #ownHost: string | undefined = undefined;

  constructor(engine: HttpEngine, clock: Clock, limits: HttpLimits, tracing?: Tracing) {
    this.#engine = engine;
    this.#callers = new Callers(engine, clock, limits, tracing);
    this.#throttle = new LoginThrottle(clock, limits);
    this.sessions = new Sessions(clock, limits, tracing);
  }

  /**
   * To be asked before anything of a request is read.
   *
   * @throws OxbowError `ORIGIN_DENIED`, `HOST_DENIED`, `HTTP_REQUEST_INVALID`
   */
  guard(request: FastifyRequest): void {
    if (request.headers.host === undefined) {
      throw httpError(
        "HTTP_REQUEST_INVALID",
        "the request has no Host: write which server it is for",
      );
    }
    if (this.#engine.isOpen) {
      // A page may write what a proxy writes, but not the name that it has asked by itself.
      this.#checkHost(request.headers.host);
      this.#checkHost(request.host);
    }
    checkOrigin(originOf(request));
  }

  /**
   * Who asks: the user whose key or password is shown, or whose session the browser has; where no credentials are needed,
   * any program.
   *
   * @returns A promise only if that is not known yet.
   * @throws OxbowError `LOGIN_REQUIRED`, `LOGIN_FAILED`, `LOGIN_PAUSED`
   */
  identify(request: FastifyRequest): Caller | Promise<Caller> {
    const shown = credentialsOf(request.headers.authorization);
    const address = addressOf(request);
    if (shown !== undefined) {
      this.#throttle.check(address.address);
      const found = this.#callers.of(shown, address);
      if (found instanceof Promise) return this.#tried(address, () => found);
      this.#throttle.succeeded(address.address);
      return found;
    }
    const found = this.#sessionOf(request);
    if (found !== undefined) return found;
    if (this.#engine.isOpen && !isOfBrowser(originOf(request)))
      return this.#callers.of({}, address);
    const message = "log in, or say who you are: Authorization: Bearer <access key>";
    throw httpError("LOGIN_REQUIRED", message);
  }

  /**
   * A connection in the name of a user, for a session of its browser.
   *
   * @throws OxbowError `LOGIN_FAILED`, `LOGIN_PAUSED`
   */
  logIn(credentials: Credentials, request: FastifyRequest): Promise<NatsConnection> {
    return this.#tried(addressOf(request), () => this.logInAgain(credentials, request));
  }

  /**
   * The same for who has just shown that he is no guesser.
   *
   * @throws OxbowError `LOGIN_FAILED`
   */
  async logInAgain(credentials: Credentials, request: FastifyRequest): Promise<NatsConnection> {
    try {
      return await this.#engine.connectAs(await this.#asked(credentials), addressOf(request));
    } catch (error) {
      if (!isRefusal(error)) throw error;
      const message = "the user, or its password, is not right";
      throw httpError("LOGIN_FAILED", message, { cause: error });
    }
  }

  /** Begins a session of who has logged in, on a connection that belongs to it from here on. */
  async beginSession(connection: NatsConnection, request: FastifyRequest): Promise<BegunSession> {
    try {
      return this.sessions.begin(connection, {
        ...(await whoIs(connection)),
        address: request.ip ?? "",
        userAgent: (request.headers["user-agent"] ?? "").slice(0, 256),
      });
    } catch (error) {
      await connection.close();
      throw error;
    }
  }

  async close(): Promise<void> {
    await this.sessions.close();
    await this.#callers.close();
  }

  /** Mostly it is the same one again. */
  #checkHost(host: string): void {
    if (host === this.#ownHost) return;
    checkLoopbackHost(host);
    this.#ownHost = host;
  }

  #sessionOf(request: FastifyRequest): Caller | undefined {
    const secret = sessionSecretOf(request);
    return secret === undefined ? undefined : this.sessions.find(secret)?.caller;
  }

  /** An engine that asks nobody who he is would take anything: there, only the owner of the server logs in. */
  async #asked(credentials: Credentials): Promise<Credentials> {
    const { owner } = this.#engine;
    if (owner === undefined) return credentials;
    const { user, password } = credentials;
    if (user === owner.user && (await owner.isSame(password ?? ""))) return {};
    if (this.#engine.hasUsers) return credentials;
    const message =
      "the user, or its password, is not right: the server printed both when it was started for the first time, and keeps them in its data directory";
    throw httpError("LOGIN_FAILED", message);
  }

  async #tried<T>({ address }: ClientAddress, enter: () => Promise<T>): Promise<T> {
    this.#throttle.check(address);
    try {
      const entered = await enter();
      this.#throttle.succeeded(address);
      return entered;
    } catch (error) {
      if ((error as { code?: unknown }).code === "LOGIN_FAILED") this.#throttle.failed(address);
      throw error;
    }
  }
}

function originOf({ method, host, protocol, headers }: FastifyRequest): RequestOrigin {
  const textOf = (name: string): string | undefined => {
    const value = headers[name];
    return Array.isArray(value) ? value[0] : value;
  };
  return {
    method,
    host,
    protocol,
    origin: headers.origin,
    fetchSite: textOf("sec-fetch-site"),
    fetchMode: textOf("sec-fetch-mode"),
  };
}

/** As a proxy says that is believed, or of the connection itself. */
function addressOf({ ip, socket }: FastifyRequest): ClientAddress {
  const isForwarded = ip !== socket.remoteAddress;
  return { address: ip ?? "", port: isForwarded ? 0 : (socket.remotePort ?? 0) };
}
