import type { DeadLetterNote } from "@oxbow/base";
import { encodeHeaders } from "@oxbow/wire/nats";
import type { Account } from "../routing/account.ts";
import { MessageView } from "../routing/message.ts";
import { oneLine } from "./one-line.ts";
import type { TakingStream } from "./refusal.ts";

/** Bytes of a header block that streams take. */
const HEADERS_SIZE_MAX = 64 * 1024;
const CRLF = "\r\n";
/** Characters of a header's value: where and what was wrong in a message may be as long as the message. */
const VALUE_CHARS_MAX = 1_024;
/** Headers that would ask something of the stream of dead letters, or say of the message what only the gate may. */
const reservedName = /^(?:Nats|Oxbow)-/i;
/** What such headers have before their names in a dead letter. */
const ORIGINAL_PREFIX = "Oxbow-Of-";
/** Says that the headers of the message had no room beside those of the dead letter. */
const HEADERS_LOST = "Oxbow-Headers-Lost";

/** The stream that takes what is published on a subject, if one does. */
export function streamOn(account: Account, subject: string): TakingStream | undefined {
  const bytes = Buffer.from(subject);
  const { plain } = account.match(bytes, 0, bytes.length);
  return plain.find(({ stream }) => stream !== undefined)?.stream;
}

/**
 * Publishes a message that was not let in as a dead letter: what the gate notes of it, then its own headers, then its
 * payload. Headers for streams, and those of dead letters, have `Oxbow-Of-` before their names, so that they ask nothing of this one and the
 * message can be made again.
 *
 * @param isAnswered - Whether the stream of dead letters tells the publisher.
 */
export function publishDeadLetter(
  account: Account,
  message: MessageView,
  { subject, headers }: DeadLetterNote,
  isAnswered: boolean,
): void {
  const { payloadBuffer, payloadStart, payloadEnd, headersSize } =
    message.via?.published ?? message;
  const bodyStart = payloadStart + headersSize;
  const entries = headers.map(([name, value]) => [name, oneLine(value, VALUE_CHARS_MAX)] as const);
  const own = encodeHeaders(undefined, entries);
  const kept = keptLines(payloadBuffer.toString("latin1", payloadStart, bodyStart));
  const hasRoom = own.length + kept.length <= HEADERS_SIZE_MAX;
  const block = hasRoom
    ? Buffer.concat([own.subarray(0, -CRLF.length), Buffer.from(kept + CRLF, "latin1")])
    : encodeHeaders(undefined, [...entries, [HEADERS_LOST, "true"]]);
  const body = Buffer.concat([block, payloadBuffer.subarray(bodyStart, payloadEnd)]);
  const view = new MessageView();
  const subjectBytes = Buffer.from(subject);
  view.setSubject(subjectBytes, 0, subjectBytes.length);
  if (isAnswered) view.setReply(message.replyBuffer, message.replyStart, message.replyEnd);
  view.setPayload(body, 0, body.length, block.length);
  // Who publishes faster than dead letters can be stored is slowed down like anybody.
  view.source = message.source;
  view.judgedIn = account;
  account.publish(view);
}

/** The lines of a header block, byte by byte, each with its end; `""` for no headers. */
function keptLines(block: string): string {
  let lines = "";
  for (const line of block.split(CRLF).slice(1)) {
    if (line === "") continue;
    lines += `${reservedName.test(line) ? ORIGINAL_PREFIX : ""}${line}${CRLF}`;
  }
  return lines;
}
