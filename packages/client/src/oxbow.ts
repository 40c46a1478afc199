import type { StandardSchemaV1 } from "@standard-schema/spec";
import type { ClientSettings } from "./connection/connect-options.ts";
import { closedError, type Link } from "./connection/link.ts";
import { Requests } from "./connection/requests.ts";
import type { ConnectionStatus } from "./connection/status.ts";
import { MessageIds } from "./produce/message-ids.ts";
import { type Abandoned, StationProducer } from "./produce/station-producer.ts";
import { Routes } from "./stations/routes.ts";
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
  readonly #requests: Requests;
  readonly #routes: Routes;
  readonly #ids = new MessageIds();
  readonly #nowMs: () => number;
  readonly #producers = new Map<string, StationProducer>();
  readonly #abandoned: Abandoned[] = [];
  #closing: Promise<CloseReport> | undefined;

  /** @param nowMs - The time, in milliseconds since 1970. */
  constructor(
    link: Link,
    settings: ClientSettings,
    inboxPrefix: string | undefined,
    nowMs: () => number,
  ) {
    this.#link = link;
    this.#requests = new Requests(link, settings, inboxPrefix);
    this.#routes = new Routes(link, settings.requestTimeoutMs);
    this.#nowMs = nowMs;
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
    return new TypedStation(name, new ValueType(options), this.#producer(name));
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

  async #close(timeoutMs: number): Promise<CloseReport> {
    if (this.#link.isUp) await this.#requests.settled(timeoutMs);
    this.#link.end(closedError(undefined));
    await this.#link.nc.close();
    return { unacknowledged: this.#abandoned };
  }

  #producer(name: string): StationProducer {
    const existing = this.#producers.get(name);
    if (existing !== undefined) return existing;
    const producer = new StationProducer(
      {
        link: this.#link,
        requests: this.#requests,
        routes: this.#routes,
        ids: this.#ids,
        nowMs: this.#nowMs,
        onAbandoned: (message) => this.#abandoned.push(message),
      },
      name,
    );
    this.#producers.set(name, producer);
    return producer;
  }
}
