import type { GateFinding, HeaderValue, SubjectRoom } from "@oxbow/base";
import { jsError } from "../jetstream/config/errors.ts";
import { isFastBatched } from "../jetstream/ingest/fast-reply.ts";
import { headerName } from "../jetstream/stream/publish-headers.ts";
import { encodeAnswer } from "../json/encode.ts";
import type { Account } from "../routing/account.ts";
import { MessageView } from "../routing/message.ts";
import type { AccountGates } from "./account-gates.ts";
import { publishDeadLetter, streamOn } from "./dead-letter.ts";
import { oneLine } from "./one-line.ts";

/** Characters of what a publisher is told, at most: some clients have no room for more in an error. */
const TEXT_CHARS_MAX = 1_000;
const batchId = Buffer.from(headerName("batchId"));
const batchIdValue: HeaderValue = { start: 0, end: 0 };

/**
 * Publishes `message` in `account`, whose `gates` judge it first. One that they do not let in has its `refusal` set
 * afterwards, unless it became a dead letter instead.
 *
 * @param room - For another subject, which is used until this returns.
 * @returns How many took it, those included who only tell its publisher that they do not.
 */
export function publishGated(
  account: Account,
  gates: AccountGates,
  message: MessageView,
  room: SubjectRoom,
): number {
  const { subjectBuffer, subjectStart, subjectEnd } = message;
  message.judgedIn = account;
  message.refusal = undefined;
  const finding = gates.judge(message, subjectBuffer, subjectStart, subjectEnd, room);
  if (finding === undefined || goesOn(account, message, finding)) {
    return account.publish(message) || explainUnheard(account, gates, message);
  }
  if (message.refusal === undefined) return 1;
  let streamCount = 0;
  for (const subscription of matching(account, message)) {
    if (subscription.stream !== undefined && subscription.deliver(message)) streamCount++;
  }
  if (streamCount === 0 && message.hasReply) answerRefused(account, message);
  return 1;
}

/**
 * Judges a message that has come to a stream without having been judged: what the server publishes there itself, and what
 * comes from other accounts. It keeps its subject, for it is the one that led here.
 *
 * @returns Whether the stream is to take it; with a `refusal`, to refuse it.
 */
export function judgeAtStream(account: Account, message: MessageView): boolean {
  const { gates } = account;
  message.judgedIn = account;
  if (gates === undefined) return true;
  const { subjectBuffer, subjectStart, subjectEnd, routeBuffer, routeStart, routeEnd } = message;
  const { payloadBuffer, payloadStart, payloadEnd, headersSize } = message;
  const finding = message.isRouted
    ? gates.judge(message, routeBuffer, routeStart, routeEnd, newRoom)
    : gates.judge(message, subjectBuffer, subjectStart, subjectEnd, newRoom);
  message.setSubject(subjectBuffer, subjectStart, subjectEnd);
  message.setPayload(payloadBuffer, payloadStart, payloadEnd, headersSize);
  if (finding === undefined || goesOn(account, message, finding)) return true;
  return message.refusal !== undefined;
}

/** Does what a finding says; whether the message is let in for all that. */
function goesOn(account: Account, message: MessageView, finding: GateFinding): boolean {
  // What becomes of a message is to be found out, and nothing is to be done.
  const isTraceOnly = message.trace?.isOnly === true;
  const counts = isTraceOnly ? undefined : account.gates?.counts;
  if (finding.t === "noticed") {
    if (counts !== undefined) counts.noticed += 1;
    if (!isTraceOnly) publishNotice(account, finding.subject, finding.body);
    return true;
  }
  const { deadLetter } = finding;
  const place = deadLetter && streamOn(account, deadLetter.subject);
  const isDiverted = finding.t === "diverted" && place !== undefined && !isBatched(message);
  const isNoted = place !== undefined && !isTraceOnly;
  if (deadLetter !== undefined && isNoted) {
    publishDeadLetter(account, message, deadLetter, isDiverted);
  }
  if (counts !== undefined) counts[isDiverted ? "diverted" : "refused"] += 1;
  if (isDiverted) return false;
  message.refusal = {
    error: jsError(20001, { err: oneLine(finding.text, TEXT_CHARS_MAX) }),
    deadIn: isNoted ? place : undefined,
    deadSequence: isNoted ? place.log.lastSequence : 0,
  };
  return false;
}

function publishNotice(account: Account, subject: string, body: Buffer): void {
  const view = new MessageView();
  const subjectBytes = Buffer.from(subject);
  view.setSubject(subjectBytes, 0, subjectBytes.length);
  view.setPayload(body, 0, body.length, 0);
  view.judgedIn = account;
  account.publish(view);
}

/** Tells the publisher of a message that nobody takes what is wrong with its subject, if that is known: 1 if it is. */
function explainUnheard(account: Account, gates: AccountGates, message: MessageView): number {
  if (!message.hasReply || message.trace !== undefined) return 0;
  const text = gates.explainUnheard(message.subjectText());
  if (text === undefined) return 0;
  const error = jsError(20001, { err: oneLine(text, TEXT_CHARS_MAX) });
  message.refusal = { error, deadIn: undefined, deadSequence: 0 };
  answerRefused(account, message);
  return 1;
}

/** Tells the publisher of a message that no stream would have taken. */
function answerRefused(account: Account, message: MessageView): void {
  const { replyBuffer, replyStart, replyEnd, refusal } = message;
  const view = new MessageView();
  const body = encodeAnswer({ error: { ...refusal?.error }, stream: "", seq: 0 });
  view.setSubject(
    Buffer.from(replyBuffer.subarray(replyStart, replyEnd)),
    0,
    replyEnd - replyStart,
  );
  view.setPayload(body, 0, body.length, 0);
  account.publish(view);
}

/** Whether a message is one of a batch, atomic or fast. */
function isBatched(message: MessageView): boolean {
  return isFastBatched(message) || message.findHeader(batchId, batchIdValue);
}

function matching(account: Account, { subjectBuffer, subjectStart, subjectEnd }: MessageView) {
  return account.match(subjectBuffer, subjectStart, subjectEnd).plain;
}

const newRoom: SubjectRoom = { reserve: (size) => Buffer.allocUnsafeSlow(size) };
