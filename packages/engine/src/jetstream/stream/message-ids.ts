import { type Log, RecordView } from "@oxbow/log";
import { findHeader, type HeaderValue } from "@oxbow/wire/nats";
import type { DuplicateWindow } from "./duplicate-window.ts";
import { readRecord } from "./read-record.ts";

const MESSAGE_ID = Buffer.from("Nats-Msg-Id");

/**
 * Reads the ids of the messages since `fromMs` (wall-clock milliseconds) into `duplicates`, as after a restart.
 *
 * @returns The id of the last message of the log; empty if it has none.
 */
export async function readMessageIds(
  log: Log,
  fromMs: number,
  duplicates: DuplicateWindow,
): Promise<string> {
  const view = new RecordView();
  let sequence = log.sequenceAtTime(fromMs);
  for (; sequence <= log.lastSequence; sequence = log.nextSequence(sequence + 1)) {
    if (!log.hasHeaders(sequence)) continue;
    const id = await messageIdOf(log, sequence, view);
    if (id !== "") duplicates.add(id, sequence, log.timeOf(sequence));
  }
  if (log.count === 0 || !log.hasHeaders(log.lastSequence)) return "";
  return messageIdOf(log, log.lastSequence, view);
}

async function messageIdOf(log: Log, sequence: number, view: RecordView): Promise<string> {
  if (!(await readRecord(log, sequence, view))) return "";
  const value: HeaderValue = { start: 0, end: 0 };
  const end = view.bodyStart + view.headersSize;
  if (!findHeader(view.bytes, view.bodyStart, end, MESSAGE_ID, value)) return "";
  return view.bytes.toString("utf8", value.start, value.end).trim();
}
