import { jetstreamManager } from "@nats-io/jetstream";
import type { NatsConnection } from "@nats-io/nats-core";
import type { Clock } from "@oxbow/base";
import type { Requester } from "oxbow/control";
import { platformError, type Right } from "oxbow/internal";
import { Audit } from "../audit/audit.ts";
import { DeadLetters } from "../dead-letters/dead-letters.ts";
import { letterStream } from "../dead-letters/places.ts";
import { Groups } from "../groups/groups.ts";
import { AskedSource } from "../history/asked-source.ts";
import { HistoryReader, type RecentHistory } from "../history/history-reader.ts";
import type { HistorySource } from "../history/history-source.ts";
import { MetricsReader } from "../history/metrics-reader.ts";
import { ingestBucketStream } from "../ingest/documents.ts";
import { Ingests } from "../ingest/ingests.ts";
import { Journeys } from "../journey/journeys.ts";
import { Lineage } from "../lineage/lineage.ts";
import type { LineageRecords } from "../lineage/lineage-records.ts";
import { notificationsBucketStream } from "../notifications/documents.ts";
import { Notifications } from "../notifications/notifications.ts";
import type { Presence } from "../presence/presence.ts";
import { processClock } from "../presence/process-clock.ts";
import { bucketStream, hasStream } from "../schemas/bucket.ts";
import { Schemas } from "../schemas/schemas.ts";
import { StationCatalogue } from "../stations/station-catalogue.ts";
import { DefaultsOfStations } from "../stations/station-defaults.ts";
import { Stations } from "../stations/stations.ts";
import { defaultTenant } from "../users/documents.ts";
import type { AccountRoom } from "./account-room.ts";

/** Where it is known how things were. */
export interface PastPlace {
  readonly clock: Clock;
  /** Who collects it in this process. */
  readonly recent?: RecentHistory;
  /** Tells what has changed since it was asked before; by default the server is asked for everything. */
  readonly source?: () => HistorySource;
}

/**
 * What the service works with, opened when it is first needed: a server on which nobody has made a schema gets no bucket,
 * and one that is too old for groups still has stations.
 */
export class Rooms {
  readonly #connection: NatsConnection;
  #stations: Promise<Stations> | undefined = undefined;
  #catalogue: StationCatalogue | undefined = undefined;
  #defaults: Promise<DefaultsOfStations> | undefined = undefined;
  #groups: Promise<Groups> | undefined = undefined;
  #schemas: Promise<Schemas> | undefined = undefined;
  #deadLetters: Promise<DeadLetters> | undefined = undefined;
  #audit: Promise<Audit> | undefined = undefined;
  #journeys: Promise<Journeys> | undefined = undefined;
  #lineage: Promise<Lineage> | undefined = undefined;
  #history: Promise<HistoryReader> | undefined = undefined;
  #metrics: Promise<MetricsReader> | undefined = undefined;
  #notifications: Promise<Notifications> | undefined = undefined;
  #ingests: Promise<Ingests> | undefined = undefined;

  readonly #accounts: AccountRoom | undefined;
  readonly #past: PastPlace;

  /** Who produces and consumes. */
  readonly presence: Presence;

  /** Which stations derive from which. */
  readonly lineage: LineageRecords;

  /** Networks that are not public and that notifications may go to. */
  readonly notifyAllowed: readonly string[];

  /**
   * @param accounts - Tenants and users, where the server does what is said of them.
   * @param past - By which clock it is told how things were, and what is not written yet.
   */
  constructor(
    connection: NatsConnection,
    presence: Presence,
    lineage: LineageRecords,
    accounts?: AccountRoom,
    notifyAllowed: readonly string[] = [],
    past: PastPlace = { clock: processClock },
  ) {
    this.#past = past;
    this.presence = presence;
    this.lineage = lineage;
    this.notifyAllowed = notifyAllowed;
    this.#connection = connection;
    this.#accounts = accounts;
  }

  get connection(): NatsConnection {
    return this.#connection;
  }

  stations(): Promise<Stations> {
    this.#stations ??= this.#opened(Stations.open(this.#connection));
    return this.#stations;
  }

  /** What is remembered of stations for who looks at them again and again. */
  catalogue(): StationCatalogue {
    this.#catalogue ??= new StationCatalogue(async () => (await this.stations()).list());
    return this.#catalogue;
  }

  defaults(): Promise<DefaultsOfStations> {
    this.#defaults ??= this.#opened(DefaultsOfStations.open(this.#connection));
    return this.#defaults;
  }

  groups(): Promise<Groups> {
    this.#groups ??= this.#opened(Groups.open(this.#connection));
    return this.#groups;
  }

  audit(): Promise<Audit> {
    this.#audit ??= this.#opened(Audit.open(this.#connection));
    return this.#audit;
  }

  /** How stations and groups were. */
  history(): Promise<HistoryReader> {
    const { clock, recent } = this.#past;
    this.#history ??= this.#opened(HistoryReader.open(this.#connection, clock, recent));
    return this.#history;
  }

  /** Stations and groups in numbers. */
  metrics(): Promise<MetricsReader> {
    this.#metrics ??= this.#opened(this.#openMetrics());
    return this.#metrics;
  }

  async #openMetrics(): Promise<MetricsReader> {
    const { clock, source } = this.#past;
    return new MetricsReader({
      clock,
      source: source?.() ?? new AskedSource(await jetstreamManager(this.#connection)),
      deadLetters: async () => {
        const all = await (await this.deadLetters()).stations();
        return new Map(all.map(({ station, count }) => [station, count]));
      },
      lagOf: async (station, group) => (await this.groups()).lag(station, group),
    });
  }

  journeys(): Promise<Journeys> {
    const { presence, lineage } = this;
    this.#journeys ??= this.#opened(Journeys.open(this.#connection, { presence, lineage }));
    return this.#journeys;
  }

  lineageRoom(): Promise<Lineage> {
    this.#lineage ??= this.#opened(
      jetstreamManager(this.#connection).then(
        (manager) =>
          new Lineage(manager, async () =>
            (await hasStream(this.#connection, letterStream))
              ? (await this.deadLetters()).stations()
              : [],
          ),
      ),
    );
    return this.#lineage;
  }

  /** @throws OxbowError `USER_UNAVAILABLE` */
  accounts(): AccountRoom {
    if (this.#accounts !== undefined) return this.#accounts;
    const message =
      "this server takes no tenants and users from the platform, as one that oxbow start runs does: say them in its configuration";
    throw platformError("USER_UNAVAILABLE", message);
  }

  accountsIfAny(): AccountRoom | undefined {
    return this.#accounts;
  }

  /**
   * Which stations a list may tell somebody of. Where nobody knows who asks, permissions of subjects have said already who
   * may see all.
   */
  async visibleTo(who: Requester | null, right: Right): Promise<(station: string) => boolean> {
    return (await this.#accounts?.stationsFor(who, right)) ?? (() => true);
  }

  /** Makes the bucket if there is none. */
  schemas(): Promise<Schemas> {
    this.#schemas ??= this.#opened(Schemas.open(this.#connection));
    return this.#schemas;
  }

  /** Makes the streams of dead letters if there are none. */
  deadLetters(): Promise<DeadLetters> {
    this.#deadLetters ??= this.#opened(DeadLetters.open(this.#connection));
    return this.#deadLetters;
  }

  /** Makes the bucket if there is none. */
  notifications(): Promise<Notifications> {
    this.#notifications ??= this.#opened(Notifications.open(this.#connection));
    return this.#notifications;
  }

  /** `undefined` if there is no bucket, and so no channel and no rule. */
  async notificationsIfAny(): Promise<Notifications | undefined> {
    const isThere = this.#notifications !== undefined;
    if (!isThere && !(await hasStream(this.#connection, notificationsBucketStream)))
      return undefined;
    return this.notifications();
  }

  /** Makes the bucket if there is none. */
  ingests(): Promise<Ingests> {
    const tenant = this.#accounts?.tenant ?? defaultTenant;
    this.#ingests ??= this.#opened(Ingests.open(this.#connection, { tenant }));
    return this.#ingests;
  }

  /** `undefined` if there is no bucket, and so no ingest URL. */
  async ingestsIfAny(): Promise<Ingests | undefined> {
    const isThere = this.#ingests !== undefined;
    if (!isThere && !(await hasStream(this.#connection, ingestBucketStream))) return undefined;
    return this.ingests();
  }

  /** `undefined` if there is no bucket, and so no schema. */
  async schemasIfAny(): Promise<Schemas | undefined> {
    if (this.#schemas === undefined && !(await hasBucket(this.#connection))) return undefined;
    return this.schemas();
  }

  /** Opens everything again when it is needed next: the server may be another one, or the bucket gone. */
  forget(): void {
    this.#accounts?.forget();
    this.#stations = undefined;
    this.#catalogue = undefined;
    this.#defaults = undefined;
    this.#groups = undefined;
    this.#schemas = undefined;
    this.#deadLetters = undefined;
    this.#audit = undefined;
    this.#journeys = undefined;
    this.#lineage = undefined;
    this.#history = undefined;
    this.#metrics = undefined;
    this.#notifications = undefined;
    this.#ingests = undefined;
  }

  /** What could not be opened is tried again. */
  #opened<Room>(opening: Promise<Room>): Promise<Room> {
    opening.catch(() => this.forget());
    return opening;
  }
}

/** Whether the bucket of the platform is there, without which no station has a schema. */
export function hasBucket(connection: NatsConnection): Promise<boolean> {
  return hasStream(connection, bucketStream);
}
