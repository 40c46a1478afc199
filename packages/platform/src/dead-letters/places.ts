import { consumerName, stationToken } from "oxbow/internal";

/** What is to become dead letters. */
export const intakeStream = "OXBOW_DEAD_INTAKE";
/** The dead letters. */
export const letterStream = "OXBOW_DEAD_LETTERS";
/** What is resent, and how far that is. */
export const resendStream = "OXBOW_RESENDS";

/** The consumer by which workers share what is to be done, on the intake and on the resends. */
export const workConsumer = "oxbow";

const advisories = "$JS.EVENT.ADVISORY.CONSUMER";
export const exhaustedAdvisory: string = `${advisories}.MAX_DELIVERIES.`;
export const terminatedAdvisory: string = `${advisories}.MSG_TERMINATED.`;

export const intakeSubjects: readonly string[] = [
  "$OXBOW.DL.*.gate",
  "$OXBOW.DL.*.consumer",
  `${exhaustedAdvisory}*.*`,
  `${terminatedAdvisory}*.*`,
];

const letterPrefix = "$OXBOW.DEAD.";
const restPrefix = "$OXBOW.DEAD-REST.";
export const letterSubjects: readonly string[] = [
  `${letterPrefix}*.*.*.*.*`,
  `${restPrefix}*.*.*.*.*`,
];

const resendPrefix = "$OXBOW.RESEND.";
const jobPrefix = `${resendPrefix}JOB.`;
export const resendSubjects: readonly string[] = [
  `${resendPrefix}*.*`,
  `${resendPrefix}LETTER.*.*.*.*.*`,
];
export const jobSubjects: string = `${jobPrefix}*`;

/** What was asked for. */
export function jobSubject(id: string): string {
  return `${jobPrefix}${id}`;
}

export function jobOfSubject(subject: string): string {
  return subject.slice(jobPrefix.length);
}

/** How far it is. */
export function jobStateSubject(id: string): string {
  return `${resendPrefix}STATE.${id}`;
}

/** That it is to end. */
export function jobCancelSubject(id: string): string {
  return `${resendPrefix}CANCEL.${id}`;
}

/** What is being done with one dead letter, or was last. */
export function resendRecordSubject(letter: string): string {
  return `${resendPrefix}LETTER.${letter.slice(letterPrefix.length)}`;
}

/** Stands where the group would, for what was not let in. No consumer has such a name from the platform. */
const noGroup = "$gate";

/** What tells a dead letter from all others: a message, and the group that it is dead for. */
export interface LetterKey {
  readonly station: string;
  /** `null` for a message that was not let in. */
  readonly group: string | null;
  /** Which stream of the name it was, since sequences begin anew with another one. */
  readonly incarnation: string;
  /** 0 for a message that was not let in. */
  readonly partition: number;
  readonly sequence: number;
}

/** The tokens of a dead letter's subject behind the prefix. */
export function letterTail({ station, group, ...more }: LetterKey): string {
  const { incarnation, partition, sequence } = more;
  return `${stationToken(station)}.${groupToken(group)}.${incarnation}.${partition}.${sequence}`;
}

export function letterSubject(key: LetterKey): string {
  return `${letterPrefix}${letterTail(key)}`;
}

/** Dead letters of a message, whichever stream of the name it was in. */
export function letterSubjectOfAny(key: LetterKey): string {
  return letterSubject({ ...key, incarnation: "*" });
}

/** Dead letters of a message, of all groups. */
export function lettersOfMessage(key: Omit<LetterKey, "group">): string {
  const { station, incarnation, partition, sequence } = key;
  return `${letterPrefix}${stationToken(station)}.*.${incarnation}.${partition}.${sequence}`;
}

/** The consumer that a dead letter is of, by the subject of the letter or of the record of its resends. */
export function consumerOfLetter(subject: string): string {
  return subject.split(".").at(-4) ?? "";
}

/** Where the end of a payload is kept that has no room in the letter itself. */
export function restSubject(subject: string): string {
  return `${restPrefix}${subject.slice(letterPrefix.length)}`;
}

/** Dead letters of a station, of a group, or all. */
export function letterFilter(
  station: string | undefined,
  group: string | null | undefined,
): string {
  const stationPart = station === undefined ? "*" : stationToken(station);
  return `${letterPrefix}${stationPart}.${group === undefined ? "*" : groupToken(group)}.*.*.*`;
}

export function isLetterSubject(subject: string): boolean {
  return subject.startsWith(letterPrefix);
}

function groupToken(group: string | null): string {
  return group === null ? noGroup : consumerName(group);
}

/** Which stream of its name it is. */
export function incarnationOf({ created }: { readonly created: string }): string {
  return Date.parse(created).toString(36);
}
