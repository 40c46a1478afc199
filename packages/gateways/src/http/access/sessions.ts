import { createHash, randomBytes } from "node:crypto";
import type { NatsConnection } from "@nats-io/nats-core";
import type { Clock } from "@oxbow/base";
import type { Tracing } from "oxbow/internal";
import type { SessionInfo, SessionOrigin } from "../contract/index.ts";
import type { HttpLimits } from "../limits.ts";
import { Caller } from "./caller.ts";

/** A session that has just begun. */
export interface BegunSession {
  /** What the browser is to show, which is kept nowhere. */
  readonly secret: string;
  readonly session: SessionInfo;
}

interface Session {
  readonly info: Omit<SessionInfo, "lastSeenAt">;
  readonly caller: Caller;
  readonly endsMs: number;
  seenMs: number;
  lastSeenAt: string;
}

/**
 * Sessions of browsers. Each has a connection to the engine in the name of its user for as long as it lasts: it ends when
 * the engine ends that one, such as when the user is taken out or gets another password, and with the server.
 */
export class Sessions {
  readonly #clock: Clock;
  readonly #limits: HttpLimits;
  readonly #tracing: Tracing | undefined;
  /** By a digest of the secret that the browser has; those who were seen longest ago first. */
  readonly #sessions: Map<string, Session> = new Map();

  constructor(clock: Clock, limits: HttpLimits, tracing?: Tracing) {
    this.#tracing = tracing;
    this.#clock = clock;
    this.#limits = limits;
  }

  /**
   * Begins a session.
   *
   * @param connection - In the name of the user; belongs to the session from here on.
   */
  begin(connection: NatsConnection, origin: SessionOrigin): BegunSession {
    this.#sweep();
    this.#makeRoom(origin);
    const secret = randomBytes(32).toString("base64url");
    const [nowMs, seenMs] = [this.#clock.nowMs(), this.#clock.monotonicMs()];
    const createdAt = new Date(nowMs).toISOString();
    const expiresAt = new Date(nowMs + this.#limits.sessionMs).toISOString();
    const session: Session = {
      info: { ...origin, id: randomBytes(8).toString("hex"), createdAt, expiresAt },
      caller: new Caller(
        connection,
        JSON.stringify(["session", origin.account, origin.user]),
        this.#tracing,
      ),
      endsMs: seenMs + this.#limits.sessionMs,
      seenMs,
      lastSeenAt: createdAt,
    };
    const key = digestOf(secret);
    this.#sessions.set(key, session);
    void connection.closed().then(() => this.#sessions.delete(key));
    return { secret, session: infoOf(session) };
  }

  /** The session whose secret this is, which was seen now; `undefined` if there is none, or none any more. */
  find(secret: string): { readonly caller: Caller; readonly session: SessionInfo } | undefined {
    const key = digestOf(secret);
    const session = this.#sessions.get(key);
    if (session === undefined) return undefined;
    if (this.#isOver(session)) {
      this.#end(key, session);
      return undefined;
    }
    session.seenMs = this.#clock.monotonicMs();
    session.lastSeenAt = new Date(this.#clock.nowMs()).toISOString();
    this.#sessions.delete(key);
    this.#sessions.set(key, session);
    return { caller: session.caller, session: infoOf(session) };
  }

  /** Those of a user, the one seen last first. */
  of({ user, account }: Pick<SessionOrigin, "user" | "account">): SessionInfo[] {
    this.#sweep();
    return [...this.#sessions.values()]
      .filter(({ info }) => info.user === user && info.account === account)
      .map(infoOf)
      .reverse();
  }

  /** Ends one of a user. Returns whether there was any. */
  end({ user, account }: Pick<SessionOrigin, "user" | "account">, id: string): boolean {
    for (const [key, session] of this.#sessions) {
      const { info } = session;
      if (info.id !== id || info.user !== user || info.account !== account) continue;
      this.#end(key, session);
      return true;
    }
    return false;
  }

  async close(): Promise<void> {
    const sessions = [...this.#sessions.values()];
    this.#sessions.clear();
    await Promise.all(sessions.map(({ caller }) => caller.connection.close()));
  }

  /** Those that are over. */
  #sweep(): void {
    for (const [key, session] of this.#sessions) {
      if (this.#isOver(session)) this.#end(key, session);
    }
  }

  /** Ends those that were seen longest ago, of the user first. */
  #makeRoom(origin: SessionOrigin): void {
    const { sessionsMax, userSessionsMax } = this.#limits;
    const own = this.of(origin);
    for (const { id } of own.slice(userSessionsMax - 1)) this.end(origin, id);
    for (const [key, session] of this.#sessions) {
      if (this.#sessions.size < sessionsMax) break;
      this.#end(key, session);
    }
  }

  #isOver({ endsMs, seenMs }: Session): boolean {
    const nowMs = this.#clock.monotonicMs();
    return nowMs >= endsMs || nowMs - seenMs >= this.#limits.sessionIdleMs;
  }

  #end(key: string, { caller }: Session): void {
    this.#sessions.delete(key);
    void caller.connection.close();
  }
}

function infoOf({ info, lastSeenAt }: Session): SessionInfo {
  return { ...info, lastSeenAt };
}

/** It can't be guessed, so that a digest that takes no time is as good as a slow one. */
function digestOf(secret: string): string {
  return createHash("sha256").update(secret).digest("base64");
}
