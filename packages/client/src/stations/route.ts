import { partitionOf } from "@oxbow/base";
import { clientError } from "../errors.ts";

/** Where the messages of a station are. */
export interface Route {
  readonly station: string;
  /** Whether it is one that a platform made; else the stream of a plain client, whose keys are whole subjects. */
  readonly isManaged: boolean;
  /** The streams of its partitions, in order. */
  readonly streams: readonly string[];
  /** The subject of a message without a key; `undefined` where each must have one. */
  readonly subject: string | undefined;
  /** Whether a message is gone once all groups have acknowledged it. */
  readonly isUntilAcknowledged: boolean;
  /** Whether messages are the same by their content. */
  readonly isByContent: boolean;
}

/** Where a message goes. */
export interface Address {
  /** From 1. */
  readonly partition: number;
  readonly stream: string;
  readonly subject: string;
}

/** One or more tokens with dots between them, without wildcards. */
const keyPattern = /^[^\s.*>]+(?:\.[^\s.*>]+)*$/;

/** What a key begins with that stands for a message which is delivered later. */
export const laterToken = "_later";

/** @throws OxbowError `MESSAGE_INVALID` */
export function checkKey(key: string): void {
  if (keyPattern.test(key)) return;
  const text = `${JSON.stringify(key)} is no key: it is tokens with dots between them, without spaces, * and >`;
  throw clientError("MESSAGE_INVALID", text);
}

/**
 * Where a message goes: to the partition that is asked for, else to that of its key, which is the one that a server with
 * a gate chooses, too; without a key to that of its id, if it has one of its own, or to one after the other.
 *
 * @param messageId - That it is known by if it comes again.
 * @param turn - Counts messages without a key.
 * @throws OxbowError `MESSAGE_INVALID`
 */
export function addressOf(
  route: Route,
  key: string | undefined,
  partition: number | undefined,
  messageId: string | undefined,
  turn: number,
): Address {
  const count = route.streams.length;
  const number = partition ?? (count === 1 ? 1 : chosenPartition(key ?? messageId, count, turn));
  const stream = route.streams[number - 1];
  if (stream === undefined) {
    const text = `station ${route.station} has no partition ${number}: there ${count === 1 ? "is 1" : `are 1 to ${count}`}`;
    throw clientError("MESSAGE_INVALID", text);
  }
  return { partition: number, stream, subject: subjectOf(route, stream, key) };
}

/** @param by - Key or id, whose hash decides. */
function chosenPartition(by: string | undefined, count: number, turn: number): number {
  if (by === undefined) return (turn % count) + 1;
  const bytes = Buffer.from(by);
  return partitionOf(bytes, 0, bytes.length, count);
}

function subjectOf(route: Route, stream: string, key: string | undefined): string {
  if (route.isManaged) {
    return key === undefined ? stream : `${stream}.${key}`;
  }
  const subject = key ?? route.subject;
  if (subject !== undefined) return subject;
  const text = `station ${route.station} is the stream of a plain client, and takes messages by their whole subject: give it as key`;
  throw clientError("MESSAGE_INVALID", text);
}

/** The key in the subject of a message; `undefined` for none. */
export function keyOf(isManaged: boolean, stream: string, subject: string): string | undefined {
  if (!isManaged) return subject;
  return subject.length > stream.length ? subject.slice(stream.length + 1) : undefined;
}
