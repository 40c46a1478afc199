import {
  type JetStreamClient,
  type JetStreamManager,
  jetstream,
  type StoredMsg,
} from "@nats-io/jetstream";
import type { NatsConnection } from "@nats-io/nats-core";
import type {
  Journey,
  JourneyPlace,
  JourneyProducer,
  JourneyRelative,
  Producer,
} from "oxbow/control";
import {
  GroupParts,
  groupOfConsumer,
  type Partition,
  parentHeader,
  platformError,
  ReplayedMessage,
  readParent,
  readStamp,
  type Station,
  stampHeader,
  traceHeader,
  traceIdIn,
  traceIdOf,
} from "oxbow/internal";
import { present } from "../dead-letters/origin.ts";
import type { LineageRecords } from "../lineage/lineage-records.ts";
import type { Presence } from "../presence/presence.ts";
import { Stations } from "../stations/stations.ts";
import { childrenMax, findChildren } from "./children.ts";
import { eventsOf, type GroupOnWay } from "./events.ts";
import { fateOf } from "./group-fate.ts";
import type { JournalEntry } from "./journal.ts";
import { readEntries } from "./journal-scan.ts";
import { type LetterOfMessage, lettersOf } from "./letters.ts";

/** Ancestors that are told of. */
const parentsMax = 16;
/** Stations that are searched for what came from a message. */
const childStationsMax = 50;
/** What SDKs of Memphis call their producer. */
const memphisProducer = "$memphis_producedBy";

/** What journeys are made of, beside what is stored. */
interface JourneySources {
  readonly presence: Presence;
  readonly lineage: LineageRecords;
}

/** What somebody may see. */
type IsVisible = (station: string) => boolean;

/** Follows single messages. Nothing is remembered: all is read when it is asked for, up to bounds. */
export class Journeys {
  readonly #js: JetStreamClient;
  readonly #manager: JetStreamManager;
  readonly #stations: Stations;
  readonly #sources: JourneySources;

  private constructor(
    js: JetStreamClient,
    manager: JetStreamManager,
    stations: Stations,
    sources: JourneySources,
  ) {
    this.#js = js;
    this.#manager = manager;
    this.#stations = stations;
    this.#sources = sources;
  }

  /** @param connection - Stays the caller's. */
  static async open(connection: NatsConnection, sources: JourneySources): Promise<Journeys> {
    const js = jetstream(connection);
    const manager = await js.jetstreamManager();
    return new Journeys(js, manager, await Stations.open(connection), sources);
  }

  /**
   * The journey of a message, or of one that was there once.
   *
   * @param isVisible - Relatives in other stations are left out of what it tells.
   * @throws OxbowError `STATION_NOT_FOUND`, `MESSAGE_NOT_FOUND` for a sequence that no message had yet
   */
  async of(
    { station: name, partition: number, sequence }: JourneyPlace,
    isVisible: IsVisible,
  ): Promise<Journey> {
    const station = await this.#stations.get(name);
    const partition = station.partitions.find((each) => each.number === number);
    if (partition === undefined || sequence > partition.lastSequence) {
      const text = `station ${station.name} has had no message ${sequence} in partition ${number}`;
      throw platformError("MESSAGE_NOT_FOUND", text);
    }
    const place = { station: station.name, partition: number, sequence };
    const stored = await this.#message(partition.stream, sequence);
    const timeMs = stored?.time.getTime();
    const info = await this.#manager.streams.info(partition.stream);
    const [journal, letters, family, parents, producer] = await Promise.all([
      readEntries(this.#js, this.#manager, partition.stream, sequence, timeMs),
      lettersOf(this.#js, this.#manager, { ...place, created: info.created }),
      this.#children(place, timeMs, isVisible),
      this.#parents(stored, isVisible),
      this.#producer(station.name, stored),
    ]);
    const groups = await this.#groups(
      station,
      partition,
      sequence,
      stored,
      journal.entries,
      letters,
    );
    const children = together(letters, family.children, isVisible);
    const traceId = traceIdIn(stored?.header?.get(traceHeader));
    return {
      ...place,
      message: stored === undefined ? null : messageOf(station, partition, stored),
      whereabouts: whereaboutsOf(station, partition, sequence, stored !== undefined),
      producer,
      traceId:
        traceId ??
        (timeMs === undefined ? null : traceIdOf({ stream: partition.stream, sequence, timeMs })),
      isTraceNamed: traceId !== undefined,
      parents: parents.found,
      children,
      groups: groups.map(({ fate }) => fate),
      events: eventsOf({ stored, producer, groups, children }),
      gaps: [...journal.gaps, ...family.gaps, ...parents.gaps],
    };
  }

  async #message(stream: string, sequence: number): Promise<StoredMsg | undefined> {
    const ask = () => this.#manager.streams.getMessage(stream, { seq: sequence });
    return (await present(ask)) ?? undefined;
  }

  /** Each group with what the journal says of it. */
  async #groups(
    station: Station,
    { number, stream }: Partition,
    sequence: number,
    stored: StoredMsg | undefined,
    entries: readonly JournalEntry[],
    letters: readonly LetterOfMessage[],
  ): Promise<GroupOnWay[]> {
    const members = await new GroupParts(this.#manager, station).list();
    const message = stored && { subject: stored.subject, timeMs: stored.time.getTime() };
    return members
      .filter((member) => member.number === number && member.stream === stream)
      .map(({ info }) => {
        const group = groupOfConsumer(info.config) ?? info.name;
        const own = entries.filter(({ consumer }) => consumer === info.name);
        const death = letters.find((each) => each.consumer === info.name);
        const fate = fateOf({ group, info, sequence, message, entries: own, death });
        return { fate, entries: own, death };
      })
      .sort((one, other) => (one.fate.group < other.fate.group ? -1 : 1));
  }

  async #children(
    place: JourneyPlace,
    timeMs: number | undefined,
    isVisible: IsVisible,
  ): Promise<{ readonly children: readonly JourneyRelative[]; readonly gaps: readonly string[] }> {
    const pairs = await this.#sources.lineage.list();
    const names = pairs
      .filter(({ from, to }) => from === place.station && isVisible(to))
      .map(({ to }) => to);
    const gaps: string[] = [];
    if (timeMs === undefined && names.length > 0) {
      gaps.push(
        "it is not known when it was stored, so that nothing was searched for what derives from it",
      );
      return { children: [], gaps };
    }
    if (names.length > childStationsMax) {
      gaps.push(
        `${names.length} stations derive from this one, and the first ${childStationsMax} were searched`,
      );
    }
    const found = await Promise.all(
      names.slice(0, childStationsMax).map((name) => this.#stations.find(name)),
    );
    const stations = found.filter((each) => each !== undefined);
    const family = await findChildren(this.#js, this.#manager, place, timeMs ?? 0, stations);
    return { children: family.children, gaps: [...gaps, ...family.gaps] };
  }

  /** From one to the next, as far as they are there and may be seen. */
  async #parents(
    stored: StoredMsg | undefined,
    isVisible: IsVisible,
  ): Promise<{ readonly found: JourneyRelative[]; readonly gaps: string[] }> {
    const found: JourneyRelative[] = [];
    const seen = new Set<string>();
    let child = stored;
    while (child !== undefined) {
      const place = readParent(child.header?.get(parentHeader));
      if (place === undefined) break;
      if (!isVisible(place.station))
        return { found, gaps: ["what it came from is in a station that you may not see"] };
      const key = JSON.stringify(place);
      if (seen.has(key) || found.length >= parentsMax) {
        return { found, gaps: [`of what it came from, ${found.length} are told`] };
      }
      seen.add(key);
      const station = await this.#stations.find(place.station);
      const partition = station?.partitions.find(({ number }) => number === place.partition);
      const parent = partition && (await this.#message(partition.stream, place.sequence));
      const isResent = readStamp(child.header?.get(stampHeader))?.door === "resend";
      found.push({
        ...place,
        how: isResent ? "resent" : "derived",
        time: parent?.time.toISOString() ?? null,
      });
      child = parent;
    }
    return { found, gaps: [] };
  }

  async #producer(station: string, stored: StoredMsg | undefined): Promise<JourneyProducer | null> {
    const stamp = readStamp(stored?.header?.get(stampHeader));
    if (stamp === undefined) return null;
    const { door, id, connection } = stamp;
    const there: Producer | undefined =
      id === null ? undefined : await this.#sources.presence.announcedAs(station, id);
    const ofMemphis = door === "memphis" ? (stored?.header?.get(memphisProducer) ?? "") : "";
    return {
      door,
      name: stamp.by ?? (ofMemphis === "" ? null : ofMemphis),
      connection,
      user: stamp.user ?? there?.user ?? null,
      address: there?.address ?? null,
      library: there?.library ?? null,
      producer: there?.id ?? null,
    };
  }
}

function messageOf(
  { name, isManaged }: Station,
  { number, stream }: Partition,
  stored: StoredMsg,
): Journey["message"] {
  const { subject, data, seq, time, header } = stored;
  const source = { station: name, partition: number, stream, isManaged };
  const raw = { subject, data, headers: header, seq, time };
  const { key, messageId } = new ReplayedMessage(
    raw,
    source,
    () => ({ value: undefined, problem: undefined }),
    undefined,
  );
  return {
    time: time.toISOString(),
    subject,
    key: key ?? null,
    messageId: messageId ?? null,
    size: data.length,
  };
}

function whereaboutsOf(
  { settings }: Station,
  { number, firstSequence }: Partition,
  sequence: number,
  isThere: boolean,
): string {
  if (isThere) return `in partition ${number}, at sequence ${sequence}`;
  if (settings.untilAcknowledged) {
    return "not in its station any more, which keeps messages until all groups have acknowledged them";
  }
  if (sequence < firstSequence) {
    return `not in its station any more: the first that is kept is ${firstSequence}`;
  }
  return "not in its station any more: it was removed, or others of its key came";
}

/** Those that were found in more than one way once, and of what may be seen. */
function together(
  letters: readonly LetterOfMessage[],
  derived: readonly JourneyRelative[],
  isVisible: IsVisible,
): JourneyRelative[] {
  const all = new Map<string, JourneyRelative>();
  for (const { resent } of letters) {
    if (resent === undefined || !isVisible(resent.station)) continue;
    all.set(keyOf(resent), resent);
  }
  for (const each of derived) if (!all.has(keyOf(each))) all.set(keyOf(each), each);
  return [...all.values()].slice(0, childrenMax);
}

function keyOf({ station, partition, sequence }: JourneyPlace): string {
  return JSON.stringify([station, partition, sequence]);
}
