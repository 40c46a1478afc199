import type { NatsConnection, Subscription } from "@nats-io/nats-core";
import type { Logger } from "@oxbow/base";
import { apiVersion, type OperationName, operationNames, subjectPattern } from "oxbow/control";
import type { Tracing } from "oxbow/internal";
import { LineageRecords } from "../lineage/lineage-records.ts";
import { Presence, type PresenceOptions } from "../presence/presence.ts";
import { type AccountPlace, AccountRoom } from "./account-room.ts";
import { auditHandlers } from "./audit-handlers.ts";
import { describeCaller } from "./caller.ts";
import { deadLetterHandlers } from "./dead-letter-handlers.ts";
import { Discovery, serviceQueue } from "./discovery.ts";
import { Endpoint, type EndpointServices, type PlatformChange } from "./endpoint.ts";
import { groupHandlers } from "./group-handlers.ts";
import type { Handlers } from "./handler.ts";
import { historyHandlers } from "./history-handlers.ts";
import { ingestHandlers } from "./ingest-handlers.ts";
import { journeyHandlers } from "./journey-handlers.ts";
import { serviceLimits } from "./limits.ts";
import { lineageHandlers } from "./lineage-handlers.ts";
import { metricsHandlers } from "./metrics-handlers.ts";
import { notificationHandlers } from "./notification-handlers.ts";
import { platformTotals } from "./platform-totals.ts";
import { presenceHandlers } from "./presence-handlers.ts";
import { type PastPlace, Rooms } from "./rooms.ts";
import { attachmentHandlers, schemaHandlers } from "./schema-handlers.ts";
import { stationHandlers } from "./station-handlers.ts";
import { tenantHandlers } from "./tenant-handlers.ts";
import { Turnstile } from "./turnstile.ts";
import { userHandlers } from "./user-handlers.ts";

/** How a service runs. */
export interface PlatformServiceOptions {
  /** What it says its version is, as of semantic versioning. */
  readonly version: string;
  /** Told of what should not happen. */
  readonly logger?: Logger;
  /** How long a request may take; 30 s by default. */
  readonly timeoutMs?: number;
  /**
   * Whether the server writes `Nats-Request-Info` into all requests, as Oxbow's does, so that it can be believed. By default
   * not: then nobody knows who has asked for what.
   */
  readonly isAskerKnown?: boolean;
  /** Where tenants and users are kept, on a server that does as they say; by default they are refused. */
  readonly accounts?: AccountPlace;
  /** Addresses and networks that are not public, and that notifications may go to all the same: `10.1.0.0/16`. */
  readonly notifyAllowed?: readonly string[];
  /** How producers and consumers are watched. */
  readonly presence?: Pick<PresenceOptions, "clock" | "observer" | "lapseMs" | "settleMs">;
  /** Where it is known how things were; by default by the clock of the process, and up to a minute ago. */
  readonly history?: PastPlace;
  /** Writes down what is asked for as spans, once it gives something that does; by default nothing. */
  readonly tracing?: () => Tracing | undefined;
  /** Awaited before what has changed something is answered, so that it holds by then. */
  readonly onChanged?: (change: PlatformChange) => Promise<void>;
}

/**
 * Answers the control API of an account (`$OXBOW.API.>`), on any server that speaks NATS with JetStream. It keeps nothing
 * of its own: any number of these share the work, in the queue group `oxbow`, and each can stop at any time.
 */
export class PlatformService implements AsyncDisposable {
  readonly #connection: NatsConnection;
  readonly #turnstile: Turnstile;
  readonly #discovery: Discovery;
  readonly #presence: Presence;
  readonly #lineage: LineageRecords;
  readonly #subscriptions: readonly Subscription[];
  #closing: Promise<void> | undefined = undefined;

  private constructor(
    connection: NatsConnection,
    {
      version,
      logger,
      onChanged,
      accounts,
      presence = {},
      isAskerKnown = false,
      notifyAllowed,
      history,
      tracing,
      timeoutMs = serviceLimits.timeoutMs,
    }: PlatformServiceOptions,
  ) {
    const { underWayMax, waitingMax } = serviceLimits;
    this.#connection = connection;
    this.#turnstile = new Turnstile(underWayMax, waitingMax);
    this.#lineage = new LineageRecords(connection, logger);
    this.#presence = Presence.open(connection, {
      ...{ ...presence, logger, isAskerKnown },
      onDerived: (from, to) => this.#lineage.note(from, to, performance.now()),
    });
    const rooms = new Rooms(
      connection,
      this.#presence,
      this.#lineage,
      accounts && new AccountRoom(accounts),
      notifyAllowed,
      history,
    );
    const services = {
      rooms,
      turnstile: this.#turnstile,
      logger,
      timeoutMs,
      onChanged,
      isAskerKnown,
      tracing,
    };
    const endpoints = operationNames.map((name) =>
      endpointOf(name, handlersFor(version), services),
    );
    this.#subscriptions = endpoints.map((endpoint) =>
      connection.subscribe(subjectPattern(endpoint.operation), {
        queue: serviceQueue,
        callback: (error, message) => {
          if (error === null) endpoint.take(message);
          else logger?.error({ error: error.message }, "the platform is not asked any more");
        },
      }),
    );
    this.#discovery = new Discovery(version, endpoints);
    this.#discovery.open(connection);
  }

  /**
   * Opens a service, which answers from then on.
   *
   * @param connection - Stays the caller's. Its user needs JetStream and `$OXBOW.API.>`.
   */
  static async open(
    connection: NatsConnection,
    options: PlatformServiceOptions,
  ): Promise<PlatformService> {
    const service = new PlatformService(connection, options);
    await connection.flush();
    return service;
  }

  /** What it answers to a request for discovery that has come by another way; `undefined` if it is none. */
  discovered(subject: string): string | undefined {
    return this.#discovery.answerTo(subject);
  }

  /** Takes no more requests, and resolves once those that are under way are answered, or after a while. */
  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  async #close(): Promise<void> {
    this.#discovery.close();
    await this.#presence.close();
    await this.#lineage.settled();
    if (this.#connection.isClosed()) return;
    // What the server has sent by then is taken still.
    await Promise.allSettled(this.#subscriptions.map((subscription) => subscription.drain()));
    await inTime(this.#turnstile.empty(), serviceLimits.closeGraceMs);
    if (!this.#connection.isClosed()) await this.#connection.flush();
  }
}

function handlersFor(version: string): Handlers {
  return {
    "platform.caller": describeCaller,
    "platform.info": () => Promise.resolve({ api: apiVersion, version }),
    "platform.totals": platformTotals,
    ...stationHandlers,
    ...groupHandlers,
    ...metricsHandlers,
    ...historyHandlers,
    ...presenceHandlers,
    ...journeyHandlers,
    ...lineageHandlers,
    ...schemaHandlers,
    ...attachmentHandlers,
    ...deadLetterHandlers,
    ...userHandlers,
    ...tenantHandlers,
    ...auditHandlers,
    ...notificationHandlers,
    ...ingestHandlers,
  };
}

function endpointOf<Name extends OperationName>(
  operation: Name,
  handlers: Handlers,
  services: EndpointServices,
): Endpoint<Name> {
  return new Endpoint(operation, services, handlers[operation] as Handlers<Name>[Name]);
}

async function inTime(work: Promise<void>, timeMs: number): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const timer = setTimeout(resolve, timeMs);
  await Promise.race([work, promise]);
  clearTimeout(timer);
}
