import { type Log, type LogStore, Segment } from "@oxbow/log";
import type { MessageView } from "../../routing/message.ts";
import { type JsApiError, jsError } from "../config/errors.ts";
import { encodeAnswer } from "../config/json.ts";
import type { StreamConfig } from "../config/stream-config.ts";
import type { Sender } from "../sender.ts";
import type { TurnClock } from "../turn-clock.ts";
import type { DuplicateWindow } from "./duplicate-window.ts";
import type { AckOwner, PublishAcks } from "./publish-acks.ts";
import { PublishHeaders } from "./publish-headers.ts";
import { lastSequenceOf } from "./subject-search.ts";

/** Bytes of a header block that a stream takes at most; nats-server's limit. */
const HEADERS_SIZE_MAX = 64 * 1024;
/** Bytes of a subject that a record can hold; only a raised `max_control_line` lets a longer one come this far. */
const SUBJECT_SIZE_MAX = 65_535;

/** What a stream lends to its door. */
export interface IngestContext extends AckOwner {
  /** The time of a message. */
  readonly turnClock: TurnClock;
  readonly store: LogStore;
  readonly log: Log;
  readonly sender: Sender;
  readonly acks: PublishAcks;
  readonly duplicates: DuplicateWindow;
  readonly config: StreamConfig;
  /** Whether the configuration asks nothing of a message but to be stored, so that it need not be looked at. */
  readonly isPlain: boolean;
  /** The id of the last message stored with one, `""` if the last message has none. */
  lastMessageId: string;
  /** Takes room for `charge` bytes of this kind of storage; false if the server has no more. */
  takeRoom(charge: number): boolean;
  /** So much waits for the disk that the publisher of `message` should be slowed down. */
  onPressure(message: MessageView): void;
}

/** Whether a stream of this configuration stores every message that has no say in it; limits are the log's business. */
export function isPlain(config: StreamConfig): boolean {
  return !config.sealed && !config.no_ack && config.discard === "old" && config.max_msg_size < 0;
}

const headers = new PublishHeaders();
/** The headers of streams that allow what no stream of this server allows yet, and how nats-server refuses them. */
const disabledFeatures = [
  ["increment", 10168],
  ["ttl", 10166],
  ["batchId", 10174],
  ["schedule", 10188],
] as const;

/**
 * Takes a message that was published on a subject of the stream: checks it in the order of nats-server, appends it to
 * the log, and owes its publisher an acknowledgement, which goes out when the message is durable.
 */
export function ingest(context: IngestContext, message: MessageView): void {
  const hasRequests = message.headersSize > 0 && headers.read(message);
  const isSimple =
    context.isPlain &&
    !hasRequests &&
    message.headersSize <= HEADERS_SIZE_MAX &&
    message.subjectEnd - message.subjectStart <= SUBJECT_SIZE_MAX;
  if (isSimple && context.store.failure === undefined) {
    context.lastMessageId = "";
    const sequence = append(context, message, context.turnClock.nowMs());
    if (message.replyStart !== message.replyEnd) {
      context.acks.push(context, message, sequence, false);
    }
    context.store.commitIfLarge();
    if (context.store.isPressed) context.onPressure(message);
    return;
  }
  ingestChecked(context, message, hasRequests);
}

/** The same for a message that asks something, or a stream that does. */
function ingestChecked(context: IngestContext, message: MessageView, hasRequests: boolean): void {
  const { log, config, store } = context;
  const problem =
    storeProblem(context) ?? (hasRequests ? headersProblem(context, message) : undefined);
  if (problem !== undefined) {
    refuse(context, message, problem);
    return;
  }
  const nowMs = context.turnClock.nowMs();
  const messageId = hasRequests ? (headers.text("messageId") ?? "") : "";
  if (messageId !== "") {
    const original = context.duplicates.find(messageId, nowMs);
    if (original > 0) {
      owe(context, message, original, true);
      return;
    }
  }
  const late = hasRequests ? lateProblem(context) : undefined;
  const refusal =
    late ?? sizeProblem(context, message) ?? limitProblem(context, message, hasRequests);
  if (refusal !== undefined) {
    refuse(context, message, refusal);
    return;
  }
  const rollup = hasRequests ? headers.text("rollup") : undefined;
  // Before the append, for in memory that delivers the message, and who gets it may publish in turn.
  context.lastMessageId = messageId;
  if (messageId !== "") context.duplicates.add(messageId, log.lastSequence + 1, nowMs);
  const sequence = append(context, message, nowMs);
  if (rollup !== undefined) rollUp(log, rollup, sequence);
  owe(context, message, sequence, false);
  if (config.storage === "file" && store.isPressed) context.onPressure(message);
}

function append({ log }: IngestContext, message: MessageView, nowMs: number): number {
  return log.append(
    nowMs,
    message.subjectBuffer,
    message.subjectStart,
    message.subjectEnd,
    message.payloadBuffer,
    message.headersSize,
    message.payloadStart,
    message.payloadEnd,
  );
}

function owe(
  context: IngestContext,
  message: MessageView,
  sequence: number,
  isDuplicate: boolean,
): void {
  if (context.config.no_ack || message.replyStart === message.replyEnd) return;
  context.acks.push(context, message, sequence, isDuplicate);
}

function refuse({ sender, config }: IngestContext, message: MessageView, error: JsApiError): void {
  if (config.no_ack || message.replyStart === message.replyEnd) return;
  const reply = message.replyBuffer.subarray(message.replyStart, message.replyEnd);
  sender.send(reply, encodeAnswer({ error: { ...error }, stream: config.name, seq: 0 }));
}

function storeProblem({ store, config }: IngestContext): JsApiError | undefined {
  if (config.sealed) return jsError(10109);
  if (config.storage === "file" && store.failure !== undefined) {
    return jsError(10077, { err: "writing to disk failed, restart the server" });
  }
  return undefined;
}

/** What is checked before a duplicate is recognised. */
function headersProblem(context: IngestContext, message: MessageView): JsApiError | undefined {
  const { config, log } = context;
  const stream = headers.text("expectedStream");
  if (stream !== undefined && stream !== config.name) return jsError(10060);
  for (const [name, code] of disabledFeatures) if (headers.has(name)) return jsError(code);
  const bySubject = headers.integer("expectedLastSubjectSequence");
  const otherSubject = headers.text("expectedLastSubjectSequenceSubject");
  if (bySubject !== undefined) {
    const actual =
      otherSubject === undefined
        ? log.subjects.last(
            log.subjects.find(message.subjectBuffer, message.subjectStart, message.subjectEnd),
          )
        : lastSequenceOf(log, otherSubject);
    if (actual !== bySubject) return jsError(10071, { seq: actual });
  } else if (otherSubject !== undefined) {
    return jsError(10193);
  }
  const expected = headers.integer("expectedLastSequence");
  if (expected !== undefined && expected !== log.lastSequence) {
    return jsError(10071, { seq: log.lastSequence });
  }
  return undefined;
}

/** What is checked once it is known that the message is no duplicate. */
function lateProblem({ config, lastMessageId }: IngestContext): JsApiError | undefined {
  const expected = headers.text("expectedLastMessageId");
  if (expected !== undefined && expected !== lastMessageId) {
    return jsError(10070, { id: lastMessageId });
  }
  const rollup = headers.text("rollup");
  if (rollup === undefined) return undefined;
  if (!config.allow_rollup_hdrs || config.deny_purge) {
    return jsError(10111, { err: "rollup not permitted" });
  }
  if (rollup !== "sub" && rollup !== "all") {
    return jsError(10111, { err: `rollup value invalid: ${JSON.stringify(rollup)}` });
  }
  return undefined;
}

function sizeProblem({ config }: IngestContext, message: MessageView): JsApiError | undefined {
  const size = message.payloadEnd - message.payloadStart;
  if (config.max_msg_size >= 0 && size > config.max_msg_size) return jsError(10054);
  if (message.subjectEnd - message.subjectStart > SUBJECT_SIZE_MAX) {
    return jsError(10077, { err: `subject of more than ${SUBJECT_SIZE_MAX} bytes` });
  }
  return message.headersSize > HEADERS_SIZE_MAX ? jsError(10097) : undefined;
}

function limitProblem(
  context: IngestContext,
  message: MessageView,
  hasRequests: boolean,
): JsApiError | undefined {
  const charge = Segment.charge(
    message.subjectEnd - message.subjectStart,
    message.headersSize,
    message.payloadEnd - message.payloadStart,
  );
  const problem =
    context.config.discard === "new"
      ? fullProblem(context, message, charge, hasRequests)
      : undefined;
  if (problem !== undefined) return problem;
  return context.takeRoom(charge) ? undefined : jsError(10023);
}

/** What a stream that takes nothing new when it is full says to this message. */
function fullProblem(
  { config, log }: IngestContext,
  message: MessageView,
  charge: number,
  hasRequests: boolean,
): JsApiError | undefined {
  const subjectId = log.subjects.find(
    message.subjectBuffer,
    message.subjectStart,
    message.subjectEnd,
  );
  const perSubject = config.max_msgs_per_subject;
  const isFull = perSubject > 0 && log.subjects.count(subjectId) >= perSubject;
  // A rollup makes room by itself.
  if (isFull && config.discard_new_per_subject && !(hasRequests && headers.has("rollup"))) {
    return jsError(10077, { err: "maximum messages per subject exceeded" });
  }
  // A message that replaces the oldest of its subject adds nothing to the count, and to the bytes what it is larger.
  if (!isFull && log.count >= log.limits.countMax) {
    return jsError(10077, { err: "maximum messages exceeded" });
  }
  const replaced = isFull ? oldestOf(log, subjectId) : 0;
  const isTooMuch = log.bytes + charge > log.limits.bytesMax && log.chargeOf(replaced) < charge;
  return isTooMuch ? jsError(10077, { err: "maximum bytes exceeded" }) : undefined;
}

function oldestOf(log: Log, subjectId: number): number {
  return log.nextMatching(log.firstSequence, (id) => id === subjectId);
}

function rollUp(log: Log, kind: string, sequence: number): void {
  if (kind === "all") {
    log.removeBelow(sequence);
    return;
  }
  const subjectId = log.subjectIdOf(sequence);
  if (log.subjects.count(subjectId) > 1) {
    log.removeMatching((id) => id === subjectId, sequence, 0);
  }
}
