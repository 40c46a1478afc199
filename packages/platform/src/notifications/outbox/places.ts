import { noticeSubject as gateNoticeSubject } from "@oxbow/gate";

/** What is to be sent, and what became of it. */
export const notificationStream = "OXBOW_NOTIFICATIONS";
/** What is heard of that no other stream keeps. */
export const heardStream = "OXBOW_NOTIFY_HEARD";
/** How far rules are, and who looks. */
export const notifyingBucket = "oxbow_notifying";

const prefix = "$OXBOW.NOTIFY.";
const outPrefix = `${prefix}OUT.`;
const donePrefix = `${prefix}DONE.`;

export const notificationSubjects: readonly string[] = [`${outPrefix}*.*`, `${donePrefix}*.*`];

/** Warnings of gates. */
export const heardSubjects: readonly string[] = [gateNoticeSubject("*")];

/** A notice that is to be sent on a channel; once for its id. */
export function outSubject(channel: string, id: string): string {
  return `${outPrefix}${channel}.${id}`;
}

/** What became of it. */
export function doneSubject(channel: string, id: string): string {
  return `${donePrefix}${channel}.${id}`;
}

export function doneOfOut(subject: string): string {
  return `${donePrefix}${subject.slice(outPrefix.length)}`;
}

/** The consumer of a channel, by which one sender at a time has its notices, one after the other. */
export function channelConsumer(channel: string): string {
  return `channel-${channel}`;
}
