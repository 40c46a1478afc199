import type { StandardSchemaV1 } from "@standard-schema/spec";
import { type Admin, adminOf } from "./admin.ts";
import { AnswerTap } from "./connection/answer-tap.ts";
import { BulkRequests } from "./connection/bulk-requests.ts";
import type { ClientSettings } from "./connection/connect-options.ts";
import { closedError, type Link } from "./connection/link.ts";
import { Requests } from "./connection/requests.ts";
import type { ConnectionStatus } from "./connection/status.ts";
import type { ConsumeOptions, HandleOptions } from "./consume/consume-options.ts";
import { type ConsumerServices, Consumption } from "./consume/consumption.ts";
import { GroupFinder } from "./consume/group-finder.ts";
import { type Handler, HandlerRun } from "./consume/handler-run.ts";
import type { Message } from "./consume/message.ts";
import { ControlClient } from "./control/control-client.ts";
import { Herald } from "./presence/herald.ts";
import type { BatchOptions } from "./produce/batch-messages.ts";
import type { BatchOutcome } from "./produce/batch-outcome.ts";
import { MessageIds } from "./produce/message-ids.ts";
import type { Payloads } from "./produce/payloads.ts";
import type { Abandoned } from "./produce/producer-services.ts";
import { StationProducer } from "./produce/station-producer.ts";
import { Routes } from "./stations/routes.ts";
import type { TraceContext } from "./tracing/tracing.ts";
import { TypedStation } from "./typed-station.ts";
import type { Codec, NamedCodecs } from "./values/codec.ts";
import { type ValueOptions, ValueType } from "./values/value-type.ts";

/** What was left when a client closed. */
export interface CloseReport {
  /** Messages without an acknowledgement: each may be stored or not. Whoever produced it got `CONNECTION_CLOSED`. */
  readonly unacknowledged: readonly Abandoned[];
}

/** How a client closes. */
export interface CloseOptions {
  /** How long what was produced may take to be acknowledged, in milliseconds. Default 5,000; without a connection 0. */
  readonly timeoutMs?: number;
}

/** A client: one connection, shared by all it is used for. Made by `connect`. */
export class Oxbow implements AsyncDisposable {
  readonly #link: Link;
  readonly #settings: ClientSettings;
  readonly #requests: Requests;
  readonly #tap: AnswerTap;
  readonly #routes: Routes;
  readonly #ids = new MessageIds();
  readonly #herald: Herald;
  readonly #nowMs: () => number;
  readonly #consumers: ConsumerServices;
  readonly #producers = new Map<string, StationProducer>();
  readonly #abandoned: Abandoned[] = [];
  #bulks: BulkRequests | undefined;
  #admin: Admin | undefined;
  #control: ControlClient | undefined;
  #closing: Promise<CloseReport> | undefined;

  /** @param nowMs - The time, in milliseconds since 1970. */
  constructor(link: Link, settings: ClientSettings, nowMs: () => number) {
    this.#link = link;
    this.#settings = settings;
    this.#tap = new AnswerTap(link);
    this.#requests = new Requests(link, settings, this.#tap);
    this.#routes = new Routes(link, settings.requestTimeoutMs);
    this.#herald = new Herald(link, settings.presenceName, !settings.isAnnounced);
    this.#consumers = {
      link,
      requests: this.#requests,
      routes: this.#routes,
      groups: new GroupFinder(link, this.#routes),
      herald: this.#herald,
      tracing: settings.tracing,
      passesOn: settings.door !== "sdk" && settings.door !== "cli",
      consumptions: new Set(),
      handlers: new Set(),
    };
    this.#nowMs = nowMs;
  }

  /** The control API of the platform: stations, groups, schemas and whatever else it keeps. */
  get admin(): Admin {
    this.#admin ??= adminOf(this.#link.nc, this.#settings.tracing);
    return this.#admin;
  }

  /** Whether there is a connection now. */
  get isConnected(): boolean {
    return this.#link.isUp;
  }

  /** The server that the connection leads to, as `host:port`. */
  get server(): string {
    return this.#link.nc.getServer();
  }

  /** Messages that were produced and are not acknowledged. */
  get unacknowledged(): number {
    return this.#requests.count;
  }

  /** What happens to the connection from now on; ends when the client is closed. */
  status(): AsyncIterableIterator<ConnectionStatus> {
    return this.#link.board.iterate();
  }

  /** The same by callback. @returns What ends it. */
  onStatus(callback: (status: ConnectionStatus) => void): () => void {
    return this.#link.board.on(callback);
  }

  /**
   * A station with the type of its values, held to a schema: any Standard Schema (zod, valibot, arktype …). Nothing is asked
   * of the server, and nothing is created.
   *
   * @throws OxbowError `OPTIONS_INVALID`
   */
  station<Schema extends StandardSchemaV1>(
    name: string,
    options: {
      readonly schema: Schema;
      readonly codec?: "json" | Codec<StandardSchemaV1.InferInput<Schema>>;
    },
  ): TypedStation<StandardSchemaV1.InferInput<Schema>, StandardSchemaV1.InferOutput<Schema>>;
  /** A station of text or bytes. */
  station<Name extends "text" | "bytes">(
    name: string,
    options: { readonly codec: Name },
  ): TypedStation<NamedCodecs[Name], NamedCodecs[Name]>;
  /** A station whose values are as your codec has them. */
  station<Value>(
    name: string,
    options: { readonly codec: Codec<Value> },
  ): TypedStation<Value, Value>;
  /** A station of JSON. What you say its values are is taken on trust. */
  station<Value = unknown>(
    name: string,
    options?: { readonly codec?: "json" },
  ): TypedStation<Value, Value>;
  station(name: string, options: ValueOptions = {}): TypedStation<unknown, unknown> {
    const control = (): ControlClient => {
      this.#control ??= new ControlClient(this.#link.nc, { tracing: this.#settings.tracing });
      return this.#control;
    };
    const named = (as: string): StationProducer => this.#newProducer(name, as);
    const producers = { unnamed: this.#producer(name), named };
    return new TypedStation(name, new ValueType(options), producers, this.#consumers, control);
  }

  /**
   * Consumes several stations at a time as a member of one group: stations by name, and by patterns such as `payments.*` and
   * `prod.>`, which also stand for stations that come later. What the values are is said for all of them.
   *
   * @throws OxbowError as the `consume` of a station
   */
  consume<Schema extends StandardSchemaV1>(
    stations: string | readonly string[],
    options: ConsumeOptions & { readonly schema: Schema },
  ): Consumption<StandardSchemaV1.InferOutput<Schema>>;
  consume<Name extends "text" | "bytes">(
    stations: string | readonly string[],
    options: ConsumeOptions & { readonly codec: Name },
  ): Consumption<NamedCodecs[Name]>;
  consume<Value = unknown>(
    stations: string | readonly string[],
    options: ConsumeOptions & { readonly codec?: "json" | Codec<Value> },
  ): Consumption<Value>;
  consume<Value = unknown>(
    stations: string | readonly string[],
    options: HandleOptions<Message<Value>> & { readonly codec?: "json" | Codec<Value> },
    handler: Handler<Value>,
  ): HandlerRun<Value>;
  consume(
    stations: string | readonly string[],
    options: HandleOptions<Message<unknown>> & ValueOptions,
    handler?: Handler<unknown>,
  ): Consumption<unknown> | HandlerRun<unknown> {
    const names = typeof stations === "string" ? [stations] : stations;
    const consumption = new Consumption(this.#consumers, new ValueType(options), names, options);
    return handler === undefined
      ? consumption
      : new HandlerRun(consumption, handler, options, this.#consumers.handlers);
  }

  /**
   * Stops what consumes, waits until the functions that handle messages have finished (not from within one, then), and closes as
   * {@link close} does.
   */
  async drain(options: CloseOptions = {}): Promise<CloseReport> {
    await this.#stopConsuming();
    const handlers = [...this.#consumers.handlers];
    await Promise.allSettled(handlers.map(({ done }) => done));
    return this.close(options);
  }

  /**
   * Waits until what was produced is acknowledged, for a while, and closes the connection. What has no acknowledgement then is
   * reported. May be called again: it reports the same.
   */
  close({ timeoutMs = 5_000 }: CloseOptions = {}): Promise<CloseReport> {
    this.#closing ??= this.#close(timeoutMs);
    return this.#closing;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  /**
   * Puts messages into a station at once, for the doors of Oxbow: less work than as many calls of `produce`.
   *
   * @param trace - What messages go on in that name no trace themselves.
   * @internal
   */
  produceBatch(
    station: string,
    payloads: Payloads,
    options?: BatchOptions,
    trace?: TraceContext,
  ): Promise<BatchOutcome> {
    return this.#producer(station).produceBatch(payloads, options, trace);
  }

  async #close(timeoutMs: number): Promise<CloseReport> {
    await this.#stopConsuming();
    if (this.#link.isUp) await this.#requests.settled(timeoutMs);
    await this.#herald.close();
    this.#link.end(closedError(undefined));
    await this.#link.nc.close();
    // Whoever waited for something else, such as a connection, has heard of it by then.
    await new Promise((resolve) => setImmediate(resolve));
    return { unacknowledged: this.#abandoned };
  }

  async #stopConsuming(): Promise<void> {
    const all = [...this.#consumers.consumptions];
    await Promise.all(all.map((each) => each.stop()));
  }

  #producer(name: string): StationProducer {
    const existing = this.#producers.get(name);
    if (existing !== undefined) return existing;
    const producer = this.#newProducer(name);
    this.#producers.set(name, producer);
    return producer;
  }

  #newProducer(name: string, as?: string): StationProducer {
    return new StationProducer(
      {
        link: this.#link,
        requests: this.#requests,
        bulks: () => {
          this.#bulks ??= new BulkRequests(this.#link, this.#tap);
          return this.#bulks;
        },
        routes: this.#routes,
        ids: this.#ids,
        herald: this.#herald,
        door: this.#settings.door,
        tracing: this.#settings.tracing,
        nowMs: this.#nowMs,
        waitingMax: this.#settings.bufferMessagesMax,
        onAbandoned: (message) => this.#abandoned.push(message),
      },
      name,
      as,
    );
  }
}
