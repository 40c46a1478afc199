import type { MsgHdrs } from "@nats-io/nats-core";
import type { DeadLetter, HeaderLine } from "oxbow/control";
import type { DeadLetterReason } from "oxbow/internal";
import { header, originalHeaders } from "./letter-headers.ts";
import { isLetterSubject } from "./places.ts";

export type { DeadLetter };

/** A dead letter with its message. */
export interface DeadLetterMessage extends DeadLetter {
  /** As they were published, names and values in their order. */
  readonly headers: readonly HeaderLine[];
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
