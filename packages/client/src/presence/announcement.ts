import { apiPrefix, nameOfToken, nameToken } from "../control/subjects.ts";
import type { PresenceKind } from "../control/types/presence.ts";

/**
 * What a client says of a producer or consumer of its own, as JSON, on the subject that {@link announcementSubject} gives: when
 * there is one, every ten seconds while there is, when it is asked to, and when there is none any more. Nobody answers, and
 * nobody need listen. Who says it, from where and on which connection is not in it: the server tells that, where it can.
 */
export interface Announcement {
  readonly version: 1;
  /** The same for as long as it is there, also on another connection: 8 to 64 letters, digits, `_`, `-` and `.`. */
  readonly id: string;
  /** 1 to 128 characters. */
  readonly name: string;
  readonly state: "here" | "left";
  readonly library: string;
  readonly libraryVersion: string;
  /** How long this holds, in milliseconds: three times what passes until the next one. */
  readonly holdsMs: number;
  /** When its connection was made, as of RFC 3339 by its own clock. */
  readonly connectedAt: string | null;
  /** Messages that it produced, or that were delivered to it, and their bytes; `null` if it does not count. */
  readonly messages: number | null;
  readonly bytes: number | null;
  /** When the last of them was. */
  readonly lastMessageAt: string | null;
  /** Of a producer: the stations whose messages it derives its own from, up to eight, if there are any. */
  readonly from?: readonly string[];
}

/** What is announced: that there is a producer of a station, or a consumer of a group of it. */
export interface AnnouncedPlace {
  readonly kind: PresenceKind;
  readonly station: string;
  /** `null` of a producer. */
  readonly group: string | null;
}

/** What all subjects begin with that are about producers and consumers. */
export const presencePrefix: string = `${apiPrefix}PRESENCE.`;

const prefix = presencePrefix;
const word = { producer: "PRODUCER", consumer: "CONSUMER" } as const;

/** Whoever subscribes to it is asked to announce what there is, at once. */
export const askSubject: string = `${prefix}ASK`;
/** All announcements. */
export const announcementSubjects: readonly string[] = [
  announcementPattern("producer", "*"),
  announcementPattern("consumer", "*"),
];

/** Announcements of one kind about stations, as permissions have them. */
export function announcementPattern(kind: PresenceKind, stations: string): string {
  return `${prefix}${word[kind]}.${stations}${kind === "consumer" ? ".*" : ""}`;
}

/** Where something is announced. Permissions for such subjects say who may be what where. */
export function announcementSubject({ kind, station, group }: AnnouncedPlace): string {
  const names = group === null ? [station] : [station, group];
  return [`${prefix}${word[kind]}`, ...names.map(nameToken)].join(".");
}

/** What is announced on a subject of {@link announcementSubjects}. */
export function announcedPlace(subject: string): AnnouncedPlace {
  const [kind, station = "", group] = subject.slice(prefix.length).split(".");
  return {
    kind: kind === word.consumer ? "consumer" : "producer",
    station: nameOfToken(station),
    group: group === undefined ? null : nameOfToken(group),
  };
}
