import { RecordView } from "@oxbow/log";
import { encodeAnswer } from "../../json/encode.ts";
import type { JsonValue } from "../../json/shape.ts";
import { isValidLiteral } from "../../subjects/subject.ts";
import { now, timestampText } from "../../time/clock-time.ts";
import { jsError } from "../config/errors.ts";
import { decodeRequest } from "../config/request-body.ts";
import { isEmptyRequest } from "../config/requests.ts";
import { restoreRequestShape, snapshotRequestShape } from "../config/snapshot-requests.ts";
import { streamConfigShape } from "../config/stream-config.ts";
import { checkStreamRestore } from "../config/stream-requests.ts";
import type { JetStream } from "../jetstream.ts";
import { ChunkSender } from "../snapshot/chunk-sender.ts";
import { RestoreSession } from "../snapshot/restore-session.ts";
import { archiveOf } from "../snapshot/stream-archive.ts";
import { readRecord } from "../stream/read-record.ts";
import { Stream } from "../stream/stream.ts";
import { type ApiAnswer, type ApiRequest, type ApiRoute, refusal } from "./route.ts";
import { describe, describeState } from "./stream-requests.ts";

const CHUNK_SIZE_DEFAULT = 128 * 1024;
const CHUNK_SIZE_MIN = 1024;
const CHUNK_SIZE_MAX = 1024 * 1024;
const WINDOW_SIZE_DEFAULT = 8 * 1024 * 1024;
const WINDOW_SIZE_MAX = 32 * 1024 * 1024;

/** What refusals of archives say beside the error, as nats-server's do. */
const notDelivered: ApiAnswer = { deliver_subject: "" };

/** Requests that take a stream out as an archive, and bring one in. */
export const snapshotRequests: readonly (readonly [string, ApiRoute])[] = [
  ["STREAM.SNAPSHOT", { type: "stream_snapshot", args: [1, 1], handle: snapshotStream }],
  [
    "STREAM.RESTORE",
    {
      type: "stream_restore",
      args: [1, 1],
      beside: notDelivered,
      handle: async (request) => ({ ...notDelivered, ...(await restoreStream(request)) }),
    },
  ],
];

async function snapshotStream({ jetstream, args, body, reading }: ApiRequest): Promise<ApiAnswer> {
  if (isEmptyRequest(body)) return refusal(jsError(10003));
  const stream = jetstream.stream(args[0] as string);
  if (stream === undefined) return refusal(jsError(10059));
  const decoded = decodeRequest(body, snapshotRequestShape, reading);
  if (!decoded.ok) return refusal(decoded.error);
  const { deliver_subject: subject, no_consumers: noConsumers, jsck, ...sizes } = decoded.value;
  if (!isValidLiteral(subject)) return refusal(jsError(10015));
  const { services } = jetstream;
  // What it holds is what is durable: an archive must not know more than the stream after a crash.
  await services.store.durable();
  const damaged = jsck ? await damagedCount(stream) : 0;
  if (damaged > 0) {
    const err = `snapshot check detected ${damaged} bad messages`;
    return refusal(jsError(10064, { err }));
  }
  const chunkSize = clamp(sizes.chunk_size || CHUNK_SIZE_DEFAULT, CHUNK_SIZE_MIN, CHUNK_SIZE_MAX);
  const windowSize = clamp(sizes.window_size || WINDOW_SIZE_DEFAULT, chunkSize, WINDOW_SIZE_MAX);
  const state = await describeState(stream, undefined, []);
  services.advisories.snapshotBegun(stream.name, state);
  const options = {
    stream: stream.name,
    subject,
    chunkSize,
    inFlightMax: Math.max(1, Math.floor(windowSize / chunkSize)),
  };
  const start = timestampText(now(services.clock));
  // After the answer, which says what is coming.
  services.clock.afterTurn(() => {
    void new ChunkSender(services, options)
      .send(archiveOf(services, stream, !noConsumers))
      .then((problem) => {
        const end = timestampText(now(services.clock));
        services.advisories.snapshotEnded(stream.name, start, end, problem);
      });
  });
  return { config: streamConfigShape.write(stream.config), state };
}

/** Reads all messages; returns how many can't be. */
async function damagedCount({ log }: Stream): Promise<number> {
  const view = new RecordView();
  const { lastSequence } = log;
  let count = 0;
  for (let at = log.nextSequence(0); at <= lastSequence; at = log.nextSequence(at + 1)) {
    if (!(await readRecord(log, at, view)) && log.subjectIdOf(at) !== 0) count++;
  }
  return count + log.damagedCount;
}

function restoreStream({ jetstream, args, body, reading }: ApiRequest): ApiAnswer {
  if (isEmptyRequest(body)) return refusal(jsError(10003));
  const decoded = decodeRequest(body, restoreRequestShape, reading);
  if (!decoded.ok) return refusal(decoded.error);
  const subjectName = args[0] as string;
  const { config: asked, state } = decoded.value;
  const checked = checkStreamRestore(asked, {
    subjectName,
    limits: jetstream.limits,
    usage: jetstream.usage(subjectName),
    current: jetstream.stream(subjectName)?.config,
    find: (name) => jetstream.stream(name)?.config,
  });
  if (!checked.ok) return refusal(checked.error);
  if (jetstream.isRestoring(subjectName)) return refusal(jsError(10130));
  if (jetstream.hasOverlap(checked.value.subjects, "")) return refusal(jsError(10065));
  const bounds = [state.first_seq, state.last_seq] as const;
  const session = new RestoreSession(jetstream, checked.value, bounds, (reply, result) => {
    void answerRestored(jetstream, reply, result);
  });
  return { deliver_subject: session.subject };
}

/** The last answer is that of a request to create a stream. */
async function answerRestored(
  jetstream: JetStream,
  reply: Buffer,
  result: Parameters<ConstructorParameters<typeof RestoreSession>[3]>[1],
): Promise<void> {
  const type = "io.nats.jetstream.api.v1.stream_create_response";
  const members =
    result instanceof Stream ? await describe(jetstream, result) : { ...refusal(result) };
  const answer = { type, ...(members as { readonly [name: string]: JsonValue }) };
  jetstream.services.sender.announce(reply, encodeAnswer(answer));
}

function clamp(value: number, min: number, max: number): number {
  return Math.min(Math.max(value, min), max);
}
