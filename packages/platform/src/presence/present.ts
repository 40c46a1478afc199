import { createHash } from "node:crypto";
import type { Consumer, Producer } from "oxbow/control";
import type { AnnouncedPlace } from "oxbow/internal";
import type { PresenceRecord } from "./presence-record.ts";
import { RateMeter } from "./rate-meter.ts";

/** Who it is, and where, as far as it is known. */
export interface Looks {
  readonly name: string;
  readonly library: string | null;
  readonly libraryVersion: string | null;
  readonly address: string | null;
  readonly user: string | null;
}

/** A producer or consumer that is there, or whose connection is lost for a while. Times in milliseconds since 1970. */
export interface Present {
  readonly id: string;
  readonly place: AnnouncedPlace;
  readonly isAnnounced: boolean;
  /** What it calls itself when it announces itself, and in the stamps of its messages. */
  announcedId: string | null;
  readonly firstSeenMs: number;
  looks: Looks;
  isConnected: boolean;
  /** Number of its connection, the last one if it has none now; `null` if the server tells no numbers. */
  connection: number | null;
  connectedAt: string | null;
  lastSeenMs: number;
  /** Until then it may come back. */
  heldUntilMs: number;
  lastMessageMs: number | null;
  pulls: number | null;
  meter: RateMeter;
  /** Who counts its messages. */
  countedBy: "client" | "server";
  /** What is stored of it, if anything. */
  record: { readonly revision: number; readonly state: "here" | "gone"; atMs: number } | undefined;
  /** Set once it is to be told that it is gone. */
  leaving: "left" | "lapsed" | undefined;
}

/** What one begins as. */
export function newcomer(
  id: string,
  place: AnnouncedPlace,
  isAnnounced: boolean,
  looks: Looks,
  nowMs: number,
): Present {
  return {
    ...{ id, place, isAnnounced, looks },
    firstSeenMs: nowMs,
    isConnected: true,
    announcedId: null,
    connection: null,
    connectedAt: null,
    lastSeenMs: nowMs,
    heldUntilMs: nowMs,
    lastMessageMs: null,
    pulls: null,
    meter: new RateMeter(),
    countedBy: "client",
    record: undefined,
    leaving: undefined,
  };
}

/** One that was there when somebody else wrote of it; whether it still is shows. */
export function remembered(
  id: string,
  { record, revision }: { readonly record: PresenceRecord; readonly revision: number },
  nowMs: number,
): Present {
  const { kind, station, group, isAnnounced, name, library, libraryVersion, address, user } =
    record;
  const looks = { name, library, libraryVersion, address, user };
  const firstSeenMs = Date.parse(record.firstSeenAt) || nowMs;
  return {
    ...newcomer(id, { kind, station, group }, isAnnounced, looks, nowMs),
    firstSeenMs,
    isConnected: false,
    lastSeenMs: Math.max(firstSeenMs, Date.parse(record.at) || 0),
    record: { revision, state: "here", atMs: Date.parse(record.at) || nowMs },
  };
}

/** An id that nobody can guess another one from, or what it is made of. */
export function presenceId(...parts: readonly unknown[]): string {
  return createHash("sha256").update(JSON.stringify(parts)).digest("base64url").slice(0, 22);
}

/** As it is shown. */
export function shown(present: Present): Producer {
  const { id, place, isAnnounced, isConnected, looks, connection, connectedAt, meter } = present;
  const rate = meter.rate();
  return {
    id,
    name: looks.name,
    station: place.station,
    ...{ isAnnounced, isConnected },
    library: looks.library,
    version: looks.libraryVersion,
    address: looks.address,
    user: looks.user,
    connection: isConnected ? connection : null,
    firstSeenAt: timeText(present.firstSeenMs),
    connectedAt,
    lastSeenAt: timeText(present.lastSeenMs),
    lastMessageAt: present.lastMessageMs === null ? null : timeText(present.lastMessageMs),
    messages: meter.last?.messages ?? null,
    bytes: meter.last?.bytes ?? null,
    messagesPerSecond: rounded(isConnected ? rate?.messages : 0),
    bytesPerSecond: rounded(isConnected ? rate?.bytes : 0),
  };
}

/** A member of a group as it is shown. */
export function shownConsumer(present: Present): Consumer {
  const { isConnected, pulls, place } = present;
  return { ...shown(present), group: place.group ?? "", pulls: isConnected ? pulls : 0 };
}

export function timeText(ms: number): string {
  return new Date(ms).toISOString();
}

function rounded(perSecond: number | null | undefined): number | null {
  return perSecond === null || perSecond === undefined ? null : Math.round(perSecond * 100) / 100;
}
