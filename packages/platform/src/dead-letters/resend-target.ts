import type { JetStreamManager, StreamInfo } from "@nats-io/jetstream";
import { OxbowError, partitionOf } from "@oxbow/base";
import {
  consumerName,
  type Group,
  resentSubject,
  type Station,
  stationToken,
} from "oxbow/internal";
import type { Groups } from "../groups/groups.ts";
import type { Stations } from "../stations/stations.ts";
import type { DeadLetter } from "./dead-letter.ts";
import { present } from "./origin.ts";
import type { ResendTarget } from "./resend-request.ts";

/** Where a message goes, and what is known of it. */
export interface Destination {
  readonly stream: string;
  readonly subject: string;
  readonly info: StreamInfo;
  /** Whether no other message has the subject. */
  readonly isOwnSubject: boolean;
}

/** Why a dead letter can't be resent, in words. */
export interface NoDestination {
  readonly problem: string;
}

/** Finds out where messages go. What it has learnt of stations and groups holds for as long as it is used. */
export class ResendTargets {
  readonly #manager: JetStreamManager;
  readonly #stations: Stations;
  readonly #groups: Groups;
  readonly #target: ResendTarget;
  readonly #known = new Map<string, Promise<unknown>>();

  constructor(manager: JetStreamManager, stations: Stations, groups: Groups, target: ResendTarget) {
    this.#manager = manager;
    this.#stations = stations;
    this.#groups = groups;
    this.#target = target;
  }

  /** @param token - Another one for each resend of each dead letter. */
  async of(letter: DeadLetter, token: string): Promise<Destination | NoDestination> {
    if (this.#target === "group") return this.#toGroup(letter, token);
    const { station: name, key = undefined } =
      this.#target === "station" ? { station: letter.station } : this.#target;
    const station = await this.#station(name);
    if (station === undefined) return { problem: `there is no station ${name}` };
    if (station.isManaged) {
      const before = this.#target === "station" ? letter.stream : null;
      return this.#toStation(station, key ?? keyIn(letter), before, token);
    }
    const subject = key ?? (this.#target === "station" ? letter.subject : undefined);
    if (subject !== undefined && subject !== "") {
      return this.#at(station.partitions[0]?.stream ?? name, subject, false);
    }
    return {
      problem: `station ${name} is the stream of a plain client: say the subject, as its key`,
    };
  }

  async #toStation(
    station: Station,
    key: string | undefined,
    before: string | null,
    token: string,
  ): Promise<Destination | NoDestination> {
    const count = station.settings.partitions;
    const bytes = Buffer.from(key ?? token);
    const number = count === 1 ? 1 : partitionOf(bytes, 0, bytes.length, count);
    const partition =
      station.partitions.find((each) => each.stream === before) ??
      station.partitions.find((each) => each.number === number);
    if (partition === undefined)
      return { problem: `station ${station.name} is not whole: edit it` };
    const { stream } = partition;
    return this.#at(stream, key === undefined ? stream : `${stream}.${key}`, false);
  }

  async #toGroup(letter: DeadLetter, token: string): Promise<Destination | NoDestination> {
    const { station: name, group, stream } = letter;
    if (group === null || stream === null) {
      return {
        problem:
          "it was not let in, so that there is no group to resend it to: resend it to its station",
      };
    }
    const station = await this.#station(name);
    const partition = station?.partitions.find((each) => each.stream === stream);
    if (station === undefined || partition === undefined) {
      return { problem: `there is no station ${name} any more, or it lacks a partition` };
    }
    if (!partition.takesResent) {
      const problem = station.isManaged
        ? `station ${name} was made by an earlier version: edit it first, and its groups`
        : `station ${name} is the stream of a plain client, in which nothing can be resent to one group`;
      return { problem };
    }
    const groups = await this.#groupsOf(name);
    const own = groups.find((each) => each.name === group);
    if (own === undefined)
      return { problem: `there is no group ${group} of station ${name} any more` };
    if (!own.isManaged) {
      return {
        problem: `group ${group} of station ${name} is a plain client's consumer, which can't be resent to alone`,
      };
    }
    const others = groups.find(({ problems }) =>
      problems.some((text) => text.includes("resent to")),
    );
    if (others !== undefined) {
      return {
        problem: `group ${others.name} of station ${name} would get it, too: edit that first`,
      };
    }
    return this.#at(stream, resentSubject(stream, consumerName(group), token), true);
  }

  async #at(
    stream: string,
    subject: string,
    isOwnSubject: boolean,
  ): Promise<Destination | NoDestination> {
    const info = await this.#once(`stream ${stream}`, () =>
      present(() => this.#manager.streams.info(stream)),
    );
    return info === undefined
      ? { problem: `there is no stream ${stream}` }
      : { stream, subject, info, isOwnSubject };
  }

  #station(name: string): Promise<Station | undefined> {
    return this.#once(`station ${name}`, () => unlessInvalid(() => this.#stations.find(name)));
  }

  async #groupsOf(name: string): Promise<readonly Group[]> {
    return this.#once(`groups ${name}`, async () => {
      return (await unlessInvalid(() => this.#groups.list(name))) ?? [];
    });
  }

  #once<T>(key: string, ask: () => Promise<T>): Promise<T> {
    const known = this.#known.get(key) as Promise<T> | undefined;
    if (known !== undefined) return known;
    const asked = ask();
    this.#known.set(key, asked);
    return asked;
  }
}

/** The key that a message had in its station; `undefined` for none. */
function keyIn({ station, subject }: DeadLetter): string | undefined {
  if (subject === "") return undefined;
  const token = stationToken(station);
  const rest = subject.startsWith(token) ? subject.slice(token.length).replace(/^\$\d+/, "") : ".";
  if (rest === "") return undefined;
  // Of a station of another name it is all of the subject, such as that of a plain client's stream.
  return rest.startsWith(".") && rest.length > 1 ? rest.slice(1) : subject;
}

async function unlessInvalid<T>(ask: () => Promise<T>): Promise<T | undefined> {
  try {
    return await ask();
  } catch (error) {
    if (error instanceof OxbowError && /_(?:INVALID|NOT_FOUND)$/.test(error.code)) return undefined;
    throw error;
  }
}
