import { nuid } from "@nats-io/nats-core";
import type { Link, LinkUser } from "../connection/link.ts";
import {
  type AnnouncedPlace,
  type Announcement,
  announcementSubject,
  askSubject,
} from "./announcement.ts";
import { library } from "./library.ts";

const intervalMs = 10_000;
/** With many of them each is announced less often, so that all together are few. */
const perItemMs = 100;
/** Stations that are announced as those whose messages others are derived from. */
const parentsMax = 8;
const parentCharsMax = 800;
/** Who fetches now and then is a consumer for so long after each time. */
const visitMs = 60_000;

/** What a producer or consumer counts of its messages; whoever has it counts there. */
export interface Tally {
  messages: number;
  bytes: number;
  /** In milliseconds since 1970; 0 for never. */
  lastAtMs: number;
}

/** Counts a message, or several. */
export function count(tally: Tally, bytes: number, messages: number = 1): void {
  tally.messages += messages;
  tally.bytes += bytes;
  tally.lastAtMs = Date.now();
}

/** A producer or consumer that is announced. */
interface Item {
  readonly id: string;
  readonly name: string;
  readonly place: AnnouncedPlace;
  readonly subject: string;
  readonly tally: Tally;
  /** The server has refused it, on this connection. */
  isForbidden: boolean;
  /** Stations whose messages it derives its own from. */
  readonly parents: Set<string>;
  /** Until when it is one, by the clock; `Infinity` until it ends. */
  untilMs: number;
}

/** One that is announced until it ends. */
export interface Announced {
  readonly tally: Tally;
  readonly name: string;
  /** Under which it is announced; `null` if it is not. */
  readonly id: string | null;
  /** What it produces is derived from messages of a station. */
  derivesFrom(station: string): void;
  end(): void;
}

/**
 * Announces the producers and consumers of a client, so that others can see them: at once, every ten seconds, when somebody
 * asks, and on each new connection. It costs one timer, one subscription and a short message each, and nothing before there is one.
 */
export class Herald implements LinkUser {
  readonly #link: Link;
  /** What all of them are called that have no name of their own. */
  readonly #name: string;
  readonly #isSilent: boolean;
  readonly #session = nuid.next();
  readonly #items = new Map<string, Item>();
  readonly #visits = new Map<string, Item>();
  #count = 0;
  #connectedAt = new Date().toISOString();
  #timer: NodeJS.Timeout | undefined;
  #leave: (() => void) | undefined;

  /** @param isSilent - Announces nothing. */
  constructor(link: Link, name: string, isSilent: boolean) {
    this.#link = link;
    this.#name = name;
    this.#isSilent = isSilent;
  }

  /** Announces a producer or consumer from now on. */
  enter(place: AnnouncedPlace, name: string = this.#name): Announced {
    const item = this.#add(place, name, Number.POSITIVE_INFINITY);
    const { tally, id } = item;
    return {
      ...{ tally, name, id: this.#isSilent ? null : id },
      derivesFrom: (station) => this.#derive(item, station),
      end: () => this.#end(item),
    };
  }

  /** Announces one that was there just now, and will be for a while, unless it is announced already. */
  visit(place: AnnouncedPlace, name: string = this.#name): Tally {
    const key = JSON.stringify([place.station, place.group, name]);
    const untilMs = Date.now() + visitMs;
    const known = this.#visits.get(key);
    if (known !== undefined && this.#items.has(known.id)) {
      known.untilMs = untilMs;
      return known.tally;
    }
    const item = this.#add(place, name, untilMs);
    this.#visits.set(key, item);
    return item.tally;
  }

  /** Announces that all of them end. */
  async close(): Promise<void> {
    clearTimeout(this.#timer);
    this.#leave?.();
    const hasSome = this.#items.size > 0;
    for (const item of [...this.#items.values()]) this.#end(item);
    if (this.#isSilent || !hasSome || !this.#link.isUp || this.#link.nc.isClosed()) return;
    // What was published may be dropped when the connection closes.
    const flushed = this.#link.nc.flush().catch(() => undefined);
    await Promise.race([flushed, new Promise((resolve) => setTimeout(resolve, 1_000).unref())]);
  }

  onUp(): void {
    this.#connectedAt = new Date().toISOString();
    for (const item of this.#items.values()) item.isForbidden = false;
    this.#announceAll();
  }

  onForbidden(subject: string): void {
    for (const item of this.#items.values()) if (item.subject === subject) item.isForbidden = true;
  }

  onClosed(): void {
    clearTimeout(this.#timer);
  }

  #add(place: AnnouncedPlace, name: string, untilMs: number): Item {
    const item: Item = {
      ...{ place, name, untilMs },
      id: `${this.#session}.${++this.#count}`,
      subject: announcementSubject(place),
      tally: { messages: 0, bytes: 0, lastAtMs: 0 },
      isForbidden: false,
      parents: new Set(),
    };
    if (this.#isSilent) return item;
    this.#items.set(item.id, item);
    this.#begin();
    this.#announce(item, "here");
    return item;
  }

  #derive(item: Item, station: string): void {
    const { parents } = item;
    if (parents.has(station) || parents.size >= parentsMax) return;
    if (parentCharsMax < [...parents, station].join("").length) return;
    parents.add(station);
    this.#announce(item, "here");
  }

  #end(item: Item): void {
    if (this.#items.delete(item.id)) this.#announce(item, "left");
  }

  #begin(): void {
    if (this.#leave !== undefined) return;
    this.#leave = this.#link.use(this);
    if (!this.#link.nc.isClosed()) {
      // Who may not listen is seen a little later, and that is all.
      this.#link.nc.subscribe(askSubject, {
        callback: (error) => {
          if (error === null) this.#announceAll();
        },
      });
    }
    this.#tick();
  }

  #tick(): void {
    this.#timer = setTimeout(() => {
      const nowMs = Date.now();
      for (const [key, item] of this.#visits) {
        if (item.untilMs > nowMs) continue;
        this.#visits.delete(key);
        this.#end(item);
      }
      this.#announceAll();
      this.#tick();
    }, this.#intervalMs);
    this.#timer.unref();
  }

  get #intervalMs(): number {
    return Math.max(intervalMs, this.#items.size * perItemMs);
  }

  #announceAll(): void {
    for (const item of this.#items.values()) this.#announce(item, "here");
  }

  #announce(item: Item, state: Announcement["state"]): void {
    const { nc, isUp } = this.#link;
    if (this.#isSilent || item.isForbidden || !isUp || nc.isClosed()) return;
    const { messages, bytes, lastAtMs } = item.tally;
    const announcement: Announcement = {
      version: 1,
      id: item.id,
      name: item.name,
      state,
      library: library.name,
      libraryVersion: library.version,
      holdsMs: 3 * this.#intervalMs,
      connectedAt: this.#connectedAt,
      messages,
      bytes,
      lastMessageAt: lastAtMs === 0 ? null : new Date(lastAtMs).toISOString(),
      ...(item.parents.size > 0 && { from: [...item.parents] }),
    };
    nc.publish(item.subject, JSON.stringify(announcement));
  }
}
