import type { JetStreamManager } from "@nats-io/jetstream";
import type { NatsConnection } from "@nats-io/nats-core";
import { z } from "zod";
import { ensureStream } from "../dead-letters/ensure-stream.ts";

/**
 * What groups did with single messages, as the server tells it: each failure (`MSG_NAKED`), acknowledgements of groups that
 * are traced (the metric `ACK`, by `sample_freq`), and what the workers of dead letters saw given up, whether it
 * became a dead letter or not.
 */
export const journalStream = "OXBOW_JOURNAL";

const failedPrefix = "$JS.EVENT.ADVISORY.CONSUMER.MSG_NAKED.";
const acknowledgedPrefix = "$JS.EVENT.METRIC.CONSUMER.ACK.";
const deadPrefix = "$OXBOW.JOURNAL.DEAD.";

const hourNs = 60 * 60 * 1_000_000_000;
/** How long and how much of it is kept; the oldest goes first. */
const keptHours = 72;
const bytesMax = 64 * 1024 * 1024;
const nsPerMs = 1_000_000;

/** What is written down of one delivery of a message. */
export interface JournalEntry {
  readonly kind: "failed" | "acknowledged" | "given up";
  readonly consumer: string;
  readonly sequence: number;
  /** Which delivery it was, from 1. */
  readonly attempt: number;
  /** In milliseconds since 1970. */
  readonly atMs: number;
  /** When that delivery was; `null` if it is not told. */
  readonly deliveredAtMs: number | null;
  /** Why it was given up, as far as somebody said so. */
  readonly text: string | null;
}

/** Makes the stream if it is missing. */
export function ensureJournal(manager: JetStreamManager, replicas: number): Promise<void> {
  return ensureStream(manager, {
    name: journalStream,
    description: "What groups did with single messages",
    subjects: [`${failedPrefix}*.*`, `${acknowledgedPrefix}*.*`, `${deadPrefix}*.*`],
    max_age: keptHours * hourNs,
    max_bytes: bytesMax,
    allow_direct: true,
    num_replicas: replicas,
  });
}

/** Where entries about messages of a stream are. */
export function journalFilters(stream: string): string[] {
  return [failedPrefix, acknowledgedPrefix, deadPrefix].map((each) => `${each}${stream}.*`);
}

const count = z.int().min(1);
/** As the server writes it (ADR-2 of NATS). */
const shape = z.object({
  timestamp: z.iso.datetime({ offset: true }),
  consumer: z.string().min(1),
  stream_seq: count,
  deliveries: count.catch(1),
  ack_time: z.number().min(0).optional(),
  reason: z.string().max(1_024).catch("").default(""),
  type: z.string().default(""),
});

/** What a message of the journal says; `undefined` for what says nothing. */
export function readJournal(subject: string, data: Uint8Array): JournalEntry | undefined {
  const kind = kindOf(subject);
  const said = kind && shape.safeParse(parsed(data)).data;
  if (kind === undefined || said === undefined) return undefined;
  const atMs = Date.parse(said.timestamp);
  const { consumer, stream_seq: sequence, deliveries: attempt, ack_time: ackNs } = said;
  const deliveredAtMs = ackNs === undefined ? null : atMs - ackNs / nsPerMs;
  const isExhausted = said.type.endsWith(".max_deliver");
  const text = isExhausted ? `delivered ${attempt} times in vain` : said.reason || null;
  return { kind, consumer, sequence, attempt, atMs, deliveredAtMs, text };
}

/**
 * Writes down that a message was given up. Where there is no journal, nobody takes it.
 *
 * @param advisory - What the server says of it.
 */
export function noteDeath(
  connection: NatsConnection,
  { stream, consumer }: { readonly stream: string; readonly consumer: string },
  advisory: Uint8Array,
): void {
  connection.publish(`${deadPrefix}${stream}.${consumer}`, advisory);
}

function kindOf(subject: string): JournalEntry["kind"] | undefined {
  if (subject.startsWith(failedPrefix)) return "failed";
  if (subject.startsWith(acknowledgedPrefix)) return "acknowledged";
  return subject.startsWith(deadPrefix) ? "given up" : undefined;
}

function parsed(data: Uint8Array): unknown {
  try {
    return JSON.parse(Buffer.from(data).toString());
  } catch {
    return undefined;
  }
}
