import { type Log, RecordView } from "@oxbow/log";
import type { JsonValue } from "../../json/shape.ts";
import { subjectsOverlap } from "../../subjects/subject.ts";
import { NO_TIME, now, timestampText } from "../../time/clock-time.ts";
import { type JsApiError, jsError } from "../config/errors.ts";
import { decodeWishes } from "../config/request-body.ts";
import {
  isEmptyRequest,
  type StreamInfoRequest,
  type StreamPurgeRequest,
  streamInfoRequestShape,
  streamListRequestShape,
  streamNamesRequestShape,
  streamPurgeRequestShape,
} from "../config/requests.ts";
import { type StreamConfig, storedStreamConfig } from "../config/stream-config.ts";
import { checkStreamCreate, checkStreamUpdate } from "../config/stream-requests.ts";
import type { JetStream } from "../jetstream.ts";
import { readRecord } from "../stream/read-record.ts";
import { settled } from "../stream/settled.ts";
import type { Stream } from "../stream/stream.ts";
import { SubjectFilter, subjectCounts } from "../stream/subject-search.ts";
import { INFOS_PER_PAGE, NAMES_PER_PAGE, NO_PAGE, page } from "./paging.ts";
import { type ApiAnswer, type ApiRequest, type ApiRoute, clusterOnly, refusal } from "./route.ts";

/** Subjects on one page of a stream's details. */
const SUBJECTS_PER_PAGE = 100_000;
/** Removed sequences that are listed at most. */
const DELETED_MAX = 1_000_000;

/** Requests about streams. */
export const streamRequests: readonly (readonly [string, ApiRoute])[] = [
  ["STREAM.CREATE", { type: "stream_create", args: [1, 1], handle: createStream }],
  ["STREAM.UPDATE", { type: "stream_update", args: [1, 1], handle: updateStream }],
  ["STREAM.INFO", { type: "stream_info", args: [1, 1], beside: NO_PAGE, handle: streamInfo }],
  [
    "STREAM.NAMES",
    {
      type: "stream_names",
      args: [0, 0],
      beside: { ...NO_PAGE, streams: null },
      handle: streamNames,
    },
  ],
  [
    "STREAM.LIST",
    { type: "stream_list", args: [0, 0], beside: { ...NO_PAGE, streams: [] }, handle: streamList },
  ],
  ["STREAM.DELETE", { type: "stream_delete", args: [1, 1], handle: deleteStream }],
  [
    "STREAM.PURGE",
    { type: "stream_purge", args: [1, 1], beside: { purged: 0 }, handle: purgeStream },
  ],
  ["STREAM.LEADER.STEPDOWN", clusterOnly("stream_leader_stepdown")],
  ["STREAM.PEER.REMOVE", clusterOnly("stream_remove_peer")],
];

async function createStream({ jetstream, args, body, reading }: ApiRequest): Promise<ApiAnswer> {
  const subjectName = args[0] as string;
  const existing = jetstream.stream(subjectName);
  const checked = checkStreamCreate({
    request: body,
    reading,
    subjectName,
    limits: jetstream.limits,
    usage: jetstream.usage(subjectName),
    current: existing?.config,
    find: (name) => jetstream.stream(name)?.config,
  });
  if (jetstream.allowed.limits === undefined) return refusal(jsError(10120));
  if (!checked.ok) return refusal(checked.error);
  if (jetstream.isRestoring(subjectName)) return refusal(jsError(10058));
  if (existing !== undefined) {
    // The request that created it may not have been answered yet.
    await jetstream.services.store.durable();
    return { ...(await describe(jetstream, existing)), did_create: true };
  }
  if (jetstream.hasOverlap(checked.value.subjects, "")) return refusal(jsError(10065));
  const stream = jetstream.createStream(checked.value);
  await jetstream.services.store.durable();
  return { ...(await describe(jetstream, stream)), did_create: true };
}

async function updateStream({ jetstream, args, body, reading }: ApiRequest): Promise<ApiAnswer> {
  const subjectName = args[0] as string;
  const stream = jetstream.stream(subjectName);
  const checked = checkStreamUpdate({
    request: body,
    reading,
    subjectName,
    limits: jetstream.limits,
    usage: jetstream.usage(subjectName),
    current: stream?.config,
    find: (name) => jetstream.stream(name)?.config,
    consumers: stream?.consumers.values() ?? [],
  });
  if (!checked.ok) return refusal(checked.error);
  if (stream === undefined) return refusal(jsError(10059));
  if (jetstream.hasOverlap(checked.value.subjects, subjectName)) return refusal(jsError(10065));
  jetstream.updateStream(stream, checked.value);
  await jetstream.services.store.durable();
  return describe(jetstream, stream);
}

async function streamInfo({ jetstream, args, body, reading }: ApiRequest): Promise<ApiAnswer> {
  const decoded = decodeWishes(body, streamInfoRequestShape, reading);
  if (!decoded.ok) return { ...refusal(decoded.error), ...NO_PAGE };
  const stream = jetstream.stream(args[0] as string);
  if (stream === undefined) return { ...refusal(jsError(10059)), ...NO_PAGE };
  const request = decoded.value;
  const counts =
    request.subjects_filter === ""
      ? undefined
      : [...subjectCounts(stream.log, request.subjects_filter)];
  const paged = page(counts ?? [], request.offset, SUBJECTS_PER_PAGE);
  const { ts, mirror, sources, ...description } = await describe(
    jetstream,
    stream,
    request,
    paged.items,
  );
  return {
    ...(counts === undefined || counts.length === 0
      ? NO_PAGE
      : { ...paged.members, offset: Math.max(0, request.offset) }),
    ...description,
    cluster: { leader: jetstream.services.server.name },
    mirror: mirror as JsonValue,
    sources: sources as JsonValue,
    ts: ts as JsonValue,
  };
}

function streamNames({ jetstream, body, reading }: ApiRequest): ApiAnswer {
  const decoded = decodeWishes(body, streamNamesRequestShape, reading);
  if (!decoded.ok) return { ...refusal(decoded.error), ...NO_PAGE, streams: null };
  const { offset, subject } = decoded.value;
  const names = withSubject(jetstream, subject).map(({ name }) => name);
  const { items, members } = page(names, offset, NAMES_PER_PAGE);
  return { ...members, streams: items.length === 0 ? null : items };
}

async function streamList({ jetstream, body, reading }: ApiRequest): Promise<ApiAnswer> {
  const decoded = decodeWishes(body, streamListRequestShape, reading);
  if (!decoded.ok) return { ...refusal(decoded.error), ...NO_PAGE, streams: [] };
  const { offset, subject } = decoded.value;
  const { items, members } = page(withSubject(jetstream, subject), offset, INFOS_PER_PAGE);
  const streams: JsonValue[] = [];
  for (const stream of items) {
    streams.push((await describeListed(jetstream, stream)) as JsonValue);
  }
  return { ...members, streams };
}

async function deleteStream({ jetstream, args, body }: ApiRequest): Promise<ApiAnswer> {
  if (!isEmptyRequest(body)) return refusal(jsError(10038));
  const stream = jetstream.stream(args[0] as string);
  if (stream === undefined) return refusal(jsError(10059));
  jetstream.deleteStream(stream);
  await jetstream.services.store.durable();
  return { success: true };
}

async function purgeStream({ jetstream, args, body, reading }: ApiRequest): Promise<ApiAnswer> {
  const decoded = decodeWishes(body, streamPurgeRequestShape, reading);
  if (!decoded.ok) return { ...refusal(decoded.error), purged: 0 };
  const stream = jetstream.stream(args[0] as string);
  const problem = purgeProblem(decoded.value, stream?.config);
  if (problem !== undefined) return { ...refusal(problem), purged: 0 };
  const purged = purge((stream as Stream).log, decoded.value);
  await jetstream.services.store.durable();
  return { success: true, purged };
}

function purgeProblem(
  { seq, keep }: StreamPurgeRequest,
  config: StreamConfig | undefined,
): JsApiError | undefined {
  if (seq > 0 && keep > 0) return jsError(10003);
  if (config === undefined) return jsError(10059);
  if (config.sealed) return jsError(10109);
  return config.deny_purge ? jsError(10110, { err: "stream purge not permitted" }) : undefined;
}

/** Removes what the request means; returns how many messages that were. */
function purge(log: Log, { seq, keep, filter }: StreamPurgeRequest): number {
  const below = seq > 0 ? seq : log.lastSequence + 1;
  const subjects = new SubjectFilter(log, filter === "" ? [] : [filter]);
  if (subjects.isAll && keep === 0) return log.removeBelow(below);
  return log.removeMatching(subjects.matches, below, keep);
}

function withSubject(jetstream: JetStream, subject: string): Stream[] {
  const streams = jetstream.sortedStreams();
  if (subject === "") return streams;
  return streams.filter(({ config }) =>
    config.subjects.some((own) => subjectsOverlap(own, subject)),
  );
}

/** What answers say of a stream. */
export async function describe(
  jetstream: JetStream,
  stream: Stream,
  request?: StreamInfoRequest,
  subjects: readonly (readonly [string, number])[] = [],
): Promise<ApiAnswer> {
  const { server, clock, store } = jetstream.services;
  const state = await describeState(stream, request, subjects, settled(store, stream.log));
  return {
    config: storedStreamConfig.answer(stream.config, server),
    created: timestampText(stream.created),
    state,
    ...(server.domain !== undefined && { domain: server.domain }),
    ...stream.sourcing.info(),
    ts: timestampText(now(clock)),
  };
}

/** The same in lists, where the server says nothing of itself in the metadata. */
export async function describeListed(jetstream: JetStream, stream: Stream): Promise<ApiAnswer> {
  const description = await describe(jetstream, stream);
  return { ...description, config: storedStreamConfig.listed(stream.config) };
}

/**
 * The `state` of a stream in answers: all of one moment.
 *
 * @param durable - When it may be told.
 */
export async function describeState(
  { log, publicConsumers }: Stream,
  request: StreamInfoRequest | undefined,
  subjects: readonly (readonly [string, number])[],
  durable?: Promise<void>,
): Promise<JsonValue> {
  const { count, firstSequence, lastSequence } = log;
  const deletedCount = lastSequence - firstSequence + 1 - count;
  // Everything but the times is taken now, at one moment: those may take a while, in which the stream changes.
  const before = {
    messages: count,
    bytes: log.bytes,
    first_seq: lastSequence === 0 && firstSequence === 1 ? 0 : firstSequence,
  };
  const after = {
    ...(log.subjects.liveCount > 0 && { num_subjects: log.subjects.liveCount }),
    ...(subjects.length > 0 && { subjects: Object.fromEntries(subjects) }),
    ...(deletedCount > 0 && { num_deleted: deletedCount }),
    ...(deletedCount > 0 &&
      request?.deleted_details === true && { deleted: log.absentSequences(DELETED_MAX) }),
    consumer_count: publicConsumers.length,
  };
  const { lastTimestampMs } = log;
  await durable;
  const firstTime = count === 0 ? NO_TIME : await timeOf(log, firstSequence, 0);
  // That of the last message also when it is gone.
  const lastTime = await timeOf(log, lastSequence, lastTimestampMs);
  return { ...before, first_ts: firstTime, last_seq: lastSequence, last_ts: lastTime, ...after };
}

/** The exact time of a message; where it was removed, the index or `otherwiseMs` still know the millisecond. */
async function timeOf(log: Log, sequence: number, otherwiseMs: number): Promise<string> {
  const view = new RecordView();
  if (await readRecord(log, sequence, view)) {
    return timestampText({
      seconds: view.timestampSeconds,
      nanos: view.timestampNanos,
      offsetMinutes: 0,
    });
  }
  const ms = Math.floor(log.timeOf(sequence) || otherwiseMs);
  return ms === 0
    ? NO_TIME
    : timestampText({ seconds: Math.floor(ms / 1000), nanos: (ms % 1000) * 1e6, offsetMinutes: 0 });
}
