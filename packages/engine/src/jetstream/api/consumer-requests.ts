import type { JsonValue } from "../../json/shape.ts";
import { randomConsumerName } from "../../random-name.ts";
import type { Timestamp } from "../../time/timestamp.ts";
import { consumerCreateRequestShape } from "../config/consumer-config.ts";
import {
  type ConsumerCreateSubject,
  type ConsumerDecision,
  checkConsumerCreate,
} from "../config/consumer-requests.ts";
import { accepted, type Checked, type JsApiError, jsError, refused } from "../config/errors.ts";
import { decodeRequest, decodeWishes, type RequestReading } from "../config/request-body.ts";
import { consumerListRequestShape, isEmptyRequest } from "../config/requests.ts";
import type { Consumer } from "../consumer/consumer.ts";
import { startPosition } from "../consumer/start-position.ts";
import type { JetStream } from "../jetstream.ts";
import { sequenceSince } from "../stream/message-time.ts";
import { settled } from "../stream/settled.ts";
import type { Stream } from "../stream/stream.ts";
import { describeConsumer, describeListedConsumer } from "./consumer-info.ts";
import { INFOS_PER_PAGE, NAMES_PER_PAGE, NO_PAGE, page } from "./paging.ts";
import { type ApiAnswer, type ApiRequest, type ApiRoute, clusterOnly, refusal } from "./route.ts";

/** What a refused request for consumers says beside the error. */
const NO_CONSUMERS: ApiAnswer = { ...NO_PAGE, consumers: [] };

/** Requests about consumers. */
export const consumerRequests: readonly (readonly [string, ApiRoute])[] = [
  [
    "CONSUMER.CREATE",
    {
      type: "consumer_create",
      args: [1, 256],
      checkFirst: unreadableCreate,
      handle: createConsumer,
    },
  ],
  [
    "CONSUMER.DURABLE.CREATE",
    {
      type: "consumer_create",
      args: [2, 2],
      checkFirst: unreadableCreate,
      handle: createDurableConsumer,
    },
  ],
  [
    "CONSUMER.INFO",
    {
      type: "consumer_info",
      args: [2, 2],
      checkFirst: (body) => (isEmptyRequest(body) ? undefined : jsError(10038)),
      handle: consumerInfo,
    },
  ],
  [
    "CONSUMER.NAMES",
    { type: "consumer_names", args: [1, 1], beside: NO_CONSUMERS, handle: consumerNames },
  ],
  [
    "CONSUMER.LIST",
    { type: "consumer_list", args: [1, 1], beside: NO_CONSUMERS, handle: consumerList },
  ],
  ["CONSUMER.DELETE", { type: "consumer_delete", args: [2, 2], handle: deleteConsumer }],
  ["CONSUMER.LEADER.STEPDOWN", clusterOnly("consumer_leader_stepdown", 2)],
];

function unreadableCreate(body: Buffer, reading: RequestReading): JsApiError | undefined {
  const decoded = decodeRequest(body, consumerCreateRequestShape, reading);
  return decoded.ok ? undefined : decoded.error;
}

function createConsumer(request: ApiRequest): Promise<ApiAnswer> {
  const [stream = "", consumer, ...filter] = request.args;
  return create(request, {
    api: consumer === undefined ? "ephemeral" : "create",
    stream,
    consumer: consumer ?? "",
    filter: filter.join("."),
  });
}

function createDurableConsumer(request: ApiRequest): Promise<ApiAnswer> {
  const [stream = "", consumer = ""] = request.args;
  return create(request, { api: "durable", stream, consumer, filter: "" });
}

async function create(request: ApiRequest, subject: ConsumerCreateSubject): Promise<ApiAnswer> {
  let decided = decide(request, subject);
  if (!decided.ok) return refusal(decided.error);
  let sinceSequence = 0;
  const time = startTimeOf(decided.value);
  if (time !== null) {
    sinceSequence = await sequenceSince(decided.value.stream.log, time);
    // That can take a while, in which others are served.
    decided = decide(request, subject);
    if (!decided.ok) return refusal(decided.error);
  }
  const { jetstream } = request;
  const { stream, action, config } = decided.value;
  let consumer = stream.consumers.get(config.name);
  if (action === "create" || consumer === undefined) {
    const start = startPosition(stream.log, config, sinceSequence);
    consumer = jetstream.createConsumer(stream, config, start);
  } else if (action === "update") {
    consumer.update(config);
  }
  // Whoever feeds a stream from it goes on after what is acknowledged (ADR-60).
  if (config.sourcing) consumer.reset(0);
  // Before it delivers anything: clients count on how much there was at first.
  const description = describeConsumer(jetstream.services, consumer);
  await jetstream.services.store.durable();
  // Whoever creates it knows what it is before its messages come.
  request.afterAnswer = () => consumer.release();
  return description;
}

function decide(
  { jetstream, body, reading }: ApiRequest,
  subject: ConsumerCreateSubject,
): Checked<ConsumerDecision & { readonly stream: Stream }> {
  const stream = jetstream.stream(subject.stream);
  const checked = checkConsumerCreate({
    request: body,
    reading,
    subject,
    limits: jetstream.limits,
    stream: stream?.config,
    consumerCount: stream?.limitedConsumerCount ?? 0,
    find: (name) => stream?.consumers.get(name)?.config,
    randomSuffix: () => randomConsumerName(jetstream.services.random),
    hasInterest: (text) => jetstream.services.account.hasInterestIn(text),
    consumers: stream?.consumers ?? [],
  });
  if (!checked.ok) return checked;
  return stream === undefined ? refused(jsError(10059)) : accepted({ ...checked.value, stream });
}

/** The instant from which a consumer that is to be created begins, `null` if it begins elsewhere. */
function startTimeOf({ action, config }: ConsumerDecision): Timestamp | null {
  const isTimed = action === "create" && config.deliver_policy === "by_start_time";
  return isTimed ? config.opt_start_time : null;
}

function consumerInfo({ jetstream, args, body }: ApiRequest): ApiAnswer | Promise<ApiAnswer> {
  if (!isEmptyRequest(body)) return refusal(jsError(10038));
  const stream = jetstream.stream(args[0] as string);
  if (stream === undefined) return refusal(jsError(10059));
  const consumer = stream.consumers.get(args[1] as string);
  if (consumer === undefined) return refusal(jsError(10014));
  return onceSettled(jetstream, stream, describeConsumer(jetstream.services, consumer));
}

/** An answer that counts messages of `stream`, once those are durable. */
function onceSettled(
  { services }: JetStream,
  { log }: Stream,
  answer: ApiAnswer,
): ApiAnswer | Promise<ApiAnswer> {
  return settled(services.store, log)?.then(() => answer) ?? answer;
}

function consumerNames(request: ApiRequest): ApiAnswer {
  return list(request, NAMES_PER_PAGE, ({ name }) => name);
}

function consumerList(request: ApiRequest): ApiAnswer | Promise<ApiAnswer> {
  const { jetstream, args } = request;
  const answer = list(
    request,
    INFOS_PER_PAGE,
    (consumer) => describeListedConsumer(jetstream.services, consumer) as JsonValue,
  );
  const stream = jetstream.stream(args[0] as string);
  return stream === undefined ? answer : onceSettled(jetstream, stream, answer);
}

function list(
  { jetstream, args, body, reading }: ApiRequest,
  limit: number,
  toItem: (consumer: Consumer) => JsonValue,
): ApiAnswer {
  const decoded = decodeWishes(body, consumerListRequestShape, reading);
  if (!decoded.ok) return { ...refusal(decoded.error), ...NO_CONSUMERS };
  const stream = jetstream.stream(args[0] as string);
  if (stream === undefined) return { ...refusal(jsError(10059)), ...NO_CONSUMERS };
  const all = stream.publicConsumers.sort((a, b) => (a.name < b.name ? -1 : 1));
  const { items, members } = page(all, decoded.value.offset, limit);
  return { ...members, consumers: items.map(toItem) };
}

async function deleteConsumer({ jetstream, args, body }: ApiRequest): Promise<ApiAnswer> {
  if (!isEmptyRequest(body)) return refusal(jsError(10038));
  const stream = jetstream.stream(args[0] as string);
  if (stream === undefined) return refusal(jsError(10059));
  const consumer = stream.consumers.get(args[1] as string);
  if (consumer === undefined) return refusal(jsError(10014));
  jetstream.deleteConsumer(stream, consumer);
  await jetstream.services.store.durable();
  return { success: true };
}
