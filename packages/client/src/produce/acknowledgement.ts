import type { OxbowError } from "@oxbow/base";
import { clientError } from "../errors.ts";

/** The promise that a message is kept: it is on disk, unless the server was told to sync less often. */
export interface Acknowledgement {
  /** From 1. */
  readonly partition: number;
  /** Of the message in its partition. Of one to be delivered later, that of its entry, not the one it will have. */
  readonly sequence: number;
  /** Whether the station had a message of this id already, which is kept instead. */
  readonly isDuplicate: boolean;
  readonly messageId: string;
}

/** JetStream's codes (errors.json of nats-server), and that of Oxbow's gates (ADR 7). */
const code = {
  refusedByGate: 20001,
  messageTooLarge: 10054,
  headersTooLarge: 10097,
  wrongLastMessageId: 10070,
  wrongLastSequence: 10071,
  wrongLastSequenceUnknown: 10164,
  storeFailed: 10077,
  resourcesExceeded: 10023,
  storageExceeded: 10047,
  memoryExceeded: 10028,
} as const;
const conflicts: readonly number[] = [
  code.wrongLastMessageId,
  code.wrongLastSequence,
  code.wrongLastSequenceUnknown,
];
const full: readonly number[] = [
  code.storeFailed,
  code.resourcesExceeded,
  code.storageExceeded,
  code.memoryExceeded,
];

interface PublishAnswer {
  readonly seq?: number;
  readonly duplicate?: boolean;
  readonly error?: { readonly err_code?: number; readonly description?: string };
}

/** What the server said to a message, in `[start, end)` of `bytes`: where it is, or why it has not taken it. */
export function readAnswer(
  station: string,
  bytes: Uint8Array,
  start: number,
  end: number,
): { readonly sequence: number; readonly isDuplicate: boolean } | OxbowError {
  const sequence = plainSequence(bytes, start, end);
  if (sequence > 0) return { sequence, isDuplicate: false };
  return parsedAnswer(station, Buffer.from(bytes.subarray(start, end)).toString());
}

const sequenceKey = Buffer.from(',"seq":');
const letterS = 0x73;
const closeBrace = 0x7d;

/** The sequence that `{"stream":"…","seq":123}` ends with, which nearly all answers are; 0 for anything else. */
function plainSequence(bytes: Uint8Array, start: number, end: number): number {
  let at = end - 1;
  // What begins with anything but the stream is an error.
  if (at <= start + 2 || bytes[start + 2] !== letterS || bytes[at] !== closeBrace) return 0;
  let sequence = 0;
  for (let unit = 1; unit < 1e16; unit *= 10) {
    const digit = (bytes[--at] ?? 0) - 0x30;
    if (digit < 0 || digit > 9) break;
    sequence += digit * unit;
  }
  for (let i = sequenceKey.length - 1; i >= 0; i--, at--) {
    if (bytes[at] !== sequenceKey[i]) return 0;
  }
  return sequence;
}

function parsedAnswer(
  station: string,
  answer: string,
): { readonly sequence: number; readonly isDuplicate: boolean } | OxbowError {
  let parsed: PublishAnswer;
  try {
    parsed = JSON.parse(answer) as PublishAnswer;
  } catch (cause) {
    const text = `station ${station}: what came is no acknowledgement. Does something else answer on its subject?`;
    return clientError("MESSAGE_REFUSED", text, { cause });
  }
  const { seq: sequence, duplicate: isDuplicate = false, error } = parsed;
  if (error === undefined && sequence !== undefined) return { sequence, isDuplicate };
  const { err_code: number = 0, description = "no reason given" } = error ?? {};
  // A gate says itself which station it is of.
  if (number === code.refusedByGate) return clientError("MESSAGE_REFUSED", description);
  const text = `station ${station}: ${description}`;
  if (conflicts.includes(number)) return clientError("MESSAGE_CONFLICT", text);
  if (full.includes(number)) return clientError("STATION_FULL", text);
  if (number === code.messageTooLarge || number === code.headersTooLarge) {
    return clientError("MESSAGE_TOO_LARGE", text);
  }
  return clientError("MESSAGE_REFUSED", text);
}
