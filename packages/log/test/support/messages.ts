import assert from "node:assert/strict";
import { type Log, type LogStore, RecordView } from "@oxbow/log";

/** A message as a test writes it. */
export interface TestMessage {
  readonly subject: string;
  readonly payload: string;
  readonly headers?: string;
  readonly timeMs?: number;
  /** Sequences it covers. Default 1. */
  readonly count?: number;
  /** Its lifetime in seconds. Default 0, none of its own. */
  readonly ttl?: number;
}

/** Appends a message and returns its first sequence. */
export function append(log: Log, message: TestMessage): number {
  const { subject, payload, headers = "", timeMs = 1_000, count = 1, ttl = 0 } = message;
  const subjectBytes = Buffer.from(subject);
  const body = Buffer.from(headers + payload);
  const headersSize = Buffer.byteLength(headers);
  return log.append(
    timeMs,
    subjectBytes,
    0,
    subjectBytes.length,
    body,
    headersSize,
    0,
    body.length,
    count,
    ttl,
  );
}

/** A message as it is read. */
export interface ReadMessage {
  readonly sequence: number;
  readonly subject: string;
  readonly headers: string;
  readonly payload: string;
}

/** Reads one message, loading it if need be; or says why there is none. */
export async function read(
  log: Log,
  sequence: number,
): Promise<ReadMessage | "absent" | "corrupt"> {
  const view = new RecordView();
  for (let attempt = 0; attempt < 4; attempt++) {
    const result = log.read(sequence, view);
    if (result === "absent" || result === "corrupt") return result;
    if (result === "ready") {
      assert.ok(sequence >= view.sequence && sequence < view.sequence + view.sequenceCount);
      return {
        sequence: view.sequence,
        subject: view.subject(),
        headers: view.headers().toString(),
        payload: view.payload().toString(),
      };
    }
    await new Promise<void>((resolve, reject) => {
      log.load(sequence, (error) => (error === null ? resolve() : reject(error)));
    });
  }
  throw new Error(`sequence ${sequence} stays pending`);
}

/** Every message of a log as `sequence subject payload`, damaged ones as `sequence corrupt`. */
export async function contents(log: Log): Promise<string[]> {
  const lines: string[] = [];
  for (let sequence = log.firstSequence; sequence <= log.lastSequence; sequence++) {
    const message = await read(log, sequence);
    if (message === "corrupt") lines.push(`${sequence} corrupt`);
    else if (message !== "absent") {
      lines.push(`${sequence} ${message.subject} ${message.headers}${message.payload}`);
    } else if (log.damagedCount === 0) {
      // Gaps can be wide.
      sequence = log.nextSequence(sequence) - 1;
    }
  }
  return lines;
}

/** What a log says of itself, for a comparison before and after. */
export async function describeLog(log: Log): Promise<object> {
  const subjects: Record<string, { count: number; last: number }> = {};
  const ids = new Set<number>();
  log.forEach(0, (_, id) => ids.add(id));
  for (const id of ids) {
    const last = log.subjects.last(id);
    subjects[log.subjects.name(id)] = { count: log.subjects.count(id), last };
  }
  return {
    first: log.firstSequence,
    last: log.lastSequence,
    count: log.count,
    bytes: log.bytes,
    ttls: ttlsOf(log),
    subjects,
    messages: await contents(log),
  };
}

/** The lifetimes of messages that have one, by sequence. */
export function ttlsOf(log: Log): Record<number, number> {
  const ttls: Record<number, number> = {};
  log.forEach(0, (sequence) => {
    if (log.ttlOf(sequence) !== 0) ttls[sequence] = log.ttlOf(sequence);
  });
  return ttls;
}

/** The log of that name; it is there. */
export function logOf(store: LogStore, name: string): Log {
  const log = store.log(name);
  assert.ok(log, `log ${name} is there`);
  return log;
}
