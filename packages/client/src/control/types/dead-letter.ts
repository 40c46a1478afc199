import type { DeadLetterReason } from "../../stations/station-settings.ts";

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

/** A header of a message. */
export type HeaderLine = readonly [name: string, value: string];

/** A dead letter with its message, as an answer carries it. */
export interface DeadLetterContent extends DeadLetter {
  /** As they were published, names and values in their order. */
  readonly headers: readonly HeaderLine[];
  /** In base64: all of it, or as much of its beginning as an answer has room for. */
  readonly payload: string;
  readonly isPayloadCut: boolean;
}

/** A dead letter, in an answer that is no error though the dead letter has one. */
export interface FoundDeadLetter {
  readonly letter: DeadLetterContent;
}

/** Which dead letters of a station; all that everything that is said holds for. */
export interface StationDeadLetters {
  /** `null` for messages that were not let in. */
  readonly group?: string | null | undefined;
  readonly reason?: DeadLetterReason | undefined;
  /** Those that died at this time or later: a `Date`, or text as of ISO 8601 with its zone. */
  readonly since?: string | Date | undefined;
  /** Those that died before this time. */
  readonly until?: string | Date | undefined;
  /** Those of one cause: the `id` that `deadLetter.causes` gives it. */
  readonly cause?: string | undefined;
  /** These, 1 to 10,000. */
  readonly ids?: readonly number[] | undefined;
}

/** What dead letters have in common: who could not deal with them, and why, but for numbers in the text. */
export interface DeadLetterCause
  extends Pick<DeadLetter, "group" | "reason" | "schema" | "rule" | "path" | "error"> {
  /** 16 characters of hexadecimal. */
  readonly id: string;
  readonly count: number;
  /** When the first of them died, and the last. */
  readonly firstAt: string;
  readonly lastAt: string;
}

/** Causes of dead letters, the most frequent first; texts are those of the last of each. At most 100 are told apart. */
export interface DeadLetterCauses {
  readonly causes: readonly DeadLetterCause[];
  /** Dead letters of all causes. */
  readonly count: number;
  /** Of these, those of causes that are not told apart. */
  readonly others: number;
}

/** A station that has dead letters. */
export interface StationOfDeadLetters {
  readonly station: string;
  readonly count: number;
}

/** Which dead letters are listed. */
export interface DeadLettersRequest extends StationDeadLetters {
  /** Only those behind this one: the `next` of the page before. */
  readonly after?: number;
  /** 1 to 1,000; 100 by default. A page has fewer if they would be too large for one message. */
  readonly limit?: number;
}

/** Dead letters, oldest first. */
export interface DeadLetterPage {
  readonly letters: readonly DeadLetter[];
  /** What the next page is asked for with; `null` if there are no more. */
  readonly next: number | null;
}

/** One of the dead letters of a station. */
export interface DeadLetterId {
  readonly id: number;
}

/** How many there are. */
export interface DeadLetterCount {
  readonly count: number;
}

/** Which dead letters are taken out. */
export interface DropRequest {
  readonly filter: StationDeadLetters;
  /** Only count. */
  readonly isDryRun?: boolean;
}

/** How many were taken out, or would be. */
export interface Dropped {
  readonly dropped: number;
}

/** Where messages are resent to. */
export type ResendTarget =
  /** To the group that they are dead for, and no other. */
  | "group"
  /** To their station: all of its groups get them. */
  | "station"
  /** To another station, under their key, or this one; in a stream of a plain client that is the subject. */
  | { readonly station: string; readonly key?: string | undefined };

/** What is changed of each message that is resent. */
export interface EditRequest {
  /** Another payload: text, or in base64. */
  readonly payload?: string;
  readonly encoding?: "text" | "base64";
  /** Headers that are set, or taken out with `null`. */
  readonly headers?: Readonly<Record<string, string | null>>;
}

/** Which dead letters of a station are resent to where they come from, and how. */
export interface StationResend {
  readonly filter: StationDeadLetters;
  /** `"group"` by default. */
  readonly to?: "group" | "station";
  readonly edit?: EditRequest;
  /** How long it waits before it begins; 0 by default, at most 30 days. */
  readonly delayMs?: number;
  /** Leaves those out that were resent so often, also before they died again; by default there is no bound. */
  readonly resendsMax?: number;
  /** Keeps the dead letters. By default one is taken out as soon as its message is stored again. */
  readonly keep?: boolean;
  /** 8 to 64 letters and digits: what was asked for under it before is not asked for again. */
  readonly id?: string;
}

/** Which dead letters of a station are resent to another one, and how. */
export interface ResendElsewhere extends Omit<StationResend, "to"> {
  readonly to: { readonly station: string; readonly key?: string };
}

/** What a resend has come to, or would. */
export interface ResendCounts {
  /** Dead letters that it is about. */
  readonly matched: number;
  /** Those whose message is stored again. */
  readonly sent: number;
  /** Those that were left out. */
  readonly skipped: number;
  /** Those whose message could not be stored. */
  readonly failed: number;
  /** Why, of the first that differ. */
  readonly problems: readonly string[];
}

/** A resend as it is now. */
export interface Resend extends ResendCounts {
  readonly id: string;
  readonly createdAt: string;
  readonly state: "waiting" | "running" | "done" | "cancelled";
  /** The station whose dead letters it is about; `null` for all. */
  readonly station: string | null;
  readonly to: ResendTarget;
  readonly keep: boolean;
  readonly delayMs: number;
  readonly resendsMax: number | null;
  /** `null` before it has begun, or is at its end. */
  readonly startedAt: string | null;
  readonly endedAt: string | null;
}

/** One of the resends of a station. */
export interface ResendId {
  readonly id: string;
}

/** How long dead letters are kept, all stations together. A station can have them kept for a shorter time. */
export interface DeadLetterRetention {
  /** 0 for ever. */
  readonly maxAgeMs: number;
  /** `null` for any number. */
  readonly maxMessages: number | null;
  readonly maxBytes: number | null;
}
