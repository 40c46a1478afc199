import { nuid } from "@nats-io/nats-core";
import type { PresenceKind, Requester } from "oxbow/control";
import type { AnnouncedPlace, Announcement } from "oxbow/internal";
import { deedKey, type ObservedClient, type ObservedDeed } from "./observed-clients.ts";
import { presenceLimits } from "./presence-limits.ts";
import { type Looks, newcomer, type Present, presenceId } from "./present.ts";
import { RateMeter } from "./rate-meter.ts";

/** Who announces something, as the server says. */
export interface Announcer extends Requester {
  /** When its connection was made, as of RFC 3339. */
  readonly connectedAt: string | null;
}

/** Which of them. */
interface PresenceFilter {
  readonly kind: PresenceKind;
  readonly station?: string | undefined;
  readonly group?: string | undefined;
}

/**
 * The producers and consumers of an account, of what they announce and of what the server sees connections do. One that does
 * both is one. It knows no clock: who calls says what time it is.
 */
export class PresenceBoard {
  readonly #lapseMs: number;
  readonly #all: Map<string, Present> = new Map();
  /** Those that are only observed, by what they do. */
  readonly #byDeed: Map<string, Present> = new Map();
  /** Those of them that have no connection, by what they look like. */
  readonly #away: Map<string, Set<Present>> = new Map();

  /** Whether the server tells which connections there are. */
  #isObserved = false;

  /** @param lapseMs - How long one may be away whose connection is lost. */
  constructor(lapseMs: number) {
    this.#lapseMs = lapseMs;
  }

  get size(): number {
    return this.#all.size;
  }

  get isFull(): boolean {
    return this.#all.size >= presenceLimits.presentMax;
  }

  /** Those who have not left. */
  list({ kind, station, group }: PresenceFilter): Present[] {
    return [...this.#all.values()].filter(
      ({ place, leaving }) =>
        leaving === undefined &&
        place.kind === kind &&
        (station === undefined || place.station === station) &&
        (group === undefined || place.group === group),
    );
  }

  all(): Present[] {
    return [...this.#all.values()];
  }

  /** Adds one that is known from elsewhere, unless it is here already. */
  add(present: Present): void {
    const known = this.#all.get(present.id);
    if (known !== undefined) {
      known.record ??= present.record;
      return;
    }
    this.#all.set(present.id, present);
    if (!present.isAnnounced) this.#sendAway(present);
  }

  remove(present: Present): void {
    this.#all.delete(present.id);
    this.#comeBack(present);
  }

  /**
   * Takes an announcement.
   *
   * @param who - Who has made it; `null` where the server does not tell.
   * @returns Whether there was room for it.
   */
  announce(
    place: AnnouncedPlace,
    said: Announcement,
    who: Announcer | null,
    nowMs: number,
  ): boolean {
    // Of another user, or about something else, the same id is another one: nobody takes the place of anybody.
    const id = presenceId("announced", who?.user, place, said.id);
    const known = this.#all.get(id);
    if (said.state === "left") {
      if (known !== undefined) known.leaving = "left";
      return true;
    }
    const connection = who?.clientId ?? null;
    if (known === undefined && (this.isFull || this.#announcesMuch(connection))) return false;
    const looks = {
      name: said.name,
      library: said.library,
      libraryVersion: said.libraryVersion,
      address: who?.address || null,
      user: who?.user || null,
    };
    const present = known ?? newcomer(id, place, true, looks, nowMs);
    if (present.connection !== connection) setCounter(present, "client");
    present.looks = looks;
    present.announcedId = said.id;
    present.isConnected = true;
    present.leaving = undefined;
    present.connection = connection;
    present.connectedAt = who === null ? said.connectedAt : who.connectedAt;
    present.lastSeenMs = nowMs;
    present.heldUntilMs = nowMs + said.holdsMs;
    const { messages, bytes, lastMessageAt } = said;
    if (present.countedBy === "client" && messages !== null) {
      present.meter.note({ atMs: nowMs, messages, bytes });
    }
    noteMessage(present, lastMessageAt === null ? 0 : Date.parse(lastMessageAt), nowMs);
    this.#all.set(id, present);
    return true;
  }

  /** Takes what all connections do now. Who announces it is that one; the others are known by what they do. */
  observe(
    deeds: ReadonlyMap<string, ObservedDeed>,
    isConnected: (connection: number) => boolean,
    nowMs: number,
  ): void {
    this.#isObserved = true;
    const announced = this.#seeAnnounced(isConnected, nowMs);
    for (const [key, present] of this.#byDeed) {
      if (deeds.has(key) && !announced.has(key)) continue;
      this.#byDeed.delete(key);
      // It was taken for somebody else until it has announced itself.
      if (announced.has(key) && present.record === undefined) this.#all.delete(present.id);
      else this.#sendAway(present);
    }
    for (const [key, deed] of deeds) {
      const known = announced.get(key);
      if (known === undefined) this.#seeDeed(key, deed, nowMs);
      else if (known.length === 1) noteDeed(known[0] as Present, deed, nowMs);
    }
  }

  /** Has those leave who were away for too long. */
  lapse(nowMs: number): void {
    for (const present of this.#all.values()) {
      const { heldUntilMs, lastSeenMs, connection, isAnnounced } = present;
      // Of whom nobody tells whether it is connected, the next announcement is awaited.
      const isTold = this.#isObserved && connection !== null;
      if (isAnnounced && !isTold && heldUntilMs - nowMs < (heldUntilMs - lastSeenMs) / 2) {
        present.isConnected = false;
      }
      if (heldUntilMs <= nowMs) present.leaving ??= "lapsed";
    }
  }

  /** When the next one may lapse; `Infinity` for never. */
  get nextLapseMs(): number {
    let next = Number.POSITIVE_INFINITY;
    for (const { heldUntilMs, leaving } of this.#all.values()) {
      if (leaving === undefined) next = Math.min(next, heldUntilMs);
    }
    return next;
  }

  /** Nobody could be heard for a while: nobody is gone for that. */
  holdAll(nowMs: number): void {
    for (const present of this.#all.values()) {
      present.heldUntilMs = Math.max(present.heldUntilMs, nowMs + this.#lapseMs);
    }
  }

  /** How many there are at the same station, or in the same group, besides those who leave. */
  remaining({ kind, station, group }: AnnouncedPlace): number {
    return this.list({ kind, station, group: group ?? undefined }).length;
  }

  /** Those who announce themselves, by what their connections do. */
  #seeAnnounced(
    isConnected: (connection: number) => boolean,
    nowMs: number,
  ): Map<string, Present[]> {
    const announced = new Map<string, Present[]>();
    for (const present of this.#all.values()) {
      const { connection, place, isAnnounced } = present;
      if (!isAnnounced || connection === null) continue;
      present.isConnected = isConnected(connection);
      if (!present.isConnected) continue;
      present.lastSeenMs = nowMs;
      present.heldUntilMs = Math.max(present.heldUntilMs, nowMs + this.#lapseMs);
      const key = deedKey(place, connection);
      announced.set(key, [...(announced.get(key) ?? []), present]);
    }
    return announced;
  }

  #seeDeed(key: string, deed: ObservedDeed, nowMs: number): void {
    const { client } = deed;
    let present = this.#byDeed.get(key);
    if (present === undefined) {
      present = this.#identify(deed, nowMs);
      if (present === undefined) return;
      present.connection = client.id;
      present.connectedAt = new Date(client.connectedAtMs).toISOString();
      setCounter(present, "client");
      this.#byDeed.set(key, present);
      this.#all.set(present.id, present);
    }
    present.isConnected = true;
    present.leaving = undefined;
    present.lastSeenMs = nowMs;
    present.heldUntilMs = nowMs + this.#lapseMs;
    noteDeed(present, deed, nowMs);
  }

  /** One with the same looks that was away has come back; else it is a new one. */
  #identify({ kind, station, group, client }: ObservedDeed, nowMs: number): Present | undefined {
    const looks = looksOf(client);
    const place = { kind, station, group };
    const known = this.#away.get(identityOf(place, looks))?.values().next().value;
    if (known === undefined) {
      return this.isFull ? undefined : newcomer(nuid.next(), place, false, looks, nowMs);
    }
    this.#comeBack(known);
    known.looks = looks;
    return known;
  }

  #sendAway(present: Present): void {
    present.isConnected = false;
    const identity = identityOf(present.place, present.looks);
    const others = this.#away.get(identity);
    if (others === undefined) this.#away.set(identity, new Set([present]));
    else others.add(present);
  }

  #comeBack(present: Present): void {
    const identity = identityOf(present.place, present.looks);
    const others = this.#away.get(identity);
    others?.delete(present);
    if (others?.size === 0) this.#away.delete(identity);
  }

  #announcesMuch(connection: number | null): boolean {
    if (connection === null) return false;
    let count = 0;
    for (const present of this.#all.values()) {
      if (present.isAnnounced && present.connection === connection) count++;
    }
    return count >= presenceLimits.announcedPerConnectionMax;
  }
}

/** What connections of the same program have in common, also when it has another version. */
function identityOf(place: AnnouncedPlace, { name, library, address, user }: Looks): string {
  return JSON.stringify([place.kind, place.station, place.group, name, library, address, user]);
}

function looksOf({ name, library, version, address, user, id }: ObservedClient): Present["looks"] {
  return {
    name: name || library || `connection ${id}`,
    library: library || null,
    libraryVersion: version || null,
    address: address || null,
    user: user || null,
  };
}

function noteDeed(present: Present, deed: ObservedDeed, nowMs: number): void {
  setCounter(present, "server");
  present.pulls = deed.pulls;
  present.meter.note({ atMs: nowMs, messages: deed.messages, bytes: deed.bytes });
  noteMessage(present, deed.lastAtMs, nowMs);
}

/** Counts of one are no counts of the other. */
function setCounter(present: Present, by: Present["countedBy"]): void {
  if (present.countedBy === by) return;
  present.countedBy = by;
  present.meter = new RateMeter();
}

function noteMessage(present: Present, atMs: number, nowMs: number): void {
  if (atMs > 0) present.lastMessageMs = Math.max(present.lastMessageMs ?? 0, Math.min(atMs, nowMs));
}
