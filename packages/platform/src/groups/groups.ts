import { type JetStreamManager, jetstreamManager } from "@nats-io/jetstream";
import type { NatsConnection } from "@nats-io/nats-core";
import type { GroupLag, RewindRequest, Rewound } from "oxbow/control";
import type { Place, Station } from "oxbow/internal";
import {
  changeGroupSettings,
  consumerName,
  consumerNames,
  consumerSettings,
  deletionUnfinished,
  explained,
  type Group,
  type GroupChanges,
  GroupParts,
  type GroupRequest,
  groupBeingDeleted,
  groupName,
  groupOf,
  groupOfConsumer,
  inParallel,
  isMissing,
  type Member,
  originOf,
  platformError,
  readGroupSettings,
  readPlace,
} from "oxbow/internal";
import { Stations } from "../stations/stations.ts";
import { GroupRewind } from "./group-rewind.ts";
import { groupLag, lagOf } from "./lag.ts";
import { wake } from "./wake.ts";

/** How a group is rewound. */
export type RewindOptions = Omit<RewindRequest, "to">;

/**
 * The consumer groups of the stations of an account. A group is a durable consumer of its name on each partition's stream;
 * those that plain clients made are groups, too. All of it is kept there: nothing here is remembered, and any number of
 * these can work side by side.
 *
 * The first partition is made last and deleted last: without it there is no group. What is interrupted in between shows as
 * a problem of the group, or, while it is made, not at all, and is healed by doing it again.
 */
export class Groups {
  readonly #connection: NatsConnection;
  readonly #manager: JetStreamManager;
  readonly #stations: Stations;

  private constructor(connection: NatsConnection, manager: JetStreamManager, stations: Stations) {
    this.#connection = connection;
    this.#manager = manager;
    this.#stations = stations;
  }

  /**
   * @param connection - Stays the caller's.
   * @throws OxbowError `GROUP_UNAVAILABLE` for a server that can't put a consumer to another place
   */
  static async open(connection: NatsConnection): Promise<Groups> {
    const { version = "0.0" } = connection.info ?? {};
    const [major = 0, minor = 0] = version.split(".").map(Number);
    if (major < 2 || (major === 2 && minor < 14)) {
      const message = `groups need a server of version 2.14 or later, and this one is ${version}`;
      throw platformError("GROUP_UNAVAILABLE", message);
    }
    const manager = await jetstreamManager(connection);
    return new Groups(connection, manager, await Stations.open(connection));
  }

  /**
   * Makes a group. One that exists with the same settings is left as it is, and what is missing of it is made.
   *
   * @throws OxbowError `GROUP_INVALID`, `GROUP_EXISTS`, `GROUP_UNAVAILABLE`, `GROUP_FIXED` for what a work queue of a
   * plain client can't have, `STATION_NOT_FOUND`
   */
  async create(station: string, name: string, request: GroupRequest = {}): Promise<Group> {
    const given = groupName(name);
    const settings = readGroupSettings(request);
    const whole = await this.#wholeStation(station, given);
    const members = await this.#parts(whole).find(consumerName(given));
    if (members.some(({ info }) => groupOfConsumer(info.config) === undefined)) {
      const message = `a plain client has made a consumer ${given} in station ${whole.name}: edit it, or choose another name`;
      throw platformError("GROUP_EXISTS", message);
    }
    const existing = groupOf(whole, members);
    if (existing !== undefined) {
      refuseDeleted(existing, "GROUP_EXISTS");
      if (JSON.stringify(existing.settings) !== JSON.stringify(settings)) {
        const message = `station ${whole.name} has a group ${given} with other settings: edit it, or choose another name`;
        throw platformError("GROUP_EXISTS", message);
      }
      if (existing.problems.length === 0) return existing;
    }
    await this.#parts(whole).ensure(given, settings, members);
    return this.get(station, name);
  }

  /**
   * The group, or `undefined` if the station has none of the name.
   *
   * @throws OxbowError `STATION_NOT_FOUND`
   */
  async find(station: string, name: string): Promise<Group | undefined> {
    return (await this.#find(await this.#stations.get(station), name))?.group;
  }

  /** @throws OxbowError `GROUP_NOT_FOUND`, `STATION_NOT_FOUND` */
  async get(station: string, name: string): Promise<Group> {
    return (await this.#get(await this.#stations.get(station), name)).group;
  }

  /**
   * All groups by station and name, those that plain clients made among them; not consumers that go by themselves.
   *
   * @param station - Only this one's.
   * @throws OxbowError `STATION_NOT_FOUND`
   */
  async list(station?: string): Promise<Group[]> {
    const stations =
      station === undefined ? await this.#stations.list() : [await this.#stations.get(station)];
    return this.listOf(stations);
  }

  /** All groups of stations, in the order of these. Those that had no consumer when they were read are not asked for them. */
  async listOf(stations: readonly Station[]): Promise<Group[]> {
    const consumed = stations.filter(({ partitions }) =>
      partitions.some(({ consumers }) => consumers > 0),
    );
    return (await inParallel(consumed, (station) => this.#ofStation(station))).flat();
  }

  /**
   * Changes settings of a group while its members are connected.
   *
   * @throws OxbowError `GROUP_NOT_FOUND`, `GROUP_FIXED`, `GROUP_INVALID`, `GROUP_UNAVAILABLE`, `STATION_NOT_FOUND`
   */
  async edit(station: string, name: string, changes: GroupChanges): Promise<Group> {
    const whole = await this.#wholeStation(station, name);
    const { group, members } = await this.#get(whole, name);
    refuseDeleted(group, "GROUP_FIXED");
    const settings = changeGroupSettings(group.settings, changes);
    if (group.isManaged) {
      await this.#parts(whole).ensure(group.name, settings, members);
      return this.get(station, group.name);
    }
    // A consumer of a plain client is not made a group of the platform, and keeps what a group knows nothing of.
    const changed = Object.keys(changes);
    const wanted = Object.fromEntries(
      Object.entries(settings).filter(([key]) => changed.includes(key) || key === "start"),
    );
    for (const { stream, info } of [...members].reverse()) {
      const origin = originOf(whole, stream, undefined);
      await explained(whole.name, group.name, () =>
        this.#manager.consumers.update(stream, info.name, consumerSettings(wanted, origin)),
      );
    }
    return this.get(station, group.name);
  }

  /**
   * Stops deliveries until a time; what is in flight can be acknowledged meanwhile.
   *
   * @throws OxbowError `GROUP_NOT_FOUND`, `GROUP_INVALID` for a time that is past, `STATION_NOT_FOUND`
   */
  async pause(station: string, name: string, until: Date): Promise<Group> {
    const whole = await this.#stations.get(station);
    const { group, members } = await this.#get(whole, name);
    if (!members.every(({ info }) => until.getTime() > Date.parse(info.ts ?? ""))) {
      const message = `a group is paused until a time to come, which ${JSON.stringify(until)} is not: resume it instead`;
      throw platformError("GROUP_INVALID", message);
    }
    for (const member of [...members].reverse()) {
      await this.#parts(whole).begin(group.name, member);
      await explained(whole.name, group.name, () =>
        this.#manager.consumers.pause(member.stream, member.info.name, until),
      );
    }
    return this.get(station, group.name);
  }

  /**
   * Ends a pause; without one nothing happens.
   *
   * @throws OxbowError `GROUP_NOT_FOUND`, `STATION_NOT_FOUND`
   */
  async resume(station: string, name: string): Promise<Group> {
    const whole = await this.#stations.get(station);
    const { group, members } = await this.#get(whole, name);
    for (const member of [...members].reverse()) {
      const { info } = await this.#parts(whole).begin(group.name, member);
      if (info.paused === true) {
        await explained(whole.name, group.name, () =>
          this.#manager.consumers.resume(member.stream, info.name),
        );
      }
      wake(this.#connection, info);
    }
    return this.get(station, group.name);
  }

  /**
   * How far a group is behind. The oldest message of each partition that is behind is read for it.
   *
   * @throws OxbowError `GROUP_NOT_FOUND`, `STATION_NOT_FOUND`
   */
  async lag(station: string, name: string): Promise<GroupLag> {
    const { members } = await this.#get(await this.#stations.get(station), name);
    return groupLag(await inParallel(members, (member) => lagOf(this.#manager, member)));
  }

  /**
   * Lets a group go on at another place, back or ahead, while its members are connected. What was in flight is forgotten:
   * acknowledgements of it count no more. One that was interrupted between two partitions shows in `problems`; the same
   * rewind finishes it, and may bring what was delivered since once more.
   *
   * @returns What it means for its messages, also where it is only counted.
   * @throws OxbowError `GROUP_FIXED` for a group that JetStream can't put there, `GROUP_INVALID`, `GROUP_NOT_FOUND`,
   * `STATION_NOT_FOUND`
   */
  async rewind(
    station: string,
    name: string,
    to: Place,
    { partition, isDryRun = false }: RewindOptions = {},
  ): Promise<Rewound> {
    const place = readPlace(to);
    const whole = await this.#stations.get(station);
    const { group, members } = await this.#get(whole, name);
    const chosen = members.filter(({ number }) => (partition ?? number) === number);
    if (chosen.length === 0) {
      const numbers = members.map(({ number }) => number).join(", ");
      const message = `group ${group.name} has no partition ${partition}: it has ${numbers}`;
      throw platformError("GROUP_INVALID", message);
    }
    const parts = this.#parts(whole);
    const going = isDryRun
      ? chosen
      : await inParallel(chosen, (member) => parts.begin(group.name, member));
    return new GroupRewind(this.#manager, group, going).run(place, isDryRun);
  }

  /**
   * Deletes a group. Messages that only it had not acknowledged go, if the station keeps them only until then. Where it
   * takes several steps, its first partition is told first, and goes last: what is interrupted shows as a problem, and is
   * finished by doing it again.
   *
   * @returns Whether there was anything of it.
   * @throws OxbowError `STATION_NOT_FOUND`
   */
  async delete(station: string, name: string): Promise<boolean> {
    const whole = await this.#stations.get(station);
    const found = await this.#find(whole, name);
    // What is left of a group that was being made or deleted.
    const members =
      found?.members ?? (await this.#parts(whole).find(consumerName(groupName(name))));
    const [first, ...others] = members;
    const isManaged = first?.number === 1 && groupOfConsumer(first.info.config) !== undefined;
    if (isManaged && others.length > 0) await this.#sayDeleted(first);
    for (const { stream, info } of [...members].reverse()) {
      try {
        await this.#manager.consumers.delete(stream, info.name);
      } catch (error) {
        // Somebody else may have deleted it meanwhile.
        if (!isMissing(error)) throw error;
      }
    }
    return members.length > 0;
  }

  /** So that nobody makes a group of what is left of this one. */
  async #sayDeleted({ stream, info }: Member): Promise<void> {
    try {
      await this.#manager.consumers.update(stream, info.name, groupBeingDeleted(info.config));
    } catch (error) {
      // Somebody else may have deleted it meanwhile.
      if (!isMissing(error)) throw error;
    }
  }

  #parts(station: Station): GroupParts {
    return new GroupParts(this.#manager, station);
  }

  async #get(
    station: Station,
    name: string,
  ): Promise<{ readonly group: Group; readonly members: readonly Member[] }> {
    const found = await this.#find(station, name);
    if (found !== undefined) return found;
    throw platformError("GROUP_NOT_FOUND", `station ${station.name} has no group ${name}`);
  }

  async #find(
    station: Station,
    name: string,
  ): Promise<{ readonly group: Group; readonly members: readonly Member[] } | undefined> {
    for (const consumer of consumerNames(name)) {
      const all = await this.#parts(station).find(consumer);
      const group = groupOf(station, all);
      if (group === undefined) continue;
      const streams = group.partitions.map(({ stream }) => stream);
      return { group, members: all.filter(({ stream }) => streams.includes(stream)) };
    }
    return undefined;
  }

  async #ofStation(station: Station): Promise<Group[]> {
    const byConsumer = new Map<string, Member[]>();
    for (const member of await this.#parts(station).list()) {
      const { name } = member.info;
      byConsumer.set(name, [...(byConsumer.get(name) ?? []), member]);
    }
    const groups = [...byConsumer.values()]
      .map((members) => groupOf(station, members))
      .filter((group) => group !== undefined);
    return groups.sort((a, b) => (a.name < b.name ? -1 : 1));
  }

  /** @throws OxbowError `GROUP_UNAVAILABLE` for a station without which a group would not be whole */
  async #wholeStation(name: string, group: string): Promise<Station> {
    const station = await this.#stations.get(name);
    if (station.partitions.length === station.settings.partitions) return station;
    const message = `group ${group}: station ${station.name} is not whole (${station.problems.join(", ")}): edit or create it again first`;
    throw platformError("GROUP_UNAVAILABLE", message);
  }
}

/** @throws OxbowError with the code, for a group that somebody has begun to delete */
function refuseDeleted(
  { name, station, problems }: Group,
  code: "GROUP_EXISTS" | "GROUP_FIXED",
): void {
  if (!problems.includes(deletionUnfinished)) return;
  const message = `group ${name} of station ${station} is being deleted: delete it again if that has failed`;
  throw platformError(code, message);
}
