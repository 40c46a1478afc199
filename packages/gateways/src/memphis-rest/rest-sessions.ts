import { randomBytes } from "node:crypto";
import type { NatsConnection } from "@nats-io/nats-core";
import type { Clock } from "@oxbow/base";
import { jwtVerify, SignJWT } from "jose";
import type { Oxbow } from "oxbow";
import { ControlClient } from "oxbow/control";
import { clientOver, type Tracing } from "oxbow/internal";
import { type RestLimits, restLimits } from "./limits.ts";

/** Somebody who has authenticated, with a connection to the engine in its name. */
export interface RestCaller {
  readonly connection: NatsConnection;
  readonly client: Oxbow;
  readonly control: ControlClient;
}

/** Minutes for which tokens are to be good. */
export interface Expiries {
  readonly tokenMinutes: number;
  readonly refreshMinutes: number;
}

/** Tokens as the gateway of Memphis answers them; times are in milliseconds. */
export interface Tokens {
  readonly jwt: string;
  readonly expires_in: number;
  readonly jwt_refresh_token: string;
  readonly refresh_token_expires_in: number;
}

type Use = "access" | "refresh";

interface Session {
  readonly caller: RestCaller;
  endsMs: number;
}

const minuteMs = 60_000;
const issuer = "oxbow memphis rest";

/**
 * Who has authenticated. Tokens are signed with a secret of this process, and name a session: they end with it, with the
 * server, and when the engine lets their user in no more.
 */
export class RestSessions {
  readonly #clock: Clock;
  readonly #limits: RestLimits;
  readonly #tracing: Tracing | undefined;
  readonly #secret: Uint8Array = randomBytes(32);
  /** Those that have asked longest ago first. */
  readonly #sessions: Map<string, Session> = new Map();

  /** @param tracing - Writes down what they do. */
  constructor(clock: Clock, limits: RestLimits = restLimits, tracing?: Tracing) {
    this.#tracing = tracing;
    this.#clock = clock;
    this.#limits = limits;
  }

  /** @param connection - In the name of the user; belongs to the session from here on. */
  async begin(connection: NatsConnection, expiries: Expiries): Promise<Tokens> {
    const tracing = this.#tracing;
    const client = clientOver(connection, "memphis", {
      name: "rest-gateway",
      ...(tracing !== undefined && { tracing }),
    });
    const caller = { connection, client, control: new ControlClient(connection, { tracing }) };
    const id = randomBytes(16).toString("base64url");
    const session: Session = { caller, endsMs: 0 };
    this.#makeRoom();
    this.#sessions.set(id, session);
    void connection.closed().then(() => this.#sessions.delete(id));
    return this.#tokensOf(id, session, expiries);
  }

  /** Other tokens for a refresh token; `undefined` if it is none, or not any more. */
  async refresh(token: string, expiries: Expiries): Promise<Tokens | undefined> {
    const id = await this.#idIn(token, "refresh");
    const session = id === undefined ? undefined : this.#sessions.get(id);
    if (id === undefined || session === undefined) return undefined;
    return this.#tokensOf(id, session, expiries);
  }

  /** Who shows a token; `undefined` if it is none, or not any more. */
  async find(token: string): Promise<RestCaller | undefined> {
    const id = await this.#idIn(token, "access");
    const session = id === undefined ? undefined : this.#sessions.get(id);
    if (id === undefined || session === undefined) return undefined;
    this.#sessions.delete(id);
    this.#sessions.set(id, session);
    return session.caller;
  }

  async close(): Promise<void> {
    const sessions = [...this.#sessions.values()];
    this.#sessions.clear();
    await Promise.all(sessions.map(({ caller }) => caller.connection.close()));
  }

  async #tokensOf(
    id: string,
    session: Session,
    { tokenMinutes, refreshMinutes }: Expiries,
  ): Promise<Tokens> {
    const longest = Math.max(tokenMinutes, refreshMinutes) * minuteMs;
    session.endsMs = Math.max(session.endsMs, this.#clock.nowMs() + longest);
    return {
      jwt: await this.#signed(id, "access", tokenMinutes),
      expires_in: tokenMinutes * minuteMs,
      jwt_refresh_token: await this.#signed(id, "refresh", refreshMinutes),
      refresh_token_expires_in: refreshMinutes * minuteMs,
    };
  }

  #signed(id: string, use: Use, minutes: number): Promise<string> {
    const seconds = Math.floor(this.#clock.nowMs() / 1_000);
    return new SignJWT({ use })
      .setProtectedHeader({ alg: "HS256" })
      .setIssuer(issuer)
      .setSubject(id)
      .setIssuedAt(seconds)
      .setExpirationTime(seconds + minutes * 60)
      .sign(this.#secret);
  }

  async #idIn(token: string, use: Use): Promise<string | undefined> {
    try {
      const currentDate = new Date(this.#clock.nowMs());
      const options = { algorithms: ["HS256"], issuer, currentDate };
      const { payload } = await jwtVerify(token, this.#secret, options);
      return payload["use"] === use ? payload.sub : undefined;
    } catch {
      // Not ours, not any more, or no token at all: it is all the same to whoever shows it.
      return undefined;
    }
  }

  /** Ends those that are over, and if need be the one that asked longest ago. */
  #makeRoom(): void {
    const nowMs = this.#clock.nowMs();
    for (const [id, session] of this.#sessions) {
      const isFull = this.#sessions.size >= this.#limits.sessionsMax;
      if (session.endsMs > nowMs && !isFull) continue;
      this.#sessions.delete(id);
      void session.caller.connection.close();
    }
  }
}
