import { isDeepStrictEqual } from "node:util";
import {
  JetStreamApiError,
  type JetStreamManager,
  jetstreamManager,
  type StreamConfig,
  type StreamInfo,
} from "@nats-io/jetstream";
import type { NatsConnection } from "@nats-io/nats-core";
import type { PurgeRequest } from "oxbow/control";
import {
  beingDeleted,
  changeSettings,
  deletionUnfinished,
  isBucketStream,
  isMissing,
  isOwnStream,
  membershipOf,
  platformError,
  readSettings,
  type Station,
  type StationChanges,
  type StationRequest,
  type StationSettings,
  StreamProbe,
  stationName,
  stationOf,
  streamName,
  streamOf,
} from "oxbow/internal";
import { letterStream } from "../dead-letters/places.ts";
import { explained, isMissingMessage } from "./refusals.ts";

/** What a stream of a plain client keeps as it is. */
const plainKeys: ReadonlySet<string> = new Set(["name", "subjects", "metadata"]);

/**
 * The stations of an account. All of it is kept in the configuration of streams: nothing here is remembered, and any
 * number of these can work side by side.
 *
 * The first partition is made last and deleted last: without it there is no station. What is interrupted in between shows
 * as a problem of the station, or, while it is made, not at all, and is healed by doing it again.
 */
export class Stations {
  readonly #manager: JetStreamManager;

  private constructor(manager: JetStreamManager) {
    this.#manager = manager;
  }

  /** @param connection - Stays the caller's. */
  static async open(connection: NatsConnection): Promise<Stations> {
    return new Stations(await jetstreamManager(connection));
  }

  /**
   * Makes a station. One that exists with the same settings is left as it is, and what is missing of it is made.
   *
   * @throws OxbowError `STATION_INVALID`, `STATION_EXISTS`, `STATION_UNAVAILABLE`
   */
  async create(givenName: string, request: StationRequest = {}): Promise<Station> {
    const name = stationName(givenName);
    const settings = readSettings(request);
    checkDeadLetterStation(name, settings);
    const existing = await this.find(name);
    if (existing !== undefined) {
      refuseDeleted(existing, "STATION_EXISTS");
      const isSame = JSON.stringify(existing.settings) === JSON.stringify(settings);
      if (!isSame || !existing.isManaged) {
        const message = `there is a station ${name} with other settings: edit it, or choose another name`;
        throw platformError("STATION_EXISTS", message);
      }
      return existing.problems.length === 0 ? existing : this.edit(name, {});
    }
    for (let partition = settings.partitions; partition >= 1; partition--) {
      await this.#createPartition(name, settings, partition);
    }
    return this.get(name);
  }

  /** The station, or `undefined` if there is none of the name. */
  async find(givenName: string): Promise<Station | undefined> {
    const plain = await this.#plainStream(givenName);
    if (plain !== undefined) return stationOf([plain]);
    const name = stationName(givenName);
    const alone = await this.#stream(streamName(name, 1, 1));
    if (alone !== undefined) return stationOf([alone]);
    const first = await this.#stream(streamName(name, 1, 2));
    const count = first === undefined ? 0 : (membershipOf(first.config)?.partitionsCount ?? 0);
    if (first === undefined || count < 2) return undefined;
    const others = Array.from({ length: count - 1 }, (_, index) =>
      this.#stream(streamName(name, index + 2, count)),
    );
    const present = (await Promise.all(others)).filter((info) => info !== undefined);
    return stationOf([first, ...present]);
  }

  /** @throws OxbowError `STATION_NOT_FOUND` */
  async get(name: string): Promise<Station> {
    const station = await this.find(name);
    if (station !== undefined) return station;
    throw platformError("STATION_NOT_FOUND", `there is no station ${stationName(name)}`);
  }

  /** All stations by name, streams of plain clients among them; not what KV buckets and object stores are made of. */
  async list(): Promise<Station[]> {
    const groups = new Map<string, StreamInfo[]>();
    for await (const info of this.#manager.streams.list()) {
      const { name } = info.config;
      if (isHidden(name)) continue;
      const station = membershipOf(info.config)?.station ?? name;
      groups.set(station, [...(groups.get(station) ?? []), info]);
    }
    const stations = [...groups.values()].map(stationOf).filter((each) => each !== undefined);
    return stations.sort((a, b) => (a.name < b.name ? -1 : 1));
  }

  /**
   * Changes settings of a station while it is in use. Messages beyond a limit that is lowered go, as the limit says.
   *
   * @throws OxbowError `STATION_NOT_FOUND`, `STATION_FIXED`, `STATION_INVALID`, `STATION_UNAVAILABLE`
   */
  async edit(name: string, changes: StationChanges): Promise<Station> {
    const station = await this.get(name);
    checkInternal(station);
    refuseDeleted(station, "STATION_FIXED");
    const settings = changeSettings(station.settings, changes);
    checkDeadLetterStation(station.name, settings);
    checkPlain(station, changes);
    for (let partition = settings.partitions; partition >= 1; partition--) {
      const { stream } = station.partitions.find(({ number }) => number === partition) ?? {};
      if (stream === undefined) {
        await this.#createPartition(station.name, settings, partition);
        continue;
      }
      const config = station.isManaged
        ? streamOf(station.name, settings, partition)
        : changedOf(station, settings);
      await explained(station.name, () => this.#manager.streams.update(stream, config));
    }
    return this.get(name);
  }

  /**
   * Removes messages for ever, or counts them.
   *
   * @returns How many.
   * @throws OxbowError `STATION_NOT_FOUND`, `STATION_INVALID` for a partition that there is not
   */
  async purge(
    name: string,
    { partition, key, isDryRun = false }: PurgeRequest = {},
  ): Promise<number> {
    const station = await this.get(name);
    const chosen = station.partitions.filter(({ number }) => (partition ?? number) === number);
    if (chosen.length === 0) throw noPartition(station, partition);
    let purged = 0;
    for (const { stream } of chosen) {
      const prefix = station.isManaged ? `${stream}.` : "";
      const what = key === undefined ? undefined : { filter: `${prefix}${key}` };
      if (isDryRun) {
        purged += await this.#countOf(stream, what?.filter);
        continue;
      }
      purged += (await this.#manager.streams.purge(stream, what)).purged;
    }
    return purged;
  }

  /** How many messages a stream has, of all subjects or of those that a filter lets through. */
  async #countOf(stream: string, filter: string | undefined): Promise<number> {
    if (filter === undefined) return (await this.#manager.streams.info(stream)).state.messages;
    const spot = await new StreamProbe(this.#manager, stream, [filter]).at({ from: "beginning" });
    return spot.messages;
  }

  /**
   * Removes one message for ever, and overwrites it on disk.
   *
   * @returns Whether it was there.
   * @throws OxbowError `STATION_NOT_FOUND`, `STATION_INVALID` for a partition that there is not
   */
  async removeMessage(name: string, partition: number, sequence: number): Promise<boolean> {
    const station = await this.get(name);
    const chosen = station.partitions.find(({ number }) => number === partition);
    if (chosen === undefined) throw noPartition(station, partition);
    try {
      return await this.#manager.streams.deleteMessage(chosen.stream, sequence);
    } catch (error) {
      if (isMissingMessage(error)) return false;
      throw error;
    }
  }

  /**
   * Deletes a station with its messages and groups. Where it takes several steps, its first partition is told first, and
   * goes last: what is interrupted shows as a problem, and is finished by doing it again.
   *
   * @returns Whether there was anything of it.
   */
  async delete(givenName: string): Promise<boolean> {
    const plain = await this.#plainStream(givenName);
    if (plain !== undefined) {
      checkInternal(stationOf([plain]) as Station);
      await this.#deleteStream(plain.config.name);
      return true;
    }
    const name = stationName(givenName);
    const station = await this.find(name);
    const [first, ...others] = station?.partitions.map(({ stream }) => stream) ?? [];
    const streams = new Set(others);
    // What is left of a station that was being made.
    for await (const { config } of this.#manager.streams.list()) {
      if (membershipOf(config)?.station === name) streams.add(config.name);
    }
    if (first !== undefined) {
      streams.delete(first);
      if (streams.size > 0) await this.#sayDeleted(first);
      streams.add(first);
    }
    for (const stream of streams) await this.#deleteStream(stream);
    return streams.size > 0;
  }

  /** So that nobody makes a station of what is left of this one. */
  async #sayDeleted(first: string): Promise<void> {
    const info = await this.#stream(first);
    if (info === undefined) return;
    try {
      await this.#manager.streams.update(first, beingDeleted(info.config));
    } catch (error) {
      // A server that takes no change of it any more is to be rid of it all the same.
      if (!(error instanceof JetStreamApiError)) throw error;
    }
  }

  async #createPartition(
    name: string,
    settings: StationSettings,
    partition: number,
  ): Promise<void> {
    await explained(name, () => this.#manager.streams.add(streamOf(name, settings, partition)));
  }

  /** A stream that a plain client has given a name that no station is made with. */
  async #plainStream(name: string): Promise<StreamInfo | undefined> {
    if (/^[a-z0-9_.-]*$/.test(name) || !isStreamName(name) || isHidden(name)) return undefined;
    const info = await this.#stream(name);
    return info !== undefined && membershipOf(info.config) === undefined ? info : undefined;
  }

  async #stream(name: string): Promise<StreamInfo | undefined> {
    try {
      return await this.#manager.streams.info(name);
    } catch (error) {
      if (isMissing(error)) return undefined;
      throw error;
    }
  }

  /** Somebody else may have deleted it meanwhile. */
  async #deleteStream(name: string): Promise<void> {
    try {
      await this.#manager.streams.delete(name);
    } catch (error) {
      if (!isMissing(error)) throw error;
    }
  }
}

/** What is no station: what KV buckets and object stores are made of, and what the platform keeps, but for dead letters. */
function isHidden(stream: string): boolean {
  return isBucketStream(stream) || (isOwnStream(stream) && stream !== letterStream);
}

/** @throws OxbowError with the code, for a station that somebody has begun to delete */
function refuseDeleted(
  { name, problems }: Station,
  code: "STATION_EXISTS" | "STATION_FIXED",
): void {
  if (!problems.includes(deletionUnfinished)) return;
  const message = `station ${name} is being deleted: delete it again if that has failed`;
  throw platformError(code, message);
}

/** Dead letters have settings of their own, and what the platform needs is not to be taken away. */
function checkInternal({ name, isInternal }: Station): void {
  if (!isInternal) return;
  const message = `${name} is the platform's own: it can be consumed, and not edited or deleted. How long dead letters are kept is set by deadLetter.setRetention; "oxbow dead-letter drop" takes them out`;
  throw platformError("STATION_FIXED", message);
}

function checkDeadLetterStation(name: string, { deadLetterStation }: StationSettings): void {
  if (deadLetterStation !== name) return;
  const message = `station ${name} can't be the one that its own dead letters are copied to: name another one`;
  throw platformError("STATION_INVALID", message);
}

/** What JetStream itself has no word for is kept where a plain client's stream has nothing of the platform's. */
function checkPlain({ name, isManaged }: Station, changes: StationChanges): void {
  if (isManaged) return;
  const setting = Object.keys(changes).find(
    (each) => each.startsWith("deadLetter") || each === "tags" || each === "duplicatesBy",
  );
  const isWindowNull = changes.duplicateWindowMs === null;
  if (setting === undefined && !isWindowNull) return;
  const message = `${setting ?? "duplicateWindowMs: null"}: the stream ${name} belongs to a plain client, and has no place where that could stand`;
  throw platformError("STATION_FIXED", message);
}

/** What has to change in a stream of a plain client, which keeps all else as it is. */
function changedOf({ name, settings }: Station, wanted: StationSettings): Partial<StreamConfig> {
  const before = Object.entries(streamOf(name, settings, 1));
  const after: Readonly<Record<string, unknown>> = { ...streamOf(name, wanted, 1) };
  const changed = before
    .filter(([key, value]) => !plainKeys.has(key) && !isDeepStrictEqual(value, after[key]))
    .map(([key]) => [key, after[key]]);
  return Object.fromEntries(changed) as Partial<StreamConfig>;
}

function isStreamName(name: string): boolean {
  return name.length <= 255 && !/[\s.*>/\\]/.test(name);
}

function noPartition(station: Station, partition: number | undefined): Error {
  const count = station.settings.partitions;
  const text = `station ${station.name} has no partition ${partition}: there ${count === 1 ? "is 1" : `are 1 to ${count}`}`;
  return platformError("STATION_INVALID", text);
}
