import type { Clock } from "@oxbow/base";
import { type Log, type LogStore, Segment } from "@oxbow/log";
import type { MessageView } from "../../routing/message.ts";
import { type JsApiError, jsError } from "../config/errors.ts";
import { encodeAnswer } from "../config/json.ts";
import type { StreamConfig } from "../config/stream-config.ts";
import type { Sender } from "../sender.ts";
import type { DuplicateWindow } from "./duplicate-window.ts";
import type { PublishAcks } from "./publish-acks.ts";
import { PublishHeaders } from "./publish-headers.ts";
import { lastSequenceOf } from "./subject-search.ts";

/** Bytes of a header block that a stream takes at most; nats-server's limit. */
const HEADERS_SIZE_MAX = 64 * 1024;

/** What a stream lends to its door. */
export interface IngestContext {
  readonly clock: Clock;
  readonly store: LogStore;
  readonly log: Log;
  readonly sender: Sender;
  readonly acks: PublishAcks;
  readonly duplicates: DuplicateWindow;
  readonly config: StreamConfig;
  /** The id of the last message stored with one, `""` if the last message has none. */
  lastMessageId: string;
  /** So much waits for the disk that the publisher of `message` should be slowed down. */
  onPressure(message: MessageView): void;
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
  const { log, config, store } = context;
  const hasRequests = message.headersSize > 0 && headers.read(message);
  const problem =
    storeProblem(context, message) ?? (hasRequests ? headersProblem(context, message) : undefined);
  if (problem !== undefined) {
    refuse(context, message, problem);
    return;
  }
  const nowMs = context.clock.nowMs();
  const messageId = hasRequests ? (headers.text("messageId") ?? "") : "";
  if (messageId !== "") {
    const original = context.duplicates.find(messageId, nowMs);
    if (original > 0) {
      owe(context, message, original, true);
      return;
    }
  }
  const late = hasRequests ? lateProblem(context) : undefined;
  const refusal = late ?? sizeProblem(context, message) ?? limitProblem(context, message);
  if (refusal !== undefined) {
    refuse(context, message, refusal);
    return;
  }
  const rollup = hasRequests ? headers.text("rollup") : undefined;
  const sequence = log.append(
    nowMs,
    message.subjectBuffer,
    message.subjectStart,
    message.subjectEnd,
    message.payloadBuffer,
    message.headersSize,
    message.payloadStart,
    message.payloadEnd,
  );
  context.lastMessageId = messageId;
  if (messageId !== "") context.duplicates.add(messageId, sequence, nowMs);
  if (rollup !== undefined) rollUp(log, rollup, sequence);
  owe(context, message, sequence, false);
  if (config.storage === "file" && store.isPressed) context.onPressure(message);
}

function owe(
  { acks, config, log }: IngestContext,
  message: MessageView,
  sequence: number,
  isDuplicate: boolean,
): void {
  if (config.no_ack || message.replyStart === message.replyEnd) return;
  acks.push(message, sequence, isDuplicate);
  if (log.committedSequence >= sequence) acks.send(log.committedSequence);
}

function refuse({ sender, config }: IngestContext, message: MessageView, error: JsApiError): void {
  if (config.no_ack || message.replyStart === message.replyEnd) return;
  const reply = message.replyBuffer.subarray(message.replyStart, message.replyEnd);
  sender.send(reply, encodeAnswer({ error: { ...error }, stream: config.name, seq: 0 }));
}

function storeProblem({ store, config }: IngestContext, _: MessageView): JsApiError | undefined {
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
  return message.headersSize > HEADERS_SIZE_MAX ? jsError(10097) : undefined;
}

function limitProblem({ config, log }: IngestContext, message: MessageView): JsApiError | undefined {
  if (config.discard !== "new") return undefined;
  const subjectSize = message.subjectEnd - message.subjectStart;
  const bodySize = message.payloadEnd - message.payloadStart;
  const subjectId = log.subjects.find(
    message.subjectBuffer,
    message.subjectStart,
    message.subjectEnd,
  );
  const perSubject = config.max_msgs_per_subject;
  const isFull = perSubject > 0 && log.subjects.count(subjectId) >= perSubject;
  if (isFull && config.discard_new_per_subject) {
    return jsError(10077, { err: "maximum messages per subject exceeded" });
  }
  // A message that replaces an older one of its subject adds nothing to the count.
  if (isFull) return undefined;
  const exceeded = log.wouldExceed(Segment.charge(subjectSize, message.headersSize, bodySize));
  if (exceeded === "count") return jsError(10077, { err: "maximum messages exceeded" });
  return exceeded === "bytes" ? jsError(10077, { err: "maximum bytes exceeded" }) : undefined;
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
