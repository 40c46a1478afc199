import { consumerName } from "../groups/group-name.ts";

/**
 * Subjects of messages that were resent to one group of a station (ADR-0008). They are in the stream of their partition
 * like all others, and only the consumers of that group take them; what a message's subject was is in a header.
 */
const prefix = "$OXBOW.RS.";

/** What a stream of a station takes of these. */
export function resentSubjects(stream: string): string {
  return `${prefix}${stream}.*.*`;
}

/** What of them the consumers of a group take. */
export function resentFilter(stream: string, group: string): string {
  return `${prefix}${stream}.${consumerName(group)}.*`;
}

/** @param token - Says which resend it is: each message has a subject of its own. */
export function resentSubject(stream: string, consumer: string, token: string): string {
  return `${prefix}${stream}.${consumer}.${token}`;
}

export function isResentSubject(subject: string): boolean {
  return subject.startsWith(prefix);
}
