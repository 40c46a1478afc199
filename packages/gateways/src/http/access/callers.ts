import { createHash } from "node:crypto";
import { errors } from "@nats-io/nats-core";
import { type Clock, causeOf, type Timer } from "@oxbow/base";
import type { Tracing } from "oxbow/internal";
import type { ClientAddress, Credentials } from "../../credentials.ts";
import { httpError } from "../errors.ts";
import type { HttpEngine } from "../http-engine.ts";
import type { HttpLimits } from "../limits.ts";
import { Caller } from "./caller.ts";

class Entry {
  readonly opening: Promise<Caller>;
  lastUsedMs = 0;
  /** Once it is there. */
  caller: Caller | undefined = undefined;

  constructor(opening: Promise<Caller>) {
    this.opening = opening;
  }
}

/**
 * The connections over which requests are carried out: one for each user and address, in the user's name, so that the
 * engine's authorizer decides at this door as at any other, and the records of changes say who and from where. One that
 * nobody has used for a while is closed; one that the engine closes, such as that of a user who was taken out, is gone at
 * once, and credentials are asked about again.
 */
export class Callers {
  readonly #engine: HttpEngine;
  readonly #clock: Clock;
  readonly #limits: HttpLimits;
  readonly #tracing: Tracing | undefined;
  /** By a digest of the credentials and the address, least recently used first. */
  readonly #entries: Map<string, Entry> = new Map();
  #sweep: Timer | undefined = undefined;
  #isClosed = false;

  constructor(engine: HttpEngine, clock: Clock, limits: HttpLimits, tracing?: Tracing) {
    this.#tracing = tracing;
    this.#engine = engine;
    this.#clock = clock;
    this.#limits = limits;
  }

  /** Connections there are, those that are being made included. */
  get size(): number {
    return this.#entries.size;
  }

  /**
   * Who comes with these credentials.
   *
   * @returns A promise unless there is a connection already; it rejects with OxbowError `LOGIN_FAILED`, and what the
   * engine throws that can't be reached.
   */
  of(credentials: Credentials, address: ClientAddress): Caller | Promise<Caller> {
    const key = digestOf(credentials, address.address);
    const found = this.#entries.get(key);
    const entry = found ?? new Entry(this.#open(credentials, address));
    entry.lastUsedMs = this.#clock.monotonicMs();
    this.#entries.delete(key);
    this.#entries.set(key, entry);
    if (found === undefined) {
      void this.#forgetWhenOver(key, entry);
      this.#makeRoom();
    }
    return entry.caller ?? entry.opening;
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    this.#sweep?.cancel();
    const entries = [...this.#entries.values()];
    this.#entries.clear();
    await Promise.all(entries.map(closed));
  }

  async #open(credentials: Credentials, address: ClientAddress): Promise<Caller> {
    try {
      const connection = await this.#engine.connectAs(credentials, address);
      if (this.#isClosed) await connection.close();
      return new Caller(connection, digestOf(credentials, ""), this.#tracing);
    } catch (error) {
      if (isRefusal(error)) {
        const message = "the user, its password or its access key is not right, or not any more";
        throw httpError("LOGIN_FAILED", message, { cause: error });
      }
      throw error;
    }
  }

  /** The next one who comes with the same credentials is asked about anew. */
  async #forgetWhenOver(key: string, entry: Entry): Promise<void> {
    const caller = await entry.opening.catch(() => undefined);
    entry.caller = caller;
    await caller?.connection.closed();
    if (this.#entries.get(key) === entry) this.#entries.delete(key);
  }

  /** Lets those go that nobody has used for longest, and looks after the others later. */
  #makeRoom(): void {
    const { callersMax, callerIdleMs } = this.#limits;
    for (const key of this.#entries.keys()) {
      if (this.#entries.size <= callersMax) break;
      this.#drop(key);
    }
    this.#sweep ??= this.#clock.setTimer(callerIdleMs, () => this.#sweepOut());
  }

  #sweepOut(): void {
    const { callerIdleMs } = this.#limits;
    const before = this.#clock.monotonicMs() - callerIdleMs;
    for (const [key, { lastUsedMs, caller }] of this.#entries) {
      if (lastUsedMs <= before && caller?.isBusy !== true) this.#drop(key);
    }
    const isOver = this.#entries.size === 0 || this.#isClosed;
    this.#sweep = isOver ? undefined : this.#clock.setTimer(callerIdleMs, () => this.#sweepOut());
  }

  #drop(key: string): void {
    const entry = this.#entries.get(key);
    this.#entries.delete(key);
    if (entry !== undefined) void closed(entry);
  }
}

/** What it is doing is ended first. */
async function closed({ opening }: Entry): Promise<void> {
  const caller = await opening.catch(() => undefined);
  await caller?.connection.drain().catch(() => undefined);
}

/** Secrets are not kept: a digest of them is as good to find a connection by. */
function digestOf({ user, password, token }: Credentials, address: string): string {
  // Nothing is shown where nobody has to say who he is.
  if (user === undefined && password === undefined && token === undefined) return address;
  const text = JSON.stringify([user ?? null, password ?? null, token ?? null, address]);
  return createHash("sha256").update(text).digest("base64");
}

/** Whether the engine says that it does not let somebody in. */
export function isRefusal(error: unknown): boolean {
  return causeOf(error, errors.AuthorizationError) !== undefined && !isUndecided(error);
}

/**
 * Whether the engine had no time to find out who it is, such as where many passwords wait to be compared: nothing is known of
 * the credentials then. The client of NATS takes it for a refusal.
 */
export function isUndecided(error: unknown): boolean {
  const refusal = causeOf(error, errors.AuthorizationError);
  return refusal !== undefined && /authentication timeout/i.test(refusal.message);
}
