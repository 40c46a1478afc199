import { type Log, RecordView } from "@oxbow/log";
import { type ArchivedConsumerState, StreamArchiveWriter } from "@oxbow/wire/nats-archive";
import { encodeAnswer } from "../../json/encode.ts";
import type { JsonValue } from "../../json/shape.ts";
import { now, timestampText } from "../../time/clock-time.ts";
import type { Timestamp } from "../../time/timestamp.ts";
import { consumerConfigShape } from "../config/consumer-config.ts";
import { streamConfigShape } from "../config/stream-config.ts";
import type { Consumer } from "../consumer/consumer.ts";
import type { JetStreamServices } from "../services.ts";
import { readRecord } from "../stream/read-record.ts";
import type { Stream } from "../stream/stream.ts";

/** Messages that are archived before others get their turn. */
const MESSAGES_PER_TURN = 1_000;

/**
 * The archive of a stream in nats-server's format, piece by piece, at the speed it is asked for. It holds what the stream
 * had at the beginning, less what is deleted meanwhile.
 *
 * @throws If a message can't be read.
 */
export async function* archiveOf(
  services: JetStreamServices,
  stream: Stream,
  withConsumers: boolean,
): AsyncGenerator<Buffer> {
  const { log } = stream;
  const { lastSequence, lastTimestampMs } = log;
  const writer = new StreamArchiveWriter(stream.name, now(services.clock).seconds);
  yield writer.start(metaOf({ Created: stream.created }, streamConfigShape.write(stream.config)));
  yield* messagesOf(services, log, lastSequence, writer);
  yield writer.finishMessages(lastSequence, msToNs(lastTimestampMs));
  if (withConsumers) {
    for (const consumer of stream.publicConsumers) {
      yield archivedConsumer(writer, consumer, lastSequence);
    }
  }
  yield writer.end();
}

async function* messagesOf(
  { clock }: JetStreamServices,
  log: Log,
  lastSequence: number,
  writer: StreamArchiveWriter,
): AsyncGenerator<Buffer> {
  const view = new RecordView();
  let sequence = log.nextSequence(0);
  for (let count = 1; sequence <= lastSequence; count++) {
    if (await readRecord(log, sequence, view))
      yield writer.message(archivedMessage(view, sequence));
    else if (log.subjectIdOf(sequence) !== 0) throw new Error(`message ${sequence} can't be read`);
    sequence = log.nextSequence(sequence + 1);
    if (count % MESSAGES_PER_TURN === 0) {
      await new Promise<void>((resolve) => clock.afterTurn(resolve));
    }
  }
}

function archivedMessage(
  view: RecordView,
  sequence: number,
): Parameters<StreamArchiveWriter["message"]>[0] {
  return {
    sequence,
    timeNs: BigInt(view.timestampSeconds) * 1_000_000_000n + BigInt(view.timestampNanos),
    subject: view.bytes.subarray(view.subjectStart, view.subjectEnd),
    headers: view.headers(),
    payload: view.payload(),
  };
}

function archivedConsumer(
  writer: StreamArchiveWriter,
  consumer: Consumer,
  lastSequence: number,
): Buffer {
  const { name, created, config } = consumer;
  const meta = metaOf({ Created: created, Name: name }, consumerConfigShape.write(config));
  return writer.consumer(name, meta, archivedState(consumer, lastSequence));
}

/** How far a consumer has come, as far as the archive's messages go. */
function archivedState({ progress }: Consumer, lastSequence: number): ArchivedConsumerState {
  const isArchived = (sequence: number): boolean => sequence <= lastSequence;
  return {
    ackFloor: {
      consumer: progress.floorConsumer,
      stream: Math.min(progress.floorStream, lastSequence),
    },
    delivered: {
      consumer: progress.deliveredConsumer,
      stream: Math.min(progress.deliveredStream, lastSequence),
    },
    pending: [...progress.pending]
      .filter(([sequence]) => isArchived(sequence))
      .map(([sequence, { consumerSequence, sinceMs }]) => ({
        streamSequence: sequence,
        consumerSequence,
        deliveredAtSeconds: Math.floor(sinceMs / 1000),
      })),
    redelivered: [...progress.deliveries]
      .filter(([sequence]) => isArchived(sequence))
      .map(([sequence, deliveries]) => [sequence, deliveries - 1]),
  };
}

/** A configuration with what nats-server's files have before it. */
function metaOf(
  { Created: created, ...rest }: { readonly Created: Timestamp; readonly Name?: string },
  config: JsonValue,
): Buffer {
  const members = config as { readonly [name: string]: JsonValue };
  return encodeAnswer({ Created: timestampText(created), ...rest, ...members });
}

function msToNs(ms: number): bigint {
  return BigInt(Math.floor(ms)) * 1_000_000n;
}
