import { clientError } from "../errors.ts";
import { checkKey } from "../stations/route.ts";
import { applicationLines, type HeadersInput, headerLine } from "./encoded-headers.ts";
import { checkParent, type ParentMessage, parentLines } from "./parentage.ts";

/** What is said about a message. All can be left out. */
export interface ProduceOptions {
  /**
   * Tokens with dots between them, such as `eu.4711`: groups filter by it, compaction keeps the last ones of each, and in a
   * station of several partitions it decides about the partition.
   */
  readonly key?: string;
  readonly headers?: HeadersInput;
  /**
   * Names the message: one that comes again within the station's window is stored once, unless the station knows messages by
   * their content. Every message gets one, so that it can be sent again after the connection was lost.
   */
  readonly messageId?: string;
  /** From 1. By default as the key says, else as the `messageId` does, else one after the other. */
  readonly partition?: number;
  /** Delivered so many milliseconds from now. */
  readonly delayMs?: number;
  /** Delivered then, or at once if that is past. */
  readonly at?: Date;
  /** Removed after this time, in milliseconds; it is rounded up to whole seconds. */
  readonly ttlMs?: number;
  /** Refused with `MESSAGE_CONFLICT` unless the last message of the partition has this sequence; 0 for none. */
  readonly expectLastSequence?: number;
  /** The same for the last message of the key. */
  readonly expectLastKeySequence?: number;
  /** The same for the id of the last message of the partition. */
  readonly expectLastMessageId?: string;
  /**
   * What it is derived from: a message that was consumed, or where one is. It is kept with the message, which so belongs to the
   * journey of the other one, and to its trace.
   */
  readonly parent?: ParentMessage;
}

const known: ReadonlySet<string> = new Set([
  "key",
  "headers",
  "messageId",
  "partition",
  "delayMs",
  "at",
  "ttlMs",
  "expectLastSequence",
  "expectLastKeySequence",
  "expectLastMessageId",
  "parent",
] satisfies (keyof ProduceOptions)[]);

/** Where the id that a producer gave stands, where messages are known by their content. */
export const ownIdHeader = "Oxbow-Message-Id";

/** @throws OxbowError `MESSAGE_INVALID` */
export function checkOptions(options: ProduceOptions): void {
  for (const name of Object.keys(options)) {
    if (!known.has(name)) throw clientError("MESSAGE_INVALID", `produce has no option ${name}`);
  }
  const { key, messageId, delayMs, at, ttlMs, parent } = options;
  if (parent !== undefined) checkParent(parent);
  if (key !== undefined) checkKey(key);
  if (messageId !== undefined && (messageId === "" || /[\r\n]/.test(messageId))) {
    throw clientError("MESSAGE_INVALID", "messageId: one line that is not empty");
  }
  if (delayMs !== undefined && at !== undefined) {
    throw clientError("MESSAGE_INVALID", "delayMs and at both say when: give one of them");
  }
  if ((delayMs !== undefined || at !== undefined) && isConditional(options)) {
    const text =
      "what is expected is looked at when a message is produced, not when it is delivered later: give no delayMs or at";
    throw clientError("MESSAGE_INVALID", text);
  }
  checkTime("delayMs", delayMs, 0);
  checkTime("ttlMs", ttlMs, 1);
  if (at !== undefined && Number.isNaN(at.getTime())) {
    throw clientError("MESSAGE_INVALID", "at is no time");
  }
}

/** Whether sending it twice could be told from sending it once by its answer. */
export function isConditional(options: ProduceOptions): boolean {
  return (
    options.expectLastSequence !== undefined ||
    options.expectLastKeySequence !== undefined ||
    options.expectLastMessageId !== undefined
  );
}

/** When a message is to be delivered; `undefined` for at once. */
export function dueAt({ delayMs, at }: ProduceOptions, nowMs: number): Date | undefined {
  const due = at ?? (delayMs === undefined ? undefined : new Date(nowMs + delayMs));
  return due !== undefined && due.getTime() > nowMs ? due : undefined;
}

/**
 * The lines of headers that say what the options do.
 *
 * @param messageId - What the station knows the message by if it comes again, if by anything.
 * @param stamp - The line that says who produces it; may be empty.
 * @param later - Where the message is delivered to, and when, if not at once.
 * @throws OxbowError `MESSAGE_INVALID`
 */
export function headerLines(
  options: ProduceOptions,
  messageId: string | undefined,
  stamp: string,
  later: { readonly subject: string; readonly at: Date } | undefined,
): string {
  let lines = messageId === undefined ? stamp : headerLine("Nats-Msg-Id", messageId) + stamp;
  const { headers, ttlMs, parent } = options;
  if (parent !== undefined) lines += parentLines(parent, headers);
  if (options.messageId !== undefined && options.messageId !== messageId) {
    lines += headerLine(ownIdHeader, options.messageId);
  }
  if (headers !== undefined) lines += applicationLines(headers);
  if (later !== undefined) {
    lines += headerLine("Nats-Schedule", `@at ${later.at.toISOString()}`);
    lines += headerLine("Nats-Schedule-Target", later.subject);
  }
  if (ttlMs !== undefined) {
    const name = later === undefined ? "Nats-TTL" : "Nats-Schedule-TTL";
    lines += headerLine(name, `${Math.ceil(ttlMs / 1000)}s`);
  }
  if (options.expectLastSequence !== undefined) {
    lines += headerLine("Nats-Expected-Last-Sequence", String(options.expectLastSequence));
  }
  if (options.expectLastKeySequence !== undefined) {
    const sequence = String(options.expectLastKeySequence);
    lines += headerLine("Nats-Expected-Last-Subject-Sequence", sequence);
  }
  if (options.expectLastMessageId !== undefined) {
    lines += headerLine("Nats-Expected-Last-Msg-Id", options.expectLastMessageId);
  }
  return lines;
}

function checkTime(name: string, value: number | undefined, least: number): void {
  if (value === undefined || (Number.isFinite(value) && value >= least)) return;
  const text = `${name} is ${value}: give milliseconds, at least ${least}`;
  throw clientError("MESSAGE_INVALID", text);
}
