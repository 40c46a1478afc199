import { AckPolicy, DeliverPolicy, type JsMsg, type StreamInfo } from "@nats-io/jetstream";
import { nanos } from "@nats-io/transport-node";
import type { HistoryEvent, SimRandom } from "@oxbow/testkit";
import { withDeadline } from "../interop/support/deadline.ts";
import type { Connection } from "./connection.ts";
import { identityOf } from "./message.ts";

/** Messages of each stream that are also read by their sequence, which takes another way through the log. */
const SAMPLE_COUNT = 8;

/** What a direct get adds to the headers of the message. */
const DIRECT_GET_HEADERS = ["Nats-Stream", "Nats-Subject", "Nats-Sequence", "Nats-Time-Stamp"];

/** What a read says, for the checker. */
export type OnEvent = (event: HistoryEvent) => void;

/**
 * Reads a stream from its first sequence to its last while nothing is published.
 *
 * @throws Error if the stream says that it has messages which are then not delivered, or counts them wrongly.
 */
export async function readStream(
  { js, jsm }: Connection,
  stream: string,
  random: SimRandom,
  onEvent: OnEvent,
): Promise<number> {
  const { state } = await jsm.streams.info(stream);
  const sequences: number[] = [];
  const take = (message: JsMsg): void => {
    const { seq, subject, headers, data } = message;
    sequences.push(seq);
    onEvent({ type: "stored", sequence: seq, ...identityOf(stream, subject, headers, data) });
  };
  if (state.messages > 0) await readAll({ js, jsm }, stream, state, take);
  onEvent({
    type: "stream-read",
    stream,
    // A stream that never had a message says that it begins at 0.
    firstSequence: Math.max(1, state.first_seq),
    lastSequence: state.last_seq,
  });
  if (sequences.length !== state.messages) {
    throw new Error(`${stream} counts ${state.messages} messages, but has ${sequences.length}`);
  }
  for (const sequence of random.shuffled(sequences).slice(0, SAMPLE_COUNT)) {
    onEvent(await readOne(jsm, stream, sequence));
  }
  return sequences.length;
}

/** Reads through an ephemeral pull consumer without acks. */
async function readAll(
  { js, jsm }: Pick<Connection, "js" | "jsm">,
  stream: string,
  state: StreamInfo["state"],
  take: (message: JsMsg) => void,
): Promise<void> {
  const { name } = await jsm.consumers.add(stream, {
    ack_policy: AckPolicy.None,
    deliver_policy: DeliverPolicy.All,
    inactive_threshold: nanos(60_000),
    mem_storage: true,
  });
  const consumer = await js.consumers.get(stream, name);
  const complete = Promise.withResolvers<void>();
  let lastSequence = 0;
  const messages = await consumer.consume({
    max_messages: 1_000,
    callback: (message) => {
      take(message);
      lastSequence = message.seq;
      if (message.info.pending === 0 || message.seq >= state.last_seq) complete.resolve();
    },
  });
  const place = (): string => `${stream} after ${lastSequence} of ${JSON.stringify(state)}`;
  await withDeadline(complete.promise, place);
  await messages.close();
  await consumer.delete();
}

/** Reads a message by its sequence; to the checker that is a delivery like any other. */
async function readOne(
  jsm: Connection["jsm"],
  stream: string,
  sequence: number,
): Promise<HistoryEvent> {
  const message = await jsm.direct.getMessage(stream, { seq: sequence });
  if (message === null) throw new Error(`${stream} does not find ${sequence}, which it delivers`);
  const { subject, header, data } = message;
  for (const name of DIRECT_GET_HEADERS) header.delete(name);
  const identity = identityOf(stream, subject, header, data);
  return { type: "delivered", consumer: "direct get", sequence, ...identity };
}
