import type { MsgHdrs } from "@nats-io/nats-core";
import type { DeadLetterReason } from "oxbow/internal";
import { header, originalHeaders } from "./letter-headers.ts";
import { isLetterSubject } from "./places.ts";

/** A message that a group could do nothing with, or that was not let into its station. */
export interface DeadLetter {
  /** Its sequence in the stream of dead letters. */
  readonly id: number;
  readonly station: string;
  /** `null` for a message that was not let in. */
  readonly group: string | null;
  readonly reason: DeadLetterReason;
  /** What the member or the gate said. */
  readonly error: string;
  /** Where it was delivered from; `null` for a message that was not let in. */
  readonly stream: string | null;
  readonly partition: number | null;
  readonly sequence: number | null;
  /** The subject that it was published to; empty if the message is missing. */
  readonly subject: string;
  /** When it was published; `null` if the message is missing. */
  readonly time: string | null;
  /** How often it was delivered, if that is known. */
  readonly attempts: number | null;
  readonly diedAt: string;
  /** Why the message itself is not here, in words; `null` if it is. */
  readonly missing: string | null;
  /** How often it was resent before it died once more. */
  readonly resends: number;
  /** Which rule of the gate it broke, where, and by what it was checked. */
  readonly rule: string | null;
  readonly path: string | null;
  readonly schema: string | null;
  readonly schemaVersion: number | null;
  /** The name of the connection that published it, where the gate knew it. */
  readonly client: string | null;
  /** Whether the message's own headers are not here, for want of room. */
  readonly areHeadersLost: boolean;
  /** Bytes of the payload. */
  readonly size: number;
}

/** A dead letter with its message. */
export interface DeadLetterMessage extends DeadLetter {
  /** As they were published, names and values in their order. */
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly payload: Uint8Array;
}

/** A message of the stream of dead letters. */
export interface StoredLetter {
  readonly subject: string;
  readonly seq: number;
  readonly header: MsgHdrs | undefined;
  readonly data: Uint8Array;
}

/**
 * The dead letter that a message of the stream is; `undefined` for what is left of one that was dropped, and for what
 * somebody else has put there.
 */
export function deadLetterOf({
  subject,
  seq,
  header: marks,
  data,
}: StoredLetter): DeadLetter | undefined {
  if (marks === undefined || !isLetterSubject(subject)) return undefined;
  const text = (name: string): string | null => marks.get(name) || null;
  const count = (name: string): number | null => (text(name) === null ? null : Number(text(name)));
  const station = text(header.station);
  const reason = text(header.reason);
  if (station === null || !isReason(reason)) return undefined;
  return {
    id: seq,
    station,
    group: text(header.group),
    reason,
    error: marks.get(header.error),
    stream: text(header.stream),
    partition: count(header.partition),
    sequence: count(header.sequence),
    subject: marks.get(header.subject),
    time: text(header.time),
    attempts: count(header.attempts),
    diedAt: marks.get(header.diedAt),
    missing: text(header.missing),
    resends: count(header.resends) ?? 0,
    rule: text(header.rule),
    path: text(header.path),
    schema: text(header.schema),
    schemaVersion: count(header.schemaVersion),
    client: text(header.client),
    areHeadersLost: text(header.headersLost) !== null,
    size: (count("Nats-Msg-Size") ?? data.length) + (count(header.rest) ?? 0),
  };
}

/** With its message, of which `payload` is all. */
export function withMessage(
  letter: DeadLetter,
  { header: marks }: StoredLetter,
  payload: Uint8Array,
): DeadLetterMessage {
  return { ...letter, size: payload.length, headers: originalHeaders(marks), payload };
}

function isReason(text: string | null): text is DeadLetterReason {
  return text === "exhausted" || text === "terminated" || text === "refused";
}
