import type { JetStreamManager, MsgRequest } from "@nats-io/jetstream";
import type { GroupLag, PartitionLag } from "oxbow/control";
import type { Member } from "oxbow/internal";
import { filterSubjectsOf, isMissing } from "oxbow/internal";

/** The lag of a consumer. Its oldest message is read, whole, if it has any. */
export async function lagOf(
  manager: JetStreamManager,
  { number, stream, info }: Member,
): Promise<PartitionLag> {
  const messages = info.num_pending + info.num_ack_pending;
  if (messages === 0) return { number, messages, ageMs: 0 };
  // Behind a message that was given up the floor stays, so that it says something only while others are in flight.
  const behind = info.num_ack_pending > 0 ? info.ack_floor.stream_seq : info.delivered.stream_seq;
  const filters = filterSubjectsOf(info.config);
  const nowMs = info.ts === undefined ? 0 : Date.parse(info.ts);
  let sinceMs = nowMs;
  for (const subject of filters.length === 0 ? [">"] : filters) {
    const atMs = await firstTimeMs(manager, stream, behind + 1, subject);
    if (atMs !== undefined) sinceMs = Math.min(sinceMs, atMs);
  }
  return { number, messages, ageMs: nowMs - sinceMs };
}

export function groupLag(partitions: readonly PartitionLag[]): GroupLag {
  return {
    messages: partitions.reduce((sum, { messages }) => sum + messages, 0),
    ageMs: Math.max(0, ...partitions.map(({ ageMs }) => ageMs)),
    partitions,
  };
}

/** When the first message from a sequence on was stored; `undefined` if there is none. */
async function firstTimeMs(
  manager: JetStreamManager,
  stream: string,
  sequence: number,
  subject: string,
): Promise<number | undefined> {
  const query = { seq: sequence, next_by_subj: subject } as MsgRequest;
  try {
    const message = await manager.streams.getMessage(stream, query);
    return message?.time.getTime();
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
}
